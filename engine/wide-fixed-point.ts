import { decimalTextOfRaw, rawOfDecimalText } from './decimal-text.ts';
import type { Decimals, FixedPoint } from './fixed-point.ts';
import { ProofbookError } from './proofbook-error.ts';
import { fromLimbs, toLimbs, U128_LIMIT, type U128Limbs } from './u128-limbs.ts';

const DECIMALS_MAX = 36;

/**
 * A number of `raw` / 10^decimals, `raw` being a u128 and decimals 0 .. 36: what a u64 has no room for, that is totals, and prices times
 * quantities, whose decimals add up. Exact or an error, as `FixedPoint`.
 */
export class WideFixedPoint {
  readonly raw: bigint;
  readonly decimals: number;

  private constructor(raw: bigint, decimals: number) {
    this.raw = raw;
    this.decimals = decimals;
  }

  /** @param raw u128 @param decimals 0 .. 36 @throws INVALID_FIELD */
  static ofRaw(raw: bigint, decimals: number): WideFixedPoint {
    toLimbs(raw, 'raw');
    return new WideFixedPoint(raw, requireWideDecimals(decimals));
  }

  /** @throws INVALID_FIELD for a limb that is no u64 */
  static ofLimbs(limbs: U128Limbs, decimals: number): WideFixedPoint {
    return new WideFixedPoint(fromLimbs(limbs), requireWideDecimals(decimals));
  }

  /** The same number with room for sums of it. */
  static of(value: FixedPoint<Decimals>): WideFixedPoint {
    return new WideFixedPoint(value.raw, value.decimals);
  }

  /** price * quantity, with the decimals of both. It always fits: the product of two u64 is below 2^128. */
  static notional(price: FixedPoint<Decimals>, quantity: FixedPoint<Decimals>): WideFixedPoint {
    return new WideFixedPoint(price.raw * quantity.raw, price.decimals + quantity.decimals);
  }

  /** Reads what `FixedPoint.parse` reads. @throws as that does */
  static parse(text: string, decimals: number, field = 'value'): WideFixedPoint {
    const raw = rawOfDecimalText(text, requireWideDecimals(decimals), U128_LIMIT, field);
    return new WideFixedPoint(raw, decimals);
  }

  format(): string {
    return decimalTextOfRaw(this.raw, this.decimals);
  }

  toLimbs(): U128Limbs {
    return toLimbs(this.raw);
  }

  /** @throws FIXED_POINT_OVERFLOW, FIXED_POINT_MIXED */
  plus(other: WideFixedPoint): WideFixedPoint {
    if (other.decimals !== this.decimals) {
      const details = { field: 'decimals', value: other.decimals, expected: this.decimals };
      throw new ProofbookError('FIXED_POINT_MIXED', details);
    }
    const raw = this.raw + other.raw;
    if (raw >= U128_LIMIT) {
      const value = decimalTextOfRaw(raw, this.decimals);
      const max = decimalTextOfRaw(U128_LIMIT - 1n, this.decimals);
      throw new ProofbookError('FIXED_POINT_OVERFLOW', { field: 'sum', value, max });
    }
    return new WideFixedPoint(raw, this.decimals);
  }
}

function requireWideDecimals(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > DECIMALS_MAX) {
    const reason = `expected 0 .. ${DECIMALS_MAX}`;
    throw new ProofbookError('INVALID_FIELD', { field: 'decimals', value, reason });
  }
  return value;
}
