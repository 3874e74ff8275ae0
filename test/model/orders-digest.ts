import { keyedHash } from './blake3-hash.ts';

/** The chain over records in their order: each digest is the key of the next (protocol §6, ordersDigest). */
export function chainDigest(records: readonly Uint8Array[]): Uint8Array {
  return records.reduce<Uint8Array>((digest, record) => keyedHash(digest, record), new Uint8Array(32));
}
