import { ProofbookError } from './proofbook-error.ts';
import { requireU64 } from './value-ranges.ts';

export const U64_LIMIT = 1n << 64n;
export const U128_LIMIT = 1n << 128n;

/** A u128 as the protocol commits to it (§6, totals leaf): value = high * 2^64 + low. */
export interface U128Limbs {
  readonly low: bigint;
  readonly high: bigint;
}

/** Splits a u128. Throws INVALID_FIELD. */
export function toLimbs(value: bigint, field = 'value'): U128Limbs {
  if (typeof value !== 'bigint' || value < 0n || value >= U128_LIMIT) {
    throw new ProofbookError('INVALID_FIELD', {
      field,
      value: String(value),
      reason: 'expected 0 .. 2^128-1',
    });
  }
  return { low: value % U64_LIMIT, high: value / U64_LIMIT };
}

/** Joins two u64 limbs. Throws INVALID_FIELD for a limb that is no u64. */
export function fromLimbs({ low, high }: U128Limbs): bigint {
  return requireU64(high, 'high') * U64_LIMIT + requireU64(low, 'low');
}
