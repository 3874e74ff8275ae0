import { Type } from '@sinclair/typebox';

// The values that answers are made of. A u64 is decimal digits: a JSON number would lose its low bits.

export const U64 = Type.String({ pattern: '^(0|[1-9][0-9]{0,19})$', description: 'u64 in decimal digits' });
export const HexDigest = Type.String({ pattern: '^[0-9a-f]{64}$', description: '32 bytes' });
export const Count = Type.Integer({ minimum: 0 });
export const SideName = Type.Union([Type.Literal('bid'), Type.Literal('ask')]);

/** @param bytes how many; undefined is any number */
export function hexBytes(bytes?: number) {
  const digits = bytes === undefined ? '*' : `{${bytes}}`;
  return Type.String({ pattern: `^([0-9a-f]{2})${digits}$` });
}
