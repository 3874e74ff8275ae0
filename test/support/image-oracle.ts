import { type ImageParts, imageOf, type LevelParts, ORDER, partsOf, STOPS, slotOf } from './image-parts.ts';

/*
 * What PROTOCOL.md §8 asks of a state image whose every part is opened, said a second time: what can be derived is derived anew by the
 * model's hashing and compared byte by byte, and the ranges and rules of §6 are checked field by field.
 */

const LIMIT = 1n << 48n;
const SEQUENCE_LIMIT = 1n << 51n;
const LEVELS_MAX = 64;
const STOPS_MAX = 256;
const IOC = 1n;
const FOK = 2n;
const GTD = 3n;
const MARKET = 4n;
const ICEBERG = 8n;

/** True when the engine has to open this image of the market `config`. */
export function isSoundImage(image: Uint8Array, config: Uint8Array): boolean {
  const parts = readParts(image);
  if (parts === undefined || parts.stopsOpened !== 1) return false;
  if (parts.levels.some(({ opened }) => opened !== 1)) return false;
  if (Buffer.compare(parts.config, config) !== 0) return false;
  if (!areHeaderWordsSound(parts) || !areLevelsSound(parts) || !areStopsSound(parts)) return false;
  const orders = [...parts.levels.flatMap((level) => level.orders), ...parts.stops];
  if (!orders.every((order) => isIdSound(order, parts.header[0] ?? 0n))) return false;
  if (new Set(orders.map(slotOf)).size !== orders.length) return false;
  // Volumes, counts, bitmaps, totals, triggers, digests and root: whatever differs from what the orders give is a lie.
  const derived = imageOf(parts, { sums: true, digests: true, root: true });
  return Buffer.compare(derived, image) === 0;
}

function readParts(image: Uint8Array): ImageParts | undefined {
  try {
    return partsOf(image);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function areHeaderWordsSound({ header, totals }: ImageParts): boolean {
  const [sequence = 0n, , , , , lastTradePrice = 0n, marketState = 0n] = header;
  return sequence < SEQUENCE_LIMIT && lastTradePrice < LIMIT && marketState <= 3n && totals[7] === 0n;
}

function areLevelsSound({ levels }: ImageParts): boolean {
  const bids = levels.filter(({ side }) => side === 'bid');
  const asks = levels.filter(({ side }) => side === 'ask');
  const prices = [...bids, ...[...asks].reverse()].map(({ price }) => price);
  // Bids from worst to best and then asks from best to worst: prices only rise, and the book is not crossed.
  if (!prices.every((price, at) => price > (prices[at - 1] ?? 0n) && price < LIMIT)) return false;
  return [bids, asks].every(
    (side) =>
      side.length <= LEVELS_MAX &&
      new Set(side.map(({ slot }) => slot)).size === side.length &&
      side.every((level) => level.slot < LEVELS_MAX && isLevelSound(level)),
  );
}

function isLevelSound({ side, orders }: LevelParts): boolean {
  const code = side === 'bid' ? 0n : 1n;
  return orders.length > 0 && orders.every((order) => isRestingSound(order, code));
}

function isRestingSound(order: readonly bigint[], side: bigint): boolean {
  const { head, remaining, hidden, display, expiry, last } = fieldsOf(order);
  if (head.side !== side || head.padding !== 0n || !isQuantity(remaining) || last !== 0n) return false;
  if (head.timeInForce !== (expiry === 0n ? 0n : GTD)) return false;
  if (display === 0n) return head.flags === 0n && hidden === 0n;
  return head.flags === ICEBERG && display < LIMIT && remaining <= display && remaining + hidden < LIMIT;
}

function areStopsSound({ stops, stopWords }: ImageParts): boolean {
  const ids = stops.map((stop) => stop[ORDER.id] ?? 0n);
  if (!ids.every((id, at) => id > (ids[at - 1] ?? 0n))) return false;
  return stops.length <= STOPS_MAX && stopWords[STOPS.reserved] === 0n && stops.every(isStopSound);
}

function isStopSound(stop: readonly bigint[]): boolean {
  const { head, remaining, hidden: trigger, display, expiry, last: price } = fieldsOf(stop);
  const mode = head.flags >> 4n;
  if (head.side > 1n || head.padding !== 0n || !isQuantity(remaining) || !isQuantity(trigger)) return false;
  if (head.timeInForce > GTD || head.timeInForce === FOK || (head.flags & 11n) !== 0n || mode > 4n)
    return false;
  if ((expiry !== 0n) !== (head.timeInForce === GTD) || display >= LIMIT) return false;
  if ((head.flags & MARKET) !== 0n) return price === 0n && expiry === 0n && display === 0n;
  return isQuantity(price) && !(head.timeInForce === IOC && display !== 0n);
}

function isIdSound(order: readonly bigint[], lastSequence: bigint): boolean {
  const sequence = (order[ORDER.id] ?? 0n) >> 12n;
  return sequence > 0n && sequence <= lastSequence;
}

function fieldsOf(order: readonly bigint[]) {
  const [, word = 0n, remaining = 0n, hidden = 0n, display = 0n, expiry = 0n, , last = 0n] = order;
  const byte = (at: bigint) => (word >> (8n * at)) & 255n;
  const head = { side: byte(0n), timeInForce: byte(1n), flags: byte(2n), padding: byte(3n) };
  return { head, remaining, hidden, display, expiry, last };
}

function isQuantity(value: bigint): boolean {
  return value > 0n && value < LIMIT;
}
