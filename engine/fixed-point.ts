import { decimalTextOfRaw, rawOfDecimalText } from './decimal-text.ts';
import { ProofbookError } from './proofbook-error.ts';
import { U64_LIMIT } from './u128-limbs.ts';
import { requireU64 } from './value-ranges.ts';

/** Digits behind the point. At 18 of them a u64 ends at 18.4 units: sums belong into `WideFixedPoint`. */
export type Decimals = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18;
const DECIMALS_MAX = 18;

/** A number of decimals that is only known at run time, as in a market config. Throws INVALID_FIELD. */
export function requireDecimals(value: number, field = 'decimals'): Decimals {
  if (!Number.isInteger(value) || value < 0 || value > DECIMALS_MAX) {
    throw new ProofbookError('INVALID_FIELD', { field, value, reason: `expected 0 .. ${DECIMALS_MAX}` });
  }
  return value as Decimals;
}

/**
 * A number of `raw` / 10^DECIMALS, `raw` being a u64: the human face of prices and quantities (protocol §1, §2). Every operation is
 * exact or an error: nothing wraps, nothing is rounded. Values are immutable, and those of different decimals do not mix.
 */
export class FixedPoint<DECIMALS extends Decimals> {
  readonly raw: bigint;
  readonly decimals: DECIMALS;

  private constructor(raw: bigint, decimals: DECIMALS) {
    this.raw = raw;
    this.decimals = decimals;
  }

  /** @param raw u64 @throws INVALID_FIELD */
  static ofRaw<const D extends Decimals>(raw: bigint, decimals: D, field = 'raw'): FixedPoint<D> {
    requireDecimals(decimals);
    return new FixedPoint(requireU64(raw, field), decimals);
  }

  /**
   * Reads digits, or digits, a point and 1 to `decimals` digits; nothing else: no sign, exponent, blank, or zeros before the number.
   *
   * @throws FIXED_POINT_MALFORMED, FIXED_POINT_TOO_PRECISE, FIXED_POINT_OVERFLOW, INVALID_FIELD (decimals)
   */
  static parse<const D extends Decimals>(text: string, decimals: D, field = 'value'): FixedPoint<D> {
    requireDecimals(decimals);
    return new FixedPoint(rawOfDecimalText(text, decimals, U64_LIMIT, field), decimals);
  }

  /** The canonical text, with exactly `decimals` digits behind the point; `parse` gives the value back. */
  format(): string {
    return decimalTextOfRaw(this.raw, this.decimals);
  }

  /** @throws FIXED_POINT_OVERFLOW, FIXED_POINT_MIXED */
  plus(other: FixedPoint<DECIMALS>): FixedPoint<DECIMALS> {
    this.#requireSameDecimals(other);
    return this.#checked(this.raw + other.raw, 'sum');
  }

  /** @throws FIXED_POINT_UNDERFLOW, FIXED_POINT_MIXED */
  minus(other: FixedPoint<DECIMALS>): FixedPoint<DECIMALS> {
    this.#requireSameDecimals(other);
    return this.#checked(this.raw - other.raw, 'difference');
  }

  /** @param factor a whole number, u64 @throws FIXED_POINT_OVERFLOW, INVALID_FIELD */
  times(factor: bigint): FixedPoint<DECIMALS> {
    return this.#checked(this.raw * requireU64(factor, 'factor'), 'product');
  }

  /** Negative when this is less than `other`, 0 when equal, positive when more; fit for sorting. @throws FIXED_POINT_MIXED */
  compare(other: FixedPoint<DECIMALS>): -1 | 0 | 1 {
    this.#requireSameDecimals(other);
    if (this.raw === other.raw) return 0;
    return this.raw < other.raw ? -1 : 1;
  }

  #checked(raw: bigint, field: string): FixedPoint<DECIMALS> {
    if (raw < 0n) {
      const value = `-${decimalTextOfRaw(-raw, this.decimals)}`;
      throw new ProofbookError('FIXED_POINT_UNDERFLOW', { field, value });
    }
    if (raw >= U64_LIMIT) {
      const value = decimalTextOfRaw(raw, this.decimals);
      const max = decimalTextOfRaw(U64_LIMIT - 1n, this.decimals);
      throw new ProofbookError('FIXED_POINT_OVERFLOW', { field, value, max });
    }
    return new FixedPoint(raw, this.decimals);
  }

  // Where decimals come from a config, the types are all alike: only this keeps cents from meeting satoshi.
  #requireSameDecimals(other: FixedPoint<Decimals>): void {
    if (other.decimals === this.decimals) return;
    const details = { field: 'decimals', value: other.decimals, expected: this.decimals };
    throw new ProofbookError('FIXED_POINT_MIXED', details);
  }
}

/**
 * out[i] = a[i] + b[i] over raw values of the same decimals. When one sum is too large nothing is written.
 *
 * @param out may be `a` or `b`, but no other view that shares bytes with them
 * @throws INVALID_LENGTH unless all three are of one length, INVALID_FIELD for such a view, FIXED_POINT_OVERFLOW naming the first index
 */
export function addBatch(a: BigUint64Array, b: BigUint64Array, out: BigUint64Array): void {
  for (const [field, array] of [['b', b] as const, ['out', out] as const]) {
    if (array.length === a.length) continue;
    const details = { field, value: array.byteLength, expected: a.byteLength };
    throw new ProofbookError('INVALID_LENGTH', details);
  }
  if (overlaps(a, out) || overlaps(b, out)) {
    const details = { field: 'out', value: out.byteOffset, reason: 'it overlaps what is added, shifted' };
    throw new ProofbookError('INVALID_FIELD', details);
  }
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as bigint;
    // Cut to 64 bits the compiler keeps these in registers; a sum below one of its parts has wrapped.
    if (BigInt.asUintN(64, x + (b[i] as bigint)) < x) {
      const details = { field: `sum ${i}`, value: x + (b[i] as bigint), max: U64_LIMIT - 1n };
      throw new ProofbookError('FIXED_POINT_OVERFLOW', details);
    }
  }
  for (let i = 0; i < a.length; i++) out[i] = BigInt.asUintN(64, (a[i] as bigint) + (b[i] as bigint));
}

/** True when writing one element of `out` would change another one of `array`, whose sum was checked before. */
function overlaps(array: BigUint64Array, out: BigUint64Array): boolean {
  if (array.buffer !== out.buffer || array.byteOffset === out.byteOffset) return false;
  return Math.abs(array.byteOffset - out.byteOffset) < out.byteLength;
}
