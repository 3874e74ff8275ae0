import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PackedValues } from '../../engine/packed-values.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { SEED } from '../support/seed.ts';

const U64_MAX = 2n ** 64n - 1n;
const VALUES_MAX = 65_536;

// Small ones so that values meet and repeat, halves where the lanes cut, great ones where signs and sums turn over.
const u64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 20n }),
  fc.bigInt({ min: 2n ** 32n - 3n, max: 2n ** 32n + 3n }),
  fc.bigInt({ min: 2n ** 63n - 3n, max: 2n ** 63n + 3n }),
  fc.bigInt({ min: U64_MAX - 3n, max: U64_MAX }),
  fc.bigInt({ min: 0n, max: U64_MAX }),
);
const packed = fc.array(u64, { maxLength: 70 });

/** The first count of values whose sum reaches the quantity, by adding one after the other. */
function plainDepth(values: readonly bigint[], quantity: bigint) {
  let sum = 0n;
  let count = 0;
  while (sum < quantity && count < values.length) sum += values[count++] ?? 0n;
  return { count, missing: sum < quantity ? quantity - sum : 0n };
}

function loaded(values: PackedValues, numbers: readonly bigint[]): PackedValues {
  values.load(BigUint64Array.from(numbers));
  return values;
}

// One instance for each kind, so that what an earlier load left behind its end is there to be read by mistake.
const instances = { simd: new PackedValues('simd'), scalar: new PackedValues('scalar') };

describe.each(['simd', 'scalar'] as const)('packed values, %s', (kind) => {
  const values = instances[kind];

  test('are found by value, the first of equal ones', () => {
    fc.assert(
      fc.property(packed, u64, fc.nat(), (numbers, other, pick) => {
        loaded(values, numbers);
        expect(values.indexOf(other)).toBe(numbers.indexOf(other));
        const present = numbers[pick % Math.max(1, numbers.length)];
        if (present !== undefined) expect(values.indexOf(present)).toBe(numbers.indexOf(present));
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  test('are searched in ascending order, as unsigned numbers', () => {
    fc.assert(
      fc.property(packed, u64, (numbers, wanted) => {
        const ascending = numbers.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        loaded(values, ascending);
        for (const value of [wanted, ...ascending]) {
          expect(values.lowerBound(value)).toBe(ascending.filter((number) => number < value).length);
        }
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test('add up exactly, beyond a u64', () => {
    fc.assert(
      fc.property(packed, (numbers) => {
        expect(loaded(values, numbers).total()).toBe(numbers.reduce((sum, number) => sum + number, 0n));
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  test('tell how many of them reach a quantity', () => {
    fc.assert(
      fc.property(packed, u64, fc.nat(), (numbers, quantity, pick) => {
        loaded(values, numbers);
        expect(values.depthUntil(quantity)).toEqual(plainDepth(numbers, quantity));
        // At a sum of the first few, and one to either side of it, the count must turn.
        const sum = numbers
          .slice(0, pick % (numbers.length + 1))
          .reduce((total, number) => total + number, 0n);
        for (const near of [sum - 1n, sum, sum + 1n]) {
          if (near >= 0n && near <= U64_MAX) {
            expect(values.depthUntil(near)).toEqual(plainDepth(numbers, near));
          }
        }
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  test('of nothing are not counted once the quantity is reached', () => {
    for (const width of [3, 8, 16, 20]) {
      loaded(values, [5n, ...new Array<bigint>(width - 1).fill(0n)]);
      expect(values.depthUntil(5n)).toEqual({ count: 1, missing: 0n });
      expect(values.depthUntil(0n)).toEqual({ count: 0, missing: 0n });
      expect(values.depthUntil(6n)).toEqual({ count: width, missing: 1n });
    }
    loaded(values, new Array<bigint>(20).fill(0n));
    expect(values.depthUntil(0n)).toEqual({ count: 0, missing: 0n });
  });

  test('of volumes of a real size are reached in the middle', () => {
    const volume = fc.bigInt({ min: 1n, max: 1000n });
    fc.assert(
      fc.property(
        fc.array(volume, { minLength: 200, maxLength: 300 }),
        fc.bigInt(1n, 100_000n),
        (numbers, quantity) => {
          expect(loaded(values, numbers).depthUntil(quantity)).toEqual(plainDepth(numbers, quantity));
        },
      ),
      { seed: SEED, numRuns: 200 },
    );
  });

  test('fill the whole buffer, and no more', () => {
    const most = new BigUint64Array(VALUES_MAX).fill(U64_MAX);
    values.load(most);
    expect(values.total()).toBe(U64_MAX * BigInt(VALUES_MAX));
    expect(values.indexOf(0n)).toBe(-1);
    expect(values.lowerBound(U64_MAX)).toBe(0);
    most.forEach((_, i) => {
      most[i] = BigInt(i);
    });
    values.load(most);
    expect(values.indexOf(65_535n)).toBe(65_535);
    expect(values.lowerBound(U64_MAX)).toBe(VALUES_MAX);
    expect(values.depthUntil(U64_MAX)).toEqual({
      count: VALUES_MAX,
      missing: U64_MAX - (65_535n * 65_536n) / 2n,
    });
    const details = { field: 'values', value: (VALUES_MAX + 1) * 8, expected: 'at most 524288' };
    expectRefusal(() => values.load(new BigUint64Array(VALUES_MAX + 1)), 'INVALID_LENGTH', details);
  });

  test('may be none', () => {
    loaded(values, []);
    expect([values.indexOf(0n), values.lowerBound(7n), values.total()]).toEqual([-1, 0, 0n]);
    expect(values.depthUntil(5n)).toEqual({ count: 0, missing: 5n });
    expect(values.depthUntil(0n)).toEqual({ count: 0, missing: 0n });
  });

  test('in disorder are not searched by order, until ordered ones are loaded', () => {
    loaded(values, [1n, 3n, 2n]);
    expectRefusal(() => values.lowerBound(2n), 'INVALID_FIELD', { field: 'values' });
    expectRefusal(() => values.lowerBound(2n), 'INVALID_FIELD', { field: 'values' });
    expect(values.indexOf(2n)).toBe(2);
    expect(loaded(values, [1n, 2n, 2n, 3n]).lowerBound(2n)).toBe(1);
  });

  test.each([-1n, U64_MAX + 1n])('are u64, as is what is asked: %d is refused', (value) => {
    expectRefusal(() => values.indexOf(value), 'INVALID_FIELD', { field: 'value' });
    expectRefusal(() => values.lowerBound(value), 'INVALID_FIELD', { field: 'value' });
    expectRefusal(() => values.depthUntil(value), 'INVALID_FIELD', { field: 'quantity' });
  });

  test('are a copy of what was given', () => {
    const given = BigUint64Array.of(1n, 2n, 3n);
    values.load(given);
    given.fill(9n);
    expect(values.total()).toBe(6n);
  });
});
