import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { DeepEngineExports } from '../../engine/engine-module.ts';
import { TRANSITION_BYTES } from '../../engine/transition.ts';
import { type BookCommand, packBookCommands } from '../support/book-commands.ts';
import { applyPacked, levelsOf, openMarket, transitionsOf } from '../support/market-module.ts';

const BATCH = 1024;
const ORDERS = 2 ** 20;
const LEVELS = 65_536;
const LOTS_MAX = (1n << 48n) - 1n;
const TYPES = { accepted: 1, rejected: 6, evicted: 9 } as const;
const BOOK_FULL = 15;
const RESIDENT_MAX_BYTES = 160_000_000;
/** Record, links and chain digest of an order. */
const ORDER_BYTES = 64 + 16 + 32;

/** Sends `count` orders in whole batches; `orderOf` says what each is. */
function place(module: DeepEngineExports, count: number, orderOf: (index: number) => BookCommand): void {
  for (let first = 0; first < count; first += BATCH) {
    const length = Math.min(BATCH, count - first);
    applyPacked(module, packBookCommands(Array.from({ length }, (_, index) => orderOf(first + index))));
  }
}

/** Type and reason of each transition that the commands make. */
function outcomes(module: DeepEngineExports, ...commands: BookCommand[]): [number, number][] {
  const transitions = applyPacked(module, packBookCommands(commands));
  return Array.from({ length: transitions.length / TRANSITION_BYTES }, (_, index) => {
    const at = index * TRANSITION_BYTES;
    return [transitions[at] ?? 0, transitions[at + 2] ?? 0];
  });
}

function totalVolume(module: DeepEngineExports, side: number): bigint {
  return levelsOf(module, side).reduce((sum, level) => sum + level.volume, 0n);
}

test('2^20 resting orders are all that fit, and one more is an outcome', () => {
  const module = openMarket('deep');
  const bytes = module.memory.buffer.byteLength;
  place(module, ORDERS, (index) => ({
    side: index % 2,
    price: BigInt(index % 2 === 0 ? 50_000 - (index % 40_000) : 50_001 + (index % 40_000)),
    quantity: 1n,
  }));
  expect(module.ordersInUse()).toBe(ORDERS);
  expect(totalVolume(module, 0) + totalVolume(module, 1)).toBe(BigInt(ORDERS));
  // As good as the worst of its side: no room. Better: the worst level's newest order makes room.
  const worst = levelsOf(module, 0).at(-1)?.price ?? 0n;
  expect(outcomes(module, { side: 0, price: worst, quantity: 1n })).toEqual([[TYPES.rejected, BOOK_FULL]]);
  expect(outcomes(module, { side: 0, price: worst + 1n, quantity: 1n })).toEqual([
    [TYPES.evicted, 0],
    [TYPES.accepted, 0],
  ]);
  expect(module.ordersInUse()).toBe(ORDERS);
  expect(module.ordersHighWater()).toBe(module.ordersCapacity());
  expect(module.memory.buffer.byteLength).toBe(bytes);
}, 60_000);

test.each([
  ['bids', 0, (index: number) => BigInt(1000 + 3 * index)],
  ['asks', 1, (index: number) => BigInt(2 ** 40 - 1000 * index)],
] as const)(
  '65,536 levels of %s are all that fit, radix nodes never run out, and one more level is an outcome',
  (_, side, priceOf) => {
    const module = openMarket('deep');
    // An odd step goes through every level once, in no order that helps the index.
    place(module, LEVELS, (index) => ({ side, price: priceOf((index * 40_503) % LEVELS), quantity: 1n }));
    expect(module.levelCount(side)).toBe(LEVELS);
    expect(module.nodesHighWater()).toBeLessThan(LEVELS);
    const walked = levelsOf(module, side).map(({ price }) => price);
    expect(walked).toEqual(Array.from({ length: LEVELS }, (_, index) => priceOf(LEVELS - 1 - index)));
    const worst = priceOf(0);
    const better = side === 0 ? 1n : -1n;
    expect(outcomes(module, { side, price: worst - better, quantity: 1n })).toEqual([
      [TYPES.rejected, BOOK_FULL],
    ]);
    expect(outcomes(module, { side, price: worst + better, quantity: 1n })).toEqual([
      [TYPES.evicted, 0],
      [TYPES.accepted, 0],
    ]);
    expect(module.levelCount(side)).toBe(LEVELS);
    expect(module.levelsHighWater(side)).toBe(module.levelsCapacity());
  },
  60_000,
);

test('a level takes no order that its volume could not hold, and the totals need more than 64 bits', () => {
  const module = openMarket('deep');
  const full = 2n ** 64n / LOTS_MAX;
  for (const price of [100n, 99n]) {
    place(module, Number(full), () => ({ price, quantity: LOTS_MAX }));
    const left = 2n ** 64n - 1n - full * LOTS_MAX;
    expect(outcomes(module, { price, quantity: left + 1n }, { price, quantity: left })).toEqual([
      [TYPES.rejected, BOOK_FULL],
      [TYPES.accepted, 0],
    ]);
  }
  module.sealBatch();
  const at = module.headerPointer() + 64;
  const view = new DataView(module.memory.buffer, at);
  expect([view.getBigUint64(0, true), view.getBigUint64(8, true)]).toEqual([2n ** 64n - 2n, 1n]);
  expect(levelsOf(module, 0).map(({ volume }) => volume)).toEqual([2n ** 64n - 1n, 2n ** 64n - 1n]);
  // A FOK that crosses such a level is filled whole, or rejected for its makers: its volume is no small number.
  const fok = packBookCommands([{ side: 1, price: 99n, quantity: 1000n }]);
  fok[2] = 2;
  expect(applyPacked(module, fok)[0]).toBe(TYPES.accepted);
}, 60_000);

test('a million commands allocate nothing, and pools say how full they are and were', () => {
  const module = openMarket('deep');
  const bytes = module.memory.buffer.byteLength;
  const ids: bigint[] = [];
  for (let batch = 0; batch < 1024; batch++) {
    const commands = Array.from({ length: BATCH }, (_, index): BookCommand => {
      const id = index % 2 === 1 && ids.length > 3000 ? ids.shift() : undefined;
      if (id !== undefined) return { cancels: id };
      const distance = BigInt((batch * BATCH + index * 7919) % 5000);
      return { side: index & 1, price: index & 1 ? 20_000n + distance : 10_000n - distance, quantity: 5n };
    });
    applyPacked(module, packBookCommands(commands));
    const transitions = transitionsOf(module);
    const view = new DataView(transitions.buffer);
    for (let at = 0; at < transitions.length; at += TRANSITION_BYTES) {
      if (view.getUint8(at) === TYPES.accepted) ids.push(view.getBigUint64(at + 16, true));
    }
  }
  expect(module.memory.buffer.byteLength).toBe(bytes);
  expect(module.ordersInUse()).toBe(ids.length);
  expect(module.ordersHighWater()).toBeGreaterThanOrEqual(ids.length);
  expect(module.transitionsHighWater()).toBe(BATCH);
  expect(module.transitionsCapacity()).toBe(4096);
  expect(module.nodesInUse()).toBeLessThanOrEqual(module.nodesHighWater());
  expect(module.nodesHighWater()).toBeLessThan(module.nodesCapacity());
  for (const hits of [module.hotHitCount(), module.warmHitCount(), module.coldHitCount()]) {
    expect(hits).toBeGreaterThan(0n);
  }
}, 60_000);

test('a full book and its touched pools stay within 160 MB, and its snapshot opens again', () => {
  // A process of its own, for what this one holds and frees would be counted, too.
  const script = fileURLToPath(new URL('../support/deep-resident.ts', import.meta.url));
  const report = JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8' }));
  expect(report.orders).toBe(ORDERS);
  expect(report.residentBytes).toBeGreaterThan(ORDERS * ORDER_BYTES);
  expect(report.residentBytes).toBeLessThan(RESIDENT_MAX_BYTES);
  expect(report.reopenStatus).toBe(0);
}, 60_000);
