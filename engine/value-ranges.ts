import type { AccountId } from './brands.ts';
import type { ErrorCode } from './error-table.ts';
import { ProofbookError } from './proofbook-error.ts';

/** Prices in ticks and quantities in lots are below this (protocol §1). */
export const VALUE_LIMIT = 1n << 48n;
const U64_LIMIT = 1n << 64n;
const U32_LIMIT = 2 ** 32;

/** Where a value came from, for the error that names it: details of an error row beside field, value and reason. */
export interface ValueOrigin {
  readonly code: ErrorCode;
  readonly details?: Readonly<Record<string, string | number>>;
}

const FIELD_ORIGIN: ValueOrigin = { code: 'INVALID_FIELD' };

function refuse(origin: ValueOrigin, field: string, value: unknown, reason: string): never {
  throw new ProofbookError(origin.code, { ...origin.details, field, value: String(value), reason });
}

/** A u64, or an error of the origin's code that names the field. */
export function requireU64(value: bigint, field: string, origin = FIELD_ORIGIN): bigint {
  if (typeof value !== 'bigint') refuse(origin, field, value, 'expected a bigint');
  if (value < 0n || value >= U64_LIMIT) refuse(origin, field, value, 'expected 0 .. 2^64-1');
  return value;
}

/** A price or quantity, 1 .. 2^48-1. */
export function requireValue(value: bigint, field: string, origin = FIELD_ORIGIN): bigint {
  requireU64(value, field, origin);
  if (value === 0n || value >= VALUE_LIMIT) refuse(origin, field, value, 'expected 1 .. 2^48-1');
  return value;
}

/** An account, u32. */
export function requireAccount(value: number, field: string, origin = FIELD_ORIGIN): AccountId {
  if (!Number.isInteger(value) || value < 0 || value >= U32_LIMIT)
    refuse(origin, field, value, 'expected 0 .. 2^32-1');
  return value as AccountId;
}
