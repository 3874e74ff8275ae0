import { type TSchema, Type } from '@sinclair/typebox';

/** A u64: decimal digits, for a JSON number would lose some. */
export const U64 = Type.String({
  pattern: '^(0|[1-9][0-9]{0,19})$',
  description: 'A u64 as decimal digits.',
  examples: ['1'],
});

/** 32 bytes as 64 lower-case hex digits. */
export const DigestHex = Type.String({ pattern: '^[0-9a-f]{64}$', description: '32 bytes in hex.' });

export const Hex = Type.String({ pattern: '^([0-9a-f]{2})*$', description: 'Bytes in hex.' });

export const Count = Type.Integer({ minimum: 0 });

/** Or null. */
export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

/** An object that has no other fields than these. */
export const CLOSED = { additionalProperties: false } as const;

const U64_LIMIT = 1n << 64n;

/** The number of a u64 text that a schema has let through; undefined from 2^64 on. */
export function u64Of(text: string): bigint | undefined {
  const value = BigInt(text);
  return value < U64_LIMIT ? value : undefined;
}
