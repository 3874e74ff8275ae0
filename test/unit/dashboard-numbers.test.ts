import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bigTicksUpTo, bigTicksWithin, ticksUpTo } from '../../queue/dashboard/axis.ts';
import { cumulative, largest } from '../../queue/dashboard/cumulative-depth.ts';
import {
  ageText,
  axisNumber,
  compactText,
  decimalText,
  durationText,
  grouped,
  rateText,
  ratio,
} from '../../queue/dashboard/number-text.ts';
import { percentile, throughputOf } from '../../queue/dashboard/performance-series.ts';
import type { Batch } from '../../queue/dashboard/wire.ts';
import { SEED } from '../support/seed.ts';

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

describe('numbers on the page', () => {
  test('lose no digit of a u64', () => {
    const check = (raw: bigint, decimals: number) => {
      const digits = decimalText(raw, decimals).replaceAll(',', '').replace('.', '');
      expect(BigInt(digits)).toBe(raw);
    };
    fc.assert(fc.property(u64, fc.nat(18), check), { seed: SEED });
    expect(decimalText(18_446_744_073_709_551_615n, 2)).toBe('184,467,440,737,095,516.15');
  });

  test('are grouped in threes', () => {
    expect(['7', '999', '1000', '1234567.8901'].map(grouped)).toEqual([
      '7',
      '999',
      '1,000',
      '1,234,567.8901',
    ]);
  });

  test('are short on an axis', () => {
    expect(compactText(950n, 0)).toBe('950');
    expect(compactText(12_300n, 0)).toBe('12.3k');
    expect(compactText(4_560_000n, 0)).toBe('4.5M');
    expect(compactText(150n, 2)).toBe('1.5');
    expect(axisNumber(0.1 + 0.2)).toBe('0.3');
  });

  test('of time read as people say them', () => {
    expect([850, 18_400, 99_960, 200_000, 1_800_000, 7_500_000].map(durationText)).toEqual([
      '850 ms',
      '18.4 s',
      '1 min 40 s',
      '3 min 20 s',
      '30 min',
      '2 h 5 min',
    ]);
    expect([0, 12_000, 300_000, 7_200_000, 200_000_000].map(ageText)).toEqual([
      'just now',
      '12 s ago',
      '5 min ago',
      '2 h ago',
      '2 d ago',
    ]);
    expect([12_400.4, 43.21, 5.04, 0.082, 0].map(rateText)).toEqual([
      '12,400',
      '43.2',
      '5.0',
      '0.082',
      '0.0',
    ]);
  });

  test('become lengths between 0 and 1', () => {
    expect(ratio(2n ** 63n, 2n ** 64n)).toBe(0.5);
    expect(ratio(1n, 0n)).toBe(0);
  });
});

describe('axes', () => {
  test('have round ticks within their range', () => {
    expect(ticksUpTo(36.8, 4)).toEqual([10, 20, 30]);
    expect(ticksUpTo(0, 4)).toEqual([]);
    expect(bigTicksUpTo(3_055n, 4n)).toEqual([1_000n, 2_000n, 3_000n]);
    expect(bigTicksUpTo(1n, 4n)).toEqual([1n]);
    expect(bigTicksWithin(10_009n, 10_024n, 7n)).toEqual([
      10_010n,
      10_012n,
      10_014n,
      10_016n,
      10_018n,
      10_020n,
      10_022n,
      10_024n,
    ]);
  });

  test('never have so many ticks that a page stands still, for any u64', () => {
    const check = (a: bigint, b: bigint) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      const ticks = bigTicksWithin(low, high, 7n);
      expect(ticks.length).toBeLessThanOrEqual(15);
      expect(ticks.every((tick) => tick >= low && tick <= high)).toBe(true);
      expect(bigTicksUpTo(high, 4n).length).toBeLessThanOrEqual(9);
    };
    fc.assert(fc.property(u64, u64, check), { seed: SEED });
  });
});

describe('depth', () => {
  test('adds up away from the spread, beyond what a float holds', () => {
    const far = 2n ** 60n;
    const levels = [far, 1n, 2n].map((volume, index) => ({ price: BigInt(index), volume, orderCount: 1 }));
    const totals = cumulative(levels).map(({ total }) => total);
    expect(totals).toEqual([far, far + 1n, far + 3n]);
    expect(largest(totals)).toBe(far + 3n);
    expect(largest([])).toBe(0n);
  });
});

describe('performance', () => {
  const nowMs = 1_700_000_000_500;
  const batch = (createdAtMs: number, provenAtMs: number | undefined): Batch =>
    ({
      commandCount: 100,
      job: {
        state: provenAtMs === undefined ? 'queued' : 'proven',
        createdAtMs,
        updatedAtMs: provenAtMs ?? createdAtMs,
      },
    }) as Batch;

  test('counts every command in the span in which it was sealed and in that in which it was proven', () => {
    const batches = [batch(nowMs - 20_000, nowMs - 5_000), batch(nowMs - 1_000, undefined)];
    const { spanMs, startMs, sealedPerSecond, provenPerSecond } = throughputOf(batches, nowMs);
    expect(spanMs).toBe(1_000);
    expect((nowMs - startMs) / spanMs).toBeLessThan(30);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    expect(sum(sealedPerSecond)).toBe(200);
    expect(sum(provenPerSecond)).toBe(100);
    expect(provenPerSecond[Math.floor((nowMs - 5_000 - startMs) / spanMs)]).toBe(100);
  });

  test('takes the nearest rank as percentile', () => {
    expect(percentile([3, 1, 2], 0.5)).toBe(2);
    expect(percentile([1, 2, 3, 4], 0.95)).toBe(4);
    expect(percentile([], 0.5)).toBeUndefined();
  });
});
