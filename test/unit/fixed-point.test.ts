import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addBatch, type Decimals, FixedPoint, requireDecimals } from '../../engine/fixed-point.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { SEED } from '../support/seed.ts';

const U64_MAX = 2n ** 64n - 1n;
const decimals = fc.integer({ min: 0, max: 18 }).map((value) => requireDecimals(value));
const u64 = fc.oneof(
  fc.bigInt({ min: 0n, max: U64_MAX }),
  fc.bigInt({ min: 0n, max: 100n }),
  fc.bigInt({ min: U64_MAX - 100n, max: U64_MAX }),
);

describe('the text of a fixed-point number', () => {
  test.each<[string, Decimals, bigint, string]>([
    ['1.50', 2, 150n, '1.50'],
    ['1.5', 2, 150n, '1.50'],
    ['1', 2, 100n, '1.00'],
    ['0', 2, 0n, '0.00'],
    ['0.01', 2, 1n, '0.01'],
    ['7', 0, 7n, '7'],
    ['18446744073709551615', 0, U64_MAX, '18446744073709551615'],
    ['18.446744073709551615', 18, U64_MAX, '18.446744073709551615'],
    ['0.000000000000000001', 18, 1n, '0.000000000000000001'],
  ])('%s at %d decimals is %d, written %s', (text, at, raw, canonical) => {
    const value = FixedPoint.parse(text, at);
    expect(value.raw).toBe(raw);
    expect(value.format()).toBe(canonical);
  });

  test('goes there and back for every value, and has the digits of the division by hand', () => {
    fc.assert(
      fc.property(u64, decimals, (raw, at) => {
        const text = FixedPoint.ofRaw(raw, at).format();
        const back = FixedPoint.parse(text, at);
        expect([back.raw, back.decimals]).toEqual([raw, at]);
        expect(back.format()).toBe(text);
        const [whole = '', fraction = ''] = text.split('.');
        expect(BigInt(whole)).toBe(raw / 10n ** BigInt(at));
        expect(BigInt(`1${fraction}`) - 10n ** BigInt(at)).toBe(raw % 10n ** BigInt(at));
        expect(fraction).toHaveLength(at);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test('may leave out zeros at its end, and nothing else changes', () => {
    fc.assert(
      fc.property(u64, decimals, (raw, at) => {
        const text = FixedPoint.ofRaw(raw, at).format();
        const short = at === 0 ? text : text.replace(/\.?0+$/, '');
        expect(FixedPoint.parse(short, at).raw).toBe(raw);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test.each<[string, string]>([
    ['', 'it is empty'],
    [' ', 'it holds a blank'],
    [' 1', 'it holds a blank'],
    ['1 ', 'it holds a blank'],
    ['1\n', 'it holds a blank'],
    ['1 000', 'it holds a blank'],
    ['1.\u00a05', 'it holds a blank'],
    ['-1', 'a sign is not taken'],
    ['+1', 'a sign is not taken'],
    ['-0', 'a sign is not taken'],
    ['1e3', 'an exponent is not taken'],
    ['1.5E-1', 'an exponent is not taken'],
    ['01', 'zeros before the number are not taken'],
    ['00.5', 'zeros before the number are not taken'],
    ['.5', 'a point needs a digit on both sides'],
    ['5.', 'a point needs a digit on both sides'],
    ['.', 'a point needs a digit on both sides'],
    ['1,5', 'expected digits, or digits, a point and digits'],
    ['1_000', 'expected digits, or digits, a point and digits'],
    ['1.2.3', 'expected digits, or digits, a point and digits'],
    ['0x10', 'expected digits, or digits, a point and digits'],
    ['Infinity', 'expected digits, or digits, a point and digits'],
    ['１', 'expected digits, or digits, a point and digits'],
  ])('"%s" is malformed: %s', (text, reason) => {
    expectRefusal(() => FixedPoint.parse(text, 2, 'price'), 'FIXED_POINT_MALFORMED', {
      field: 'price',
      value: text,
      reason,
    });
  });

  test('is a text: a number out of JSON is refused', () => {
    const refused = () => FixedPoint.parse(1.5 as unknown as string, 2);
    expectRefusal(refused, 'FIXED_POINT_MALFORMED', {
      value: '1.5',
      reason: 'expected a text, not a number',
    });
  });

  test('with more decimals than the number has is refused, zeros included', () => {
    const details = { field: 'price', value: '1.500', decimals: 3, max: 2 };
    const error = expectRefusal(
      () => FixedPoint.parse('1.500', 2, 'price'),
      'FIXED_POINT_TOO_PRECISE',
      details,
    );
    expect(error.message).toBe('price is 1.500: it has 3 decimals, at most 2 are taken');
    expectRefusal(() => FixedPoint.parse('1.0', 0), 'FIXED_POINT_TOO_PRECISE');
  });

  test.each<[string, Decimals, string]>([
    ['18446744073709551616', 0, '18446744073709551615'],
    ['18.446744073709551616', 18, '18.446744073709551615'],
    ['19', 18, '18.446744073709551615'],
    ['100000000000000000000', 0, '18446744073709551615'],
    ['9'.repeat(100_000), 6, '18446744073709.551615'],
  ])('of too much is an overflow: %s at %d decimals', (text, at, max) => {
    expectRefusal(() => FixedPoint.parse(text, at, 'price'), 'FIXED_POINT_OVERFLOW', { value: text, max });
  });
});

describe('fixed-point arithmetic', () => {
  test('is that of whole numbers, or an error that names what does not fit', () => {
    fc.assert(
      fc.property(u64, u64, decimals, (a, b, at) => {
        const x = FixedPoint.ofRaw(a, at);
        const y = FixedPoint.ofRaw(b, at);
        if (a + b > U64_MAX) expectRefusal(() => x.plus(y), 'FIXED_POINT_OVERFLOW', { field: 'sum' });
        else expect(x.plus(y).raw).toBe(a + b);
        if (a < b) expectRefusal(() => x.minus(y), 'FIXED_POINT_UNDERFLOW', { field: 'difference' });
        else expect(x.minus(y).raw).toBe(a - b);
        if (a * b > U64_MAX) expectRefusal(() => x.times(b), 'FIXED_POINT_OVERFLOW', { field: 'product' });
        else expect(x.times(b).raw).toBe(a * b);
        expect(x.compare(y)).toBe(a < b ? -1 : a > b ? 1 : 0);
        expect([x.raw, y.raw]).toEqual([a, b]);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  test('ends at one below 0 and at 2^64', () => {
    const one = FixedPoint.ofRaw(1n, 2);
    const most = FixedPoint.ofRaw(U64_MAX, 2);
    expectRefusal(() => FixedPoint.ofRaw(0n, 2).minus(one), 'FIXED_POINT_UNDERFLOW', { value: '-0.01' });
    expectRefusal(() => most.plus(one), 'FIXED_POINT_OVERFLOW');
    expectRefusal(() => FixedPoint.ofRaw(2n ** 32n, 2).times(2n ** 32n), 'FIXED_POINT_OVERFLOW');
    expect([most.minus(most).raw, most.minus(one).plus(one).raw]).toEqual([0n, U64_MAX]);
  });

  test('says the value that does not fit', () => {
    const one = FixedPoint.parse('1.00', 2);
    const most = FixedPoint.ofRaw(U64_MAX, 2);
    expect(expectRefusal(() => most.plus(one), 'FIXED_POINT_OVERFLOW').message).toBe(
      'sum is 184467440737095517.15: at most 184467440737095516.15 fits',
    );
    expect(expectRefusal(() => one.minus(most), 'FIXED_POINT_UNDERFLOW').message).toBe(
      'difference is -184467440737095515.15: below 0',
    );
  });

  test('refuses numbers of other decimals, which the types cannot always tell', () => {
    const cents: FixedPoint<Decimals> = FixedPoint.ofRaw(1n, 2);
    const mills: FixedPoint<Decimals> = FixedPoint.ofRaw(1n, 3);
    for (const mixed of [() => cents.plus(mills), () => cents.minus(mills), () => cents.compare(mills)]) {
      expectRefusal(mixed, 'FIXED_POINT_MIXED', { value: 3, expected: 2 });
    }
    // @ts-expect-error the types tell where decimals are literal
    expectRefusal(() => FixedPoint.ofRaw(1n, 2).plus(FixedPoint.ofRaw(1n, 3)), 'FIXED_POINT_MIXED');
  });

  test.each([-1n, U64_MAX + 1n])('takes no raw value or factor of %d', (value) => {
    expectRefusal(() => FixedPoint.ofRaw(value, 2), 'INVALID_FIELD', { field: 'raw' });
    expectRefusal(() => FixedPoint.ofRaw(0n, 2).times(value), 'INVALID_FIELD', { field: 'factor' });
  });

  test.each([-1, 19, 1.5, Number.NaN])('takes no %d decimals', (value) => {
    expectRefusal(() => requireDecimals(value), 'INVALID_FIELD', { field: 'decimals' });
    expectRefusal(() => FixedPoint.ofRaw(0n, value as Decimals), 'INVALID_FIELD', { field: 'decimals' });
    expectRefusal(() => FixedPoint.parse('0', value as Decimals), 'INVALID_FIELD', { field: 'decimals' });
  });
});

describe('adding arrays', () => {
  const arrays = fc.array(fc.tuple(u64, u64), { maxLength: 40 });

  test('gives every sum, or names the first that does not fit and writes nothing', () => {
    fc.assert(
      fc.property(arrays, (pairs) => {
        const a = BigUint64Array.from(pairs, ([x]) => x);
        const b = BigUint64Array.from(pairs, ([, y]) => y);
        const out = new BigUint64Array(pairs.length).fill(7n);
        const first = pairs.findIndex(([x, y]) => x + y > U64_MAX);
        if (first !== -1) {
          expectRefusal(() => addBatch(a, b, out), 'FIXED_POINT_OVERFLOW', { field: `sum ${first}` });
          expect(out.every((value) => value === 7n)).toBe(true);
        } else {
          addBatch(a, b, out);
          expect([...out]).toEqual(pairs.map(([x, y]) => x + y));
        }
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test('adds in place', () => {
    const a = BigUint64Array.of(1n, U64_MAX - 2n);
    const b = BigUint64Array.of(10n, 2n);
    addBatch(a, b, a);
    expect([...a]).toEqual([11n, U64_MAX]);
    expectRefusal(() => addBatch(a, b, b), 'FIXED_POINT_OVERFLOW', { field: 'sum 1' });
    expect([...b]).toEqual([10n, 2n]);
  });

  test('does not write into what it has yet to add', () => {
    const memory = BigUint64Array.of(1n, 2n, 3n, 4n, 5n, 6n);
    const shifted = () => addBatch(memory.subarray(0, 3), memory.subarray(0, 3), memory.subarray(1, 4));
    expectRefusal(shifted, 'INVALID_FIELD', { field: 'out', value: 8 });
    const behind = () => addBatch(memory.subarray(3, 6), memory.subarray(2, 5), memory.subarray(2, 5));
    expectRefusal(behind, 'INVALID_FIELD', { field: 'out' });
    const apart = new BigUint64Array(3);
    for (const [x, y] of [[apart, memory.subarray(0, 3)] as const, [memory.subarray(0, 3), apart] as const]) {
      expectRefusal(() => addBatch(x, y, memory.subarray(1, 4)), 'INVALID_FIELD', { field: 'out' });
    }
    expect([...memory]).toEqual([1n, 2n, 3n, 4n, 5n, 6n]);
    addBatch(memory.subarray(0, 3), memory.subarray(0, 3), memory.subarray(3, 6));
    expect([...memory]).toEqual([1n, 2n, 3n, 2n, 4n, 6n]);
  });

  test('takes arrays of one length only', () => {
    const two = new BigUint64Array(2);
    const three = new BigUint64Array(3);
    expectRefusal(() => addBatch(two, three, two), 'INVALID_LENGTH', { field: 'b', value: 24, expected: 16 });
    expectRefusal(() => addBatch(two, two, three), 'INVALID_LENGTH', { field: 'out', value: 24 });
  });
});
