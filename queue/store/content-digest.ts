import { blake3 } from '@noble/hashes/blake3.js';

/** BLAKE3 of some bytes as 64 lower-case hex digits: the address of content in the store. */
export type ContentDigest = string;

/** The content address of `bytes`. */
export function contentDigest(bytes: Uint8Array): ContentDigest {
  return Buffer.from(blake3(bytes)).toString('hex');
}

/** True for 64 lower-case hex digits. */
export function isContentDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
