import { ProofbookError } from './proofbook-error.ts';

/** Digits, and behind a point at least one more: one text for each value but for zeros at the end. */
const DECIMAL_TEXT = /^(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;

/** Why a text is refused; the first that fits is said. */
const FAULTS: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'it is empty'],
  [/\s/, 'it holds a blank'],
  [/^[+-]/, 'a sign is not taken'],
  [/^[0-9.]+e/i, 'an exponent is not taken'],
  [/^0[0-9]/, 'zeros before the number are not taken'],
  [/^\.|\.$/, 'a point needs a digit on both sides'],
];

/**
 * The raw value of a decimal text: "1.5" at 2 decimals is 150. Fewer decimals than `decimals` are taken as zeros, more are refused even if
 * they are zeros, for whoever writes them means another unit.
 *
 * @param decimals 0 .. 36
 * @param limit the first raw value that is too large
 * @param field what the text is, for the error
 * @throws FIXED_POINT_MALFORMED, FIXED_POINT_TOO_PRECISE, FIXED_POINT_OVERFLOW
 */
export function rawOfDecimalText(text: string, decimals: number, limit: bigint, field: string): bigint {
  // A text may come out of JSON: what is no text is refused as one that no rule takes.
  const shape = typeof text === 'string' ? DECIMAL_TEXT.exec(text) : null;
  const [, whole, fraction = ''] = shape ?? [];
  if (whole === undefined) {
    throw new ProofbookError('FIXED_POINT_MALFORMED', { field, value: String(text), reason: faultOf(text) });
  }
  if (fraction.length > decimals) {
    throw new ProofbookError('FIXED_POINT_TOO_PRECISE', {
      field,
      value: text,
      decimals: fraction.length,
      max: decimals,
    });
  }
  // Compared by length first: a text of a million digits is refused without becoming a number.
  const max = limit - 1n;
  const fits = whole.length + decimals <= String(max).length + 1;
  const raw = fits ? BigInt(whole + fraction.padEnd(decimals, '0')) : limit;
  if (raw > max) {
    throw new ProofbookError('FIXED_POINT_OVERFLOW', {
      field,
      value: text,
      max: decimalTextOfRaw(max, decimals),
    });
  }
  return raw;
}

/** The canonical text: exactly `decimals` digits behind the point, no point when there are none. */
export function decimalTextOfRaw(raw: bigint, decimals: number): string {
  if (decimals === 0) return String(raw);
  const digits = String(raw).padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

function faultOf(text: unknown): string {
  if (typeof text !== 'string') return `expected a text, not a ${typeof text}`;
  return FAULTS.find(([fault]) => fault.test(text))?.[1] ?? 'expected digits, or digits, a point and digits';
}
