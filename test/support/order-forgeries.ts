import { add, change, type Forgery, freeSlotOf, LIMIT, lie, STATUS } from './forgery.ts';
import { HEADER, type ImageParts, ORDER, STOPS, setSlot, slotOf } from './image-parts.ts';

/** Order head: side u8, timeInForce u8, flags u8, 0 u8, account u32. */
const GTD_BITS = 3n << 8n;
const IOC_BITS = 1n << 8n;
const FOK_BITS = 2n << 8n;
const TIME_IN_FORCE_BITS = 255n << 8n;
const FLAG_BITS = 255n << 16n;
const MARKET_BITS = 4n << 16n;
const POST_ONLY_BITS = 1n << 16n;
const ICEBERG_BITS = 8n << 16n;

/** Lies about orders. Their books have two orders, no icebergs needed. */
export const ORDER_FORGERIES: readonly Forgery[] = [
  onOrder('in the slot of another', (order, parts) => {
    const other = parts.levels.flatMap((level) => level.orders).find((candidate) => candidate !== order);
    if (other === undefined) throw new Error('the book has one order only');
    setSlot(parts.bitmap, freeSlotOf(parts));
    setSlot(parts.bitmap, slotOf(order), false);
    order[ORDER.id] = ((order[ORDER.id] ?? 0n) & ~4095n) | BigInt(slotOf(other));
  }),
  onOrder('in a slot that is free', (order, parts) => {
    setSlot(parts.bitmap, freeSlotOf(parts));
    setSlot(parts.bitmap, slotOf(order), false);
  }),
  onOrder('of the other side', (order) => change(order, ORDER.head, (head) => head ^ 1n)),
  onOrder('of side 2', (order) => change(order, ORDER.head, (head) => head | 2n)),
  onOrder('with a bit in the byte behind its flags', (order) =>
    change(order, ORDER.head, (head) => head | (1n << 24n)),
  ),
  onOrder('that is IOC', (order) => setTimeInForce(order, IOC_BITS, 0n)),
  onOrder('that is FOK', (order) => setTimeInForce(order, FOK_BITS, 0n)),
  onOrder('that is GTD without an expiry', (order) => setTimeInForce(order, GTD_BITS, 0n)),
  onOrder('that is GTC with an expiry', (order) => setTimeInForce(order, 0n, 5n)),
  onOrder('with the flag of postOnly', (order) => change(order, ORDER.head, (head) => head | POST_ONLY_BITS)),
  onOrder('with a price of its own', (order) => change(order, ORDER.last, () => 5n)),
  onOrder('of a sequence that was not reached', (order, parts) =>
    change(order, ORDER.id, (id) => (id & 4095n) | (((parts.header[HEADER.sequence] ?? 0n) + 1n) << 12n)),
  ),
  onOrder('of sequence 0', (order) => change(order, ORDER.id, (id) => id & 4095n)),
  onOrder('that is an iceberg by its flag alone', (order) => {
    change(order, ORDER.head, (head) => (head & ~FLAG_BITS) | ICEBERG_BITS);
    change(order, ORDER.display, () => 0n);
  }),
  onOrder('that is an iceberg without its flag', (order) => {
    change(order, ORDER.head, (head) => head & ~FLAG_BITS);
    change(order, ORDER.display, () => LIMIT - 1n);
  }),
  onOrder('that displays 2^48', (order) => {
    change(order, ORDER.head, (head) => (head & ~FLAG_BITS) | ICEBERG_BITS);
    change(order, ORDER.display, () => LIMIT);
  }),
];

/** Lies about orders whose lots change, so that volumes have to follow. */
export const LOTS_FORGERIES: readonly Forgery[] = [
  onOrder('of nothing', (order) => change(order, ORDER.remaining, () => 0n), [STATUS.order, STATUS.level]),
  onOrder('of 2^48 lots', (order) => change(order, ORDER.remaining, () => LIMIT), [
    STATUS.order,
    STATUS.level,
  ]),
  onOrder('of 2^64-1 lots', (order) => change(order, ORDER.remaining, () => (1n << 64n) - 1n), [
    STATUS.order,
    STATUS.level,
    STATUS.totals,
  ]),
  onOrder('with a hidden part and no display size', (order) => {
    change(order, ORDER.head, (head) => head & ~FLAG_BITS);
    change(order, ORDER.display, () => 0n);
    change(order, ORDER.hidden, () => 1n);
  }),
  onOrder(
    'of 2^48 lots, one of them displayed',
    (order) => {
      change(order, ORDER.head, (head) => (head & ~FLAG_BITS) | ICEBERG_BITS);
      change(order, ORDER.display, () => 1n);
      change(order, ORDER.remaining, () => 1n);
      change(order, ORDER.hidden, () => LIMIT - 1n);
    },
    [STATUS.order, STATUS.level],
  ),
  onOrder('that displays more than its display size', (order) => {
    change(order, ORDER.head, (head) => (head & ~FLAG_BITS) | ICEBERG_BITS);
    change(order, ORDER.display, () => 1n);
    change(order, ORDER.remaining, () => 2n);
  }),
  onOrder(
    'twice in the book',
    (order, { levels }) => {
      const level = levels.find(({ orders }) => orders.includes(order));
      level?.orders.push([...order]);
    },
    [STATUS.order, STATUS.header],
  ),
];

/** Lies about waiting stops, of which the book has two on a side. */
export const STOP_FORGERIES: readonly Forgery[] = [
  onStops('a trigger that no stop has', ({ stopWords }) => add(stopWords, STOPS.bidTrigger, 1n), [
    STATUS.stopBook,
  ]),
  onStops('a best ask trigger that no stop has', ({ stopWords }) => add(stopWords, STOPS.askTrigger, 1n), [
    STATUS.stopBook,
  ]),
  onStops(
    '257 stops, each with a slot',
    ({ stopWords, bitmap, stops }) => {
      for (let count = stops.length; count < 257; count++) setSlot(bitmap, freeSlotOf({ bitmap }));
      stopWords[STOPS.count] = 257n;
    },
    [STATUS.stopBook],
  ),
  onStops('a reserved word', ({ stopWords }) => add(stopWords, STOPS.reserved, 1n), [STATUS.stopBook]),
  onStops('one stop less, which keeps its slot', ({ stopWords }) => add(stopWords, STOPS.count, -1n), [
    STATUS.header,
  ]),
  onStops(
    'opened 2',
    (parts) => {
      parts.stopsOpened = 2;
    },
    [STATUS.stopBook],
  ),
  onStops('two stops exchanged', ({ stops }) => stops.reverse()),
  onStop('with a trigger of 0', (stop) => change(stop, ORDER.hidden, () => 0n)),
  onStop('with a trigger of 2^48', (stop) => change(stop, ORDER.hidden, () => LIMIT)),
  onStop('of side 2', (stop) => change(stop, ORDER.head, (head) => (head & ~255n) | 2n)),
  onStop('that is FOK', (stop) => setTimeInForce(stop, FOK_BITS, 0n)),
  onStop('that is GTC with an expiry', (stop) => setTimeInForce(stop, 0n, 5n)),
  onStop('that is postOnly', (stop) => change(stop, ORDER.head, (head) => head | POST_ONLY_BITS)),
  onStop('of self-trade mode 5', (stop) =>
    change(stop, ORDER.head, (head) => (head & ~FLAG_BITS) | (5n << 20n)),
  ),
  onStop('that is a market order with a price', (stop) => {
    setTimeInForce(stop, 0n, 0n);
    change(stop, ORDER.head, (head) => head | MARKET_BITS);
    change(stop, ORDER.display, () => 0n);
    change(stop, ORDER.last, () => 9n);
  }),
  onStop('without a price', (stop) => {
    change(stop, ORDER.head, (head) => head & ~MARKET_BITS);
    change(stop, ORDER.last, () => 0n);
  }),
  onStop('of nothing', (stop) => change(stop, ORDER.remaining, () => 0n)),
  onStop('in the slot of a resting order', (stop, parts) => {
    const order = parts.levels.flatMap((level) => level.orders)[0] ?? [];
    setSlot(parts.bitmap, freeSlotOf(parts));
    setSlot(parts.bitmap, slotOf(stop), false);
    change(stop, ORDER.id, (id) => (id & ~4095n) | BigInt(slotOf(order)));
  }),
];

function onOrder(
  name: string,
  tell: (order: bigint[], parts: ImageParts) => unknown,
  statuses: readonly number[] = [STATUS.order],
): Forgery {
  return lie(`an order ${name}`, statuses, (parts) => {
    const order = parts.levels.find(({ opened, orders }) => opened === 1 && orders.length > 0)?.orders[0];
    if (order === undefined) throw new Error('the book has no opened level');
    tell(order, parts);
  });
}

function onStops(
  name: string,
  tell: (parts: ImageParts) => unknown,
  statuses: readonly number[] = [STATUS.order],
): Forgery {
  return lie(`the stop book: ${name}`, statuses, (parts) => void tell(parts));
}

function onStop(name: string, tell: (stop: bigint[], parts: ImageParts) => unknown): Forgery {
  return onStops(`a stop ${name}`, (parts) => {
    const [stop] = parts.stops;
    if (stop === undefined) throw new Error('the book has no waiting stop');
    tell(stop, parts);
  });
}

function setTimeInForce(order: bigint[], bits: bigint, expiry: bigint): void {
  change(order, ORDER.head, (head) => (head & ~TIME_IN_FORCE_BITS) | bits);
  change(order, ORDER.expiry, () => expiry);
}
