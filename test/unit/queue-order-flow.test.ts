import { describe, expect, test } from 'vitest';
import { encodeCommands } from '../../engine/command.ts';
import { Engine } from '../../engine/engine.ts';
import { decodeTransitions, type Transition } from '../../engine/transition.ts';
import { IntegerRandom } from '../../queue/order-flow/integer-random.ts';
import { LiveOrders } from '../../queue/order-flow/live-orders.ts';
import { seededFlow } from '../../queue/order-flow/seeded-flow.ts';
import { contentDigest } from '../../queue/store/content-digest.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

const bytesOf = (seed: bigint, count: number): Uint8Array =>
  encodeCommands(seededFlow(seed, count).commands.map(({ command }) => command));

describe('integer random', () => {
  test('gives the same numbers for the same seed on every machine', () => {
    // Written down once: a change of these is a change of every seeded run.
    const random = new IntegerRandom(1n);
    expect(Array.from({ length: 4 }, () => random.nextU32())).toEqual(FIRST_NUMBERS);
    expect(new IntegerRandom(2n).nextU32()).not.toBe(FIRST_NUMBERS[0]);
    expect(new IntegerRandom(1n << 32n).nextU32()).not.toBe(new IntegerRandom(0n).nextU32());
  });

  test('draws every value below a bound about equally often', () => {
    const random = new IntegerRandom(7n);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) {
      const value = random.below(10);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });

  test.each([-1n, 2n ** 64n])('refuses the seed %s', (seed) => {
    expectRefusal(() => new IntegerRandom(seed), 'INVALID_FIELD', { field: 'seed', value: seed });
  });
});

// First numbers of seed 1; made with an independent implementation of sfc32 (32-bit integers in Python).
const FIRST_NUMBERS = [2677044200, 355546957, 1053930227, 1322709710];

describe('seeded order flow', () => {
  test('is the same for the same seed, another for another, and a shorter run is the start of a longer', () => {
    const long = bytesOf(1n, 600);
    expect(contentDigest(bytesOf(1n, 600))).toBe(contentDigest(long));
    expect(contentDigest(bytesOf(2n, 600))).not.toBe(contentDigest(long));
    expect(bytesOf(1n, 200)).toEqual(long.subarray(0, 200 * 32));
  });

  test('cancels orders that live, wherever batches end', () => {
    const flow = seededFlow(3n, 2000);
    const engine = Engine.create(flow.marketConfig);
    const seen: Transition[] = [];
    for (let at = 0; at < flow.commands.length; at += 333) {
      const chunk = flow.commands.slice(at, at + 333);
      const { transitions } = engine.applyBatch(
        encodeCommands(chunk.map(({ command }) => command)),
        chunk.at(-1)?.timestampNs ?? 0n,
      );
      seen.push(...decodeTransitions(transitions));
    }
    expect(seen.filter(({ reason }) => reason === 'unknownOrder' || reason === 'notOwner')).toEqual([]);
    const requested = seen.filter(({ reason }) => reason === 'requested').length;
    expect(requested).toBe(flow.commands.filter(({ command }) => command.kind === 'cancel').length);
    expect(requested / flow.commands.length).toBeGreaterThan(0.35);
    expect(requested / flow.commands.length).toBeLessThan(0.48);
  });

  test('has every kind of order, fills, and times that never fall', () => {
    const flow = seededFlow(4n, 3000);
    const words = new Set(
      flow.commands.map(({ command }) =>
        command.kind === 'place'
          ? `${command.side} ${command.timeInForce} ${command.market ?? false} ${command.postOnly ?? false}`
          : command.kind,
      ),
    );
    for (const side of ['bid', 'ask']) {
      for (const rest of [
        'GTC false false',
        'GTC false true',
        'IOC false false',
        'IOC true false',
        'FOK false false',
      ]) {
        expect(words).toContain(`${side} ${rest}`);
      }
    }
    expect(words).toContain('cancel');
    expect(words).toContain('reduce');
    const times = flow.commands.map(({ timestampNs }) => timestampNs);
    expect(times.every((time, i) => i === 0 || time > (times[i - 1] ?? 0n))).toBe(true);
  });
});

describe('live orders', () => {
  test('read from transitions are exactly the orders that the engine holds', () => {
    const flow = seededFlow(5n, 1500);
    const engine = Engine.create(flow.marketConfig);
    const live = new LiveOrders();
    for (const { command, timestampNs } of flow.commands) {
      const { transitions } = engine.applyBatch(encodeCommands([command]), timestampNs);
      const mayRest = command.kind === 'place' && command.timeInForce === 'GTC' && command.market !== true;
      live.observe(decodeTransitions(transitions), mayRest);
    }
    for (const side of ['bid', 'ask'] as const) {
      const orders = Array.from({ length: live.count }, (_, place) => live.at(place)).filter(
        (order) => order?.side === side,
      );
      const levels = engine.levels(side);
      expect(orders).toHaveLength(levels.reduce((sum, { orderCount }) => sum + orderCount, 0));
      for (const { price, volumeLots } of levels) {
        const volume = orders.reduce(
          (sum, order) => (order?.price === price ? sum + order.remaining : sum),
          0n,
        );
        expect(volume).toBe(volumeLots);
      }
    }
  });
});
