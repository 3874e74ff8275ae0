import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FixedPoint, requireDecimals } from '../../engine/fixed-point.ts';
import { fromLimbs, toLimbs } from '../../engine/u128-limbs.ts';
import { WideFixedPoint } from '../../engine/wide-fixed-point.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { SEED } from '../support/seed.ts';

const U64_MAX = 2n ** 64n - 1n;
const U128_MAX = 2n ** 128n - 1n;
const u64 = fc.bigInt({ min: 0n, max: U64_MAX });
const u128 = fc.bigInt({ min: 0n, max: U128_MAX });
const decimals = fc.integer({ min: 0, max: 18 }).map((value) => requireDecimals(value));

describe('limbs', () => {
  test('go there and back, low limb first in value', () => {
    fc.assert(
      fc.property(u64, u64, (low, high) => {
        const value = BigInt(`0x${high.toString(16)}${low.toString(16).padStart(16, '0')}`);
        expect(fromLimbs({ low, high })).toBe(value);
        expect(toLimbs(value)).toEqual({ low, high });
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test('are of a u128, and are u64 themselves', () => {
    expect(toLimbs(U128_MAX)).toEqual({ low: U64_MAX, high: U64_MAX });
    expectRefusal(() => toLimbs(U128_MAX + 1n, 'total'), 'INVALID_FIELD', { field: 'total' });
    expectRefusal(() => toLimbs(-1n), 'INVALID_FIELD', { value: '-1' });
    expectRefusal(() => fromLimbs({ low: U64_MAX + 1n, high: 0n }), 'INVALID_FIELD', { field: 'low' });
    expectRefusal(() => fromLimbs({ low: 0n, high: -1n }), 'INVALID_FIELD', { field: 'high' });
  });
});

describe('a wide fixed-point number', () => {
  test('holds the total that a u64 of 18 decimals has no room for', () => {
    const ten = FixedPoint.parse('10', 18);
    expectRefusal(() => ten.plus(ten), 'FIXED_POINT_OVERFLOW');
    const total = WideFixedPoint.of(ten).plus(WideFixedPoint.of(ten));
    expect(total.format()).toBe('20.000000000000000000');
    expect(total.toLimbs()).toEqual({ low: 20n * 10n ** 18n - 2n ** 64n, high: 1n });
    expect(WideFixedPoint.ofLimbs(total.toLimbs(), 18).raw).toBe(total.raw);
  });

  test('is price times quantity, exactly, with the decimals of both', () => {
    fc.assert(
      fc.property(u64, u64, decimals, decimals, (p, q, priceDecimals, quantityDecimals) => {
        const price = FixedPoint.ofRaw(p, priceDecimals);
        const notional = WideFixedPoint.notional(price, FixedPoint.ofRaw(q, quantityDecimals));
        expect([notional.raw, notional.decimals]).toEqual([p * q, priceDecimals + quantityDecimals]);
        expect(WideFixedPoint.parse(notional.format(), notional.decimals).raw).toBe(notional.raw);
        expect(fromLimbs(notional.toLimbs())).toBe(p * q);
      }),
      { seed: SEED, numRuns: 300 },
    );
    const most = FixedPoint.ofRaw(U64_MAX, 18);
    expect(WideFixedPoint.notional(most, most).format()).toBe('340.282366920938463426481119284349108225');
  });

  test('adds exactly or not at all', () => {
    fc.assert(
      fc.property(u128, u128, fc.integer({ min: 0, max: 36 }), (a, b, at) => {
        const sum = () => WideFixedPoint.ofRaw(a, at).plus(WideFixedPoint.ofRaw(b, at));
        if (a + b > U128_MAX) expectRefusal(sum, 'FIXED_POINT_OVERFLOW', { field: 'sum' });
        else expect(sum().raw).toBe(a + b);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test('ends at 2^128', () => {
    const one = WideFixedPoint.ofRaw(1n, 0);
    const most = WideFixedPoint.ofRaw(U128_MAX, 0);
    expectRefusal(() => most.plus(one), 'FIXED_POINT_OVERFLOW', { max: String(U128_MAX) });
    expect(WideFixedPoint.ofRaw(U128_MAX - 1n, 0).plus(one).raw).toBe(U128_MAX);
  });

  test('does not mix decimals, and takes a u128 of 0 .. 36 of them', () => {
    const one = WideFixedPoint.ofRaw(1n, 4);
    expectRefusal(() => one.plus(WideFixedPoint.ofRaw(1n, 5)), 'FIXED_POINT_MIXED', {
      value: 5,
      expected: 4,
    });
    expectRefusal(() => WideFixedPoint.ofRaw(U128_MAX + 1n, 4), 'INVALID_FIELD', { field: 'raw' });
    expectRefusal(() => WideFixedPoint.ofRaw(1n, 37), 'INVALID_FIELD', { field: 'decimals' });
    expectRefusal(() => WideFixedPoint.ofLimbs({ low: 0n, high: 0n }, -1), 'INVALID_FIELD');
    expectRefusal(() => WideFixedPoint.parse(String(U128_MAX + 1n), 0, 'total'), 'FIXED_POINT_OVERFLOW', {
      field: 'total',
      max: String(U128_MAX),
    });
  });
});
