import { ProofbookError } from '../../engine/proofbook-error.ts';

/** The bytes that hex digits say. @throws INVALID_FIELD naming the field */
export function bytesOfHex(digits: string, field: string): Uint8Array {
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) {
    const reason = 'expected pairs of hex digits';
    throw new ProofbookError('INVALID_FIELD', { field, value: digits, reason });
  }
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
