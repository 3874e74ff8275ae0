import { blake3 } from '@noble/hashes/blake3.js';

/** ASCII `proofbook/leaf/v1`, padded with zeros to 32 bytes (protocol §6). */
export const LEAF_KEY: Uint8Array = new Uint8Array(32);
LEAF_KEY.set(new TextEncoder().encode('proofbook/leaf/v1'));

/** `BLAKE3(bytes)`, 32 bytes. */
export function hash(bytes: Uint8Array): Uint8Array {
  return blake3(bytes);
}

/** `BLAKE3(key = key, bytes)`, 32 bytes. */
export function keyedHash(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return blake3(bytes, { key });
}
