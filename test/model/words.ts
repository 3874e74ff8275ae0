/** A field of a word: its value and its width in bits. */
export type WordField = readonly [value: bigint, bits: bigint];

/**
 * Joins fields to one number, the first field in the lowest bits. Throws when a value does not fit its field.
 */
export function joinFields(...fields: readonly WordField[]): bigint {
  let word = 0n;
  let shift = 0n;
  for (const [value, bits] of fields) {
    if (value < 0n || value >= 1n << bits) throw new RangeError(`${value} does not fit ${bits} bits`);
    word |= value << shift;
    shift += bits;
  }
  return word;
}

/** The number in bits `from .. from + bits - 1` of a word. */
export function fieldOf(word: bigint, from: bigint, bits: bigint): bigint {
  return (word >> from) & ((1n << bits) - 1n);
}

/**
 * Little-endian u64 words as bytes. Throws when a word is not a u64: a wrap would hide a fault of the model.
 */
export function packWords(words: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 8);
  const view = new DataView(bytes.buffer);
  words.forEach((word, index) => {
    view.setBigUint64(index * 8, joinFields([word, 64n]), true);
  });
  return bytes;
}

/** The bytes as little-endian u64 words; their count is a multiple of 8. */
export function readWords(bytes: Uint8Array): bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 8 }, (_, index) => view.getBigUint64(index * 8, true));
}

/** All parts, one after the other. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** Four ASCII letters as the lower half of a word. */
export function magicOf(letters: string): bigint {
  return [...letters].reduceRight((value, letter) => (value << 8n) | BigInt(letter.charCodeAt(0)), 0n);
}
