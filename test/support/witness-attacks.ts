import { blake3 } from '@noble/hashes/blake3.js';
import {
  changed,
  LEVEL_ENTRY_BYTES,
  type LevelPlace,
  layoutOf,
  ORDER_RECORD_BYTES,
  viewOf,
  without,
} from './witness-layout.ts';

/** Exit code of the guest when WebAssembly reaches `unreachable`: the engine used what the witness does not open. */
export const EXIT_UNREACHABLE = 101;

/** A witness that must not be proven, and the exit codes that may say why (PROTOCOL.md §8). */
export interface WitnessAttack {
  readonly name: string;
  readonly witness: Uint8Array;
  readonly exitCodes: readonly number[];
}

/** Attacks on a witness of at least two opened levels, two opaque ones, and an opened one that holds two orders. */
export function attacksOn(witness: Uint8Array): readonly WitnessAttack[] {
  return [...attacksOnLength(witness), ...attacksOnState(witness), ...attacksOnOrders(witness)];
}

function attacksOnLength(witness: Uint8Array): readonly WitnessAttack[] {
  const { commandsFrom, end, ordersFrom, image } = layoutOf(witness);
  const count = (end - commandsFrom) / 32;
  const cut = (length: number) => witness.slice(0, length);
  const withCount = (value: number) => changed(witness, (view) => view.setUint32(16, value, true));
  const longer = (extra: number) => new Uint8Array([...witness, ...new Uint8Array(extra)]);
  return [
    { name: 'nothing at all', witness: cut(0), exitCodes: [1] },
    { name: 'half a head', witness: cut(32), exitCodes: [1] },
    { name: 'a head and no state image', witness: cut(image), exitCodes: [1] },
    { name: 'half a state image', witness: cut(image + 400), exitCodes: [1] },
    { name: 'no levels', witness: cut(image + 832), exitCodes: [1] },
    { name: 'no orders', witness: cut(ordersFrom), exitCodes: [1] },
    { name: 'no commands', witness: cut(commandsFrom), exitCodes: [1] },
    { name: 'half a command less', witness: cut(end - 16), exitCodes: [1] },
    { name: 'a word less', witness: cut(end - 8), exitCodes: [1] },
    { name: 'a byte less', witness: cut(end - 1), exitCodes: [1] },
    { name: 'a byte more', witness: longer(1), exitCodes: [1] },
    { name: 'a word more', witness: longer(8), exitCodes: [13] },
    { name: 'a zero command more', witness: longer(32), exitCodes: [13] },
    { name: 'commandCount 0', witness: withCount(0), exitCodes: [11] },
    { name: 'commandCount 1025', witness: withCount(1025), exitCodes: [11] },
    { name: 'commandCount 2^32-1', witness: withCount(0xffffffff), exitCodes: [11] },
    { name: 'commandCount one too high', witness: withCount(count + 1), exitCodes: [1] },
    { name: 'commandCount one too low', witness: withCount(count - 1), exitCodes: [13] },
  ];
}

function attacksOnState(witness: Uint8Array): readonly WitnessAttack[] {
  const { image, levels } = layoutOf(witness);
  const attack = (name: string, exitCode: number, change: (view: DataView, bytes: Uint8Array) => void) => ({
    name,
    exitCodes: [exitCode],
    witness: changed(witness, change),
  });
  const u64 = (offset: number, value: (old: bigint) => bigint) => (view: DataView) =>
    view.setBigUint64(offset, value(view.getBigUint64(offset, true)), true);
  const bids = levels.filter(({ side }) => side === 'bid');
  const [worst, next] = [place(bids, 0), place(bids, 1)];
  const bestAsk = place(levels, levels.length - 1);
  return [
    attack('a witness of version 2', 2, (view) => view.setUint32(4, 2, true)),
    attack('a state image of version 0', 2, (view) => view.setUint32(image + 4, 0, true)),
    attack('another geometry', 4, (view) => view.setUint32(image + 32 + 4, 2, true)),
    attack('maxFills 65', 4, (view) => view.setUint32(image + 32 + 40, 65, true)),
    attack(
      'tickSize 0',
      4,
      u64(image + 48, () => 0n),
    ),
    attack(
      'another market',
      4,
      u64(image + 40, (old) => old + 1n),
    ),
    attack('another market whose check agrees', 14, (view, bytes) => {
      view.setBigUint64(image + 40, view.getBigUint64(image + 40, true) + 1n, true);
      bytes.set(blake3(bytes.subarray(image + 32, image + 96)).subarray(0, 8), image + 24);
    }),
    attack(
      'a header that counts one order more',
      5,
      u64(image + 128 + 32, (old) => old + 1n),
    ),
    attack(
      'a market state of 4',
      5,
      u64(image + 128 + 48, () => 4n),
    ),
    attack(
      'a market that is Halted',
      10,
      u64(image + 128 + 48, () => 3n),
    ),
    attack(
      'sequence 2^51',
      5,
      u64(image + 128, () => 2n ** 51n),
    ),
    attack(
      'lastTradePrice 2^48',
      5,
      u64(image + 128 + 40, () => 2n ** 48n),
    ),
    attack(
      'a sequence moved on by one',
      10,
      u64(image + 128, (old) => old + 1n),
    ),
    attack(
      'a sequence before the resting orders',
      7,
      u64(image + 128, () => 1n),
    ),
    attack(
      'a batchNumber moved on by one',
      10,
      u64(image + 136, (old) => old + 1n),
    ),
    attack(
      'totals that lose a lot',
      9,
      u64(image + 192, (old) => old - 1n),
    ),
    attack(
      'a tradeCount of its own',
      10,
      u64(image + 192 + 32, (old) => old + 1n),
    ),
    attack(
      'a trigger price without a stop',
      15,
      u64(image + 256, () => 1n),
    ),
    attack(
      'a stop that takes no slot',
      5,
      u64(image + 272, () => 1n),
    ),
    attack('a stop book that is not opened and holds nothing', 15, (view) =>
      view.setUint32(image + 20, 0, true),
    ),
    attack('another stateRoot', 10, (view) => view.setUint8(image + 96, view.getUint8(image + 96) ^ 1)),
    attack('another journalDigest', 14, (view) => view.setUint8(63, view.getUint8(63) ^ 1)),
    attack(
      'a timestamp of 0',
      12,
      u64(8, () => 0n),
    ),
    attack(
      'a timestamp one ns later',
      14,
      u64(8, (old) => old + 1n),
    ),
    attack(
      'a price of 0',
      6,
      u64(worst.entry, () => 0n),
    ),
    attack(
      'a price of 2^48',
      6,
      u64(bestAsk.entry, () => 2n ** 48n),
    ),
    attack('two levels of one price', 6, (_view, bytes) =>
      bytes.copyWithin(next.entry, worst.entry, worst.entry + 8),
    ),
    attack('two levels in one slot', 6, (_view, bytes) =>
      bytes.copyWithin(next.entry + 64, worst.entry + 64, worst.entry + 68),
    ),
    attack('a slot of 64', 6, (view) => view.setUint32(worst.entry + 64, 64, true)),
    attack('a best ask at the best bid: a crossed book', 6, (view) => {
      const bestBid = place(bids, bids.length - 1);
      view.setBigUint64(bestAsk.entry, view.getBigUint64(bestBid.entry, true), true);
    }),
    attack('two levels exchanged', 6, (_view, bytes) => {
      const [a, b] = [worst.entry, next.entry];
      const first = bytes.slice(a, a + LEVEL_ENTRY_BYTES);
      bytes.copyWithin(a, b, b + LEVEL_ENTRY_BYTES);
      bytes.set(first, b);
    }),
  ];
}

function attacksOnOrders(witness: Uint8Array): readonly WitnessAttack[] {
  const { image, levels } = layoutOf(witness);
  const crowded = place(
    levels.filter((level) => level.ordersTo - level.ordersFrom >= 2 * ORDER_RECORD_BYTES),
    0,
  );
  const first = crowded.ordersFrom;
  const second = first + ORDER_RECORD_BYTES;
  const lessOrders = (bytes: Uint8Array, orders: number) =>
    changed(bytes, (view) => view.setUint32(image + 16, view.getUint32(image + 16, true) - orders, true));
  const orderField = (name: string, exitCode: number, change: (view: DataView) => void) => ({
    name,
    exitCodes: [exitCode],
    witness: changed(witness, change),
  });
  const opaque = levels.flatMap((level, index) => {
    if (!level.isOpened) return [];
    const closed = changed(witness, (view) => view.setUint32(level.entry + 68, 0, true));
    const orders = (level.ordersTo - level.ordersFrom) / ORDER_RECORD_BYTES;
    const hidden = lessOrders(without(closed, level.ordersFrom, level.ordersTo), orders);
    const name = `level ${index} made opaque, which the batch uses`;
    return [{ name, exitCodes: [EXIT_UNREACHABLE], witness: hidden }];
  });
  return [
    ...opaque,
    ...hiddenOrders(witness, crowded),
    {
      name: 'two orders of a queue exchanged',
      exitCodes: [8],
      witness: changed(witness, (_view, bytes) => {
        const order = bytes.slice(first, second);
        bytes.copyWithin(first, second, second + ORDER_RECORD_BYTES);
        bytes.set(order, second);
      }),
    },
    orderField('an order of the other side', 7, (view) =>
      view.setUint8(first + 8, view.getUint8(first + 8) ^ 1),
    ),
    orderField('an order of nothing', 7, (view) => view.setBigUint64(first + 16, 0n, true)),
    orderField('an order with a hidden part', 7, (view) => view.setBigUint64(first + 24, 1n, true)),
    orderField('an order of another account', 8, (view) => view.setUint32(first + 12, 999, true)),
    orderField('an order of one lot more', 8, (view) => {
      view.setBigUint64(first + 16, view.getBigUint64(first + 16, true) + 1n, true);
    }),
    orderField('an order with another clientOrderId', 8, (view) =>
      view.setBigUint64(first + 48, 12345n, true),
    ),
  ];
}

/** One order dropped from an opened level, and more and more of the state made to agree with the lie. */
function hiddenOrders(witness: Uint8Array, level: LevelPlace): readonly WitnessAttack[] {
  const { image } = layoutOf(witness);
  const from = level.ordersTo - ORDER_RECORD_BYTES;
  const lots = viewOf(witness).getBigUint64(from + 16, true);
  const slot = Number(viewOf(witness).getBigUint64(from, true) & 0xfffn);
  const dropped = changed(without(witness, from, level.ordersTo), (view) => {
    view.setUint32(image + 16, view.getUint32(image + 16, true) - 1, true);
  });
  const minus = (view: DataView, offset: number, by: bigint) =>
    view.setBigUint64(offset, view.getBigUint64(offset, true) - by, true);
  const agreeing = changed(dropped, (view) => {
    minus(view, level.entry + 8, lots);
    minus(view, level.entry + 16, 1n);
    minus(view, image + 128 + 32, 1n);
    minus(view, image + 192 + (level.side === 'bid' ? 0 : 16), lots);
    minus(view, image + 320 + Math.floor(slot / 64) * 8, 1n << BigInt(slot % 64));
  });
  const chained = changed(agreeing, (_view, bytes) => {
    let digest: Uint8Array = new Uint8Array(32);
    for (let at = level.ordersFrom; at < from; at += ORDER_RECORD_BYTES) {
      digest = blake3(bytes.subarray(at, at + ORDER_RECORD_BYTES), { key: digest });
    }
    bytes.set(digest, level.entry + 32);
  });
  return [
    // Every later record is read one place too early, and the next one is of a later order or of another level.
    { name: 'a hidden order', exitCodes: [7, 8], witness: dropped },
    { name: 'a hidden order in counts, volumes and bitmap that agree', exitCodes: [8], witness: agreeing },
    { name: 'a hidden order with an ordersDigest that agrees', exitCodes: [10], witness: chained },
  ];
}

function place(levels: readonly LevelPlace[], index: number): LevelPlace {
  const level = levels[index];
  if (level === undefined)
    throw new Error(`the sample has ${levels.length} such levels, and no number ${index}`);
  return level;
}
