import { describe, expect, test } from 'vitest';
import { IntegerRandom } from '../../../queue/order-flow/integer-random.ts';
import { bucketEnd, bucketOf, HdrHistogram } from '../../../queue/runtime/telemetry/hdr-histogram.ts';
import { BUCKETS } from '../../../queue/runtime/telemetry/telemetry-layout.ts';
import { SEED } from '../../support/seed.ts';

describe('the buckets of a histogram', () => {
  test('follow each other without a gap, and each is at most 1/64 wide', () => {
    expect(bucketOf(0)).toBe(0);
    for (let bucket = 0; bucket < BUCKETS - 1; bucket++) {
      const end = bucketEnd(bucket);
      expect(bucketOf(end)).toBe(bucket);
      expect(bucketOf(end + 1)).toBe(bucket + 1);
      expect(bucketEnd(bucket + 1) - end).toBeLessThanOrEqual(Math.max(1, end / 64 + 1));
    }
    expect(bucketOf(Number.MAX_VALUE)).toBe(BUCKETS - 1);
    expect(bucketOf(Number.NaN)).toBe(0);
    expect(bucketOf(-5)).toBe(0);
  });
});

test('percentiles are those of the sorted values, to 1/64', () => {
  const random = new IntegerRandom(BigInt(SEED));
  const histogram = new HdrHistogram();
  const values: number[] = [];
  for (let index = 0; index < 20_000; index++) {
    const value = random.below(2 ** (1 + random.below(31))) * (1 + random.below(4));
    values.push(value);
    histogram.record(value);
  }
  values.sort((a, b) => a - b);
  for (const share of [0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1]) {
    const exact = values[Math.ceil(values.length * share) - 1] ?? 0;
    expect(histogram.percentile(share)).toBeGreaterThanOrEqual(exact);
    expect(histogram.percentile(share)).toBeLessThanOrEqual(exact * (1 + 1 / 64) + 1);
  }
  expect(histogram.count).toBe(20_000);
  expect(histogram.largest).toBe(values.at(-1));
  expect(histogram.mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 6);
});

test('an empty histogram has zeros', () => {
  const histogram = new HdrHistogram();
  expect([histogram.count, histogram.mean, histogram.percentile(0.99), histogram.largest]).toEqual([
    0, 0, 0, 0,
  ]);
});
