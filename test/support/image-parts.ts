import { hash } from '../model/blake3-hash.ts';
import { EMPTY_LEAF, hashLeaf, merkleRoot, TREE_LEAVES } from '../model/merkle-tree.ts';
import { chainDigest } from '../model/orders-digest.ts';
import { concatBytes, packWords, readWords } from '../model/words.ts';

/*
 * A state image taken to pieces that may be changed, and put together again with its sums, digests and root computed anew by the model's
 * own hashing, or left as they are: what a forger does who knows the protocol.
 */

/** Words of an order record or of a stop record (PROTOCOL.md §6). */
export const ORDER = {
  id: 0,
  head: 1,
  remaining: 2,
  hidden: 3,
  display: 4,
  expiry: 5,
  client: 6,
  last: 7,
} as const;
export const HEADER = {
  sequence: 0,
  bidBits: 2,
  askBits: 3,
  orderCount: 4,
  lastTradePrice: 5,
  marketState: 6,
} as const;
export const TOTALS = { bidVolume: 0, bidHigh: 1, askVolume: 2, askHigh: 3, reserved: 7 } as const;
export const STOPS = { bidTrigger: 0, askTrigger: 1, count: 2, reserved: 3 } as const;

export interface LevelParts {
  side: 'bid' | 'ask';
  price: bigint;
  volume: bigint;
  orderCount: bigint;
  hidden: bigint;
  digest: Uint8Array;
  slot: number;
  opened: number;
  /** Eight words each; none when the level is opaque. */
  orders: bigint[][];
}

/** All of an image but what its encoding alone says (magic, counts of what follows). */
export interface ImageParts {
  stopsOpened: number;
  readonly config: Uint8Array;
  root: Uint8Array;
  readonly header: bigint[];
  readonly totals: bigint[];
  readonly stopWords: bigint[];
  stopDigest: Uint8Array;
  readonly bitmap: bigint[];
  readonly levels: LevelParts[];
  readonly stops: bigint[][];
}

/** What is computed anew from the pieces. Sums are volumes, counts, bitmaps, totals and best triggers. */
export interface Recomputed {
  readonly sums: boolean;
  readonly digests: boolean;
  readonly root: boolean;
}

const HEAD_BYTES = 832;
const ENTRY_BYTES = 72;
const RECORD_BYTES = 64;
const SLOT_MASK = 4095n;

/** Throws RangeError when the image is shorter than its counts ask for. */
export function partsOf(image: Uint8Array): ImageParts {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const bidCount = view.getUint32(8, true);
  const levelCount = bidCount + view.getUint32(12, true);
  const words = (from: number, to: number) => readWords(image.slice(from, to));
  let at = HEAD_BYTES + levelCount * ENTRY_BYTES;
  const records = (count: number) => {
    if (at + count * RECORD_BYTES > image.length) throw new RangeError(`${count} records are not there`);
    return Array.from({ length: count }, () => {
      at += RECORD_BYTES;
      return words(at - RECORD_BYTES, at);
    });
  };
  const levels = Array.from({ length: levelCount }, (_, index): LevelParts => {
    const entry = HEAD_BYTES + index * ENTRY_BYTES;
    const [price = 0n, volume = 0n, orderCount = 0n, hidden = 0n] = words(entry, entry + 32);
    const opened = view.getUint32(entry + 68, true);
    const sums = { price, volume, orderCount, hidden };
    const digest = image.slice(entry + 32, entry + 64);
    const slot = view.getUint32(entry + 64, true);
    const orders = records(opened === 1 ? Number(orderCount) : 0);
    return { side: index < bidCount ? 'bid' : 'ask', ...sums, digest, slot, opened, orders };
  });
  const stopsOpened = view.getUint32(20, true);
  const stopWords = words(256, 288);
  return {
    stopsOpened,
    config: image.slice(32, 96),
    root: image.slice(96, 128),
    header: words(128, 192),
    totals: words(192, 256),
    stopWords,
    stopDigest: image.slice(288, 320),
    bitmap: words(320, HEAD_BYTES),
    levels,
    stops: records(stopsOpened === 1 ? Number(stopWords[STOPS.count]) : 0),
  };
}

/** The image of the pieces, which are brought up to date as asked. */
export function imageOf(parts: ImageParts, recomputed: Recomputed): Uint8Array {
  if (recomputed.sums) recomputeSums(parts);
  if (recomputed.digests) recomputeDigests(parts);
  if (recomputed.root) parts.root = rootOf(parts);
  const { levels, stops, stopsOpened } = parts;
  const orders = levels.flatMap((level) => level.orders);
  const bidCount = levels.filter(({ side }) => side === 'bid').length;
  const head = new DataView(new ArrayBuffer(24));
  head.setUint32(0, 0x54534250, true);
  head.setUint32(4, 1, true);
  head.setUint32(8, bidCount, true);
  head.setUint32(12, levels.length - bidCount, true);
  head.setUint32(16, orders.length + stops.length, true);
  head.setUint32(20, stopsOpened, true);
  return concatBytes([
    new Uint8Array(head.buffer),
    hash(parts.config).subarray(0, 8),
    parts.config,
    parts.root,
    packWords(parts.header),
    packWords(parts.totals),
    stopPreimage(parts),
    packWords(parts.bitmap),
    ...levels.map((level) => concatBytes([levelPreimage(level), entryTail(level)])),
    ...orders.map(packWords),
    ...stops.map(packWords),
  ]);
}

/** The root that the leaves of the pieces give, whatever `root` says. */
export function rootOf(parts: ImageParts): Uint8Array {
  const preimages = new Map<number, Uint8Array>();
  for (const level of parts.levels) {
    preimages.set((level.side === 'bid' ? 0 : 64) + (level.slot % 64), levelPreimage(level));
  }
  preimages.set(128, packWords(parts.header));
  preimages.set(129, packWords(parts.totals));
  preimages.set(130, stopPreimage(parts));
  for (let leaf = 0; leaf < 8; leaf++) {
    preimages.set(136 + leaf, packWords(parts.bitmap.slice(leaf * 8, leaf * 8 + 8)));
  }
  return merkleRoot(
    Array.from({ length: TREE_LEAVES }, (_, leaf) => {
      const preimage = preimages.get(leaf);
      return preimage?.some((byte) => byte !== 0) ? hashLeaf(preimage) : EMPTY_LEAF;
    }),
  );
}

function recomputeDigests(parts: ImageParts): void {
  for (const level of parts.levels) {
    if (level.opened === 1) level.digest = chainDigest(level.orders.map(packWords));
  }
  if (parts.stopsOpened === 1) parts.stopDigest = chainDigest(parts.stops.map(packWords));
}

function recomputeSums(parts: ImageParts): void {
  const { levels, header, totals } = parts;
  for (const level of levels) {
    if (level.opened !== 1) continue;
    level.orderCount = BigInt(level.orders.length);
    level.hidden = wrap(sum(level.orders, ORDER.hidden));
    level.volume = wrap(sum(level.orders, ORDER.remaining) + sum(level.orders, ORDER.hidden));
  }
  const of = (side: string) => levels.filter((level) => level.side === side);
  const bits = (side: string) => of(side).reduce((set, { slot }) => set | (1n << BigInt(slot % 64)), 0n);
  const volume = (side: string) => of(side).reduce((total, level) => total + level.volume, 0n);
  [header[HEADER.bidBits], header[HEADER.askBits]] = [bits('bid'), bits('ask')];
  header[HEADER.orderCount] = levels.reduce((total, { orderCount }) => total + orderCount, 0n);
  [totals[TOTALS.bidVolume], totals[TOTALS.bidHigh]] = [wrap(volume('bid')), volume('bid') >> 64n];
  [totals[TOTALS.askVolume], totals[TOTALS.askHigh]] = [wrap(volume('ask')), volume('ask') >> 64n];
  if (parts.stopsOpened === 1) recomputeStops(parts);
  if (parts.stopsOpened === 1 && levels.every(({ opened }) => opened === 1)) recomputeBitmap(parts);
}

function recomputeStops({ stops, stopWords }: ImageParts): void {
  const triggers = (side: bigint) =>
    stops
      .filter((stop) => ((stop[ORDER.head] ?? 0n) & 255n) === side)
      .map((stop) => stop[ORDER.hidden] ?? 0n)
      .sort((a, b) => (a < b ? -1 : 1));
  stopWords[STOPS.bidTrigger] = triggers(0n)[0] ?? 0n;
  stopWords[STOPS.askTrigger] = triggers(1n).at(-1) ?? 0n;
  stopWords[STOPS.count] = BigInt(stops.length);
}

function recomputeBitmap({ levels, stops, bitmap }: ImageParts): void {
  bitmap.fill(0n);
  for (const order of [...levels.flatMap((level) => level.orders), ...stops]) setSlot(bitmap, slotOf(order));
}

/** Sets the bit of an order slot, or clears it. */
export function setSlot(bitmap: bigint[], slot: number, taken = true): void {
  const bit = 1n << BigInt(slot % 64);
  const word = bitmap[slot >> 6] ?? 0n;
  bitmap[slot >> 6] = taken ? word | bit : word & ~bit;
}

export function slotOf(order: readonly bigint[]): number {
  return Number((order[ORDER.id] ?? 0n) & SLOT_MASK);
}

function levelPreimage({ price, volume, orderCount, hidden, digest }: LevelParts): Uint8Array {
  return concatBytes([packWords([price, volume, orderCount, hidden]), digest]);
}

function stopPreimage({ stopWords, stopDigest }: ImageParts): Uint8Array {
  return concatBytes([packWords(stopWords), stopDigest]);
}

function entryTail({ slot, opened }: LevelParts): Uint8Array {
  return packWords([BigInt(slot) | (BigInt(opened) << 32n)]);
}

function sum(records: readonly (readonly bigint[])[], word: number): bigint {
  return records.reduce((total, record) => total + (record[word] ?? 0n), 0n);
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
