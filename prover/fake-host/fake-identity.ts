import { blake3 } from '@noble/hashes/blake3.js';
import { canonicalJson } from '../receipts/canonical-json.ts';

// What the stand-in prover says it is. None of it can be mistaken for a prover: the backend, the kind and the parameters
// all say `fake`, and its parameters digest is pinned nowhere.

export const FAKE_BACKEND_VERSION = '1';

/** Shown in every fake receipt. */
export const FAKE_PARAMETERS: Readonly<Record<string, unknown>> = {
  kind: 'fake',
  meaning: 'no proof was made: the batch was only run again, outside any zkVM',
  securityBits: 0,
};

/** BLAKE3 of the canonical JSON of {@link FAKE_PARAMETERS}, as for every host. */
export const FAKE_PARAMETERS_DIGEST = Buffer.from(
  blake3(new TextEncoder().encode(canonicalJson(FAKE_PARAMETERS) ?? '')),
).toString('hex');

const SEAL_CONTEXT = new TextEncoder().encode('proofbook fake seal v1, proves nothing');

/**
 * What the stand-in answers where a host answers a seal: a checksum, 32 bytes, that anybody can make. It only shows damage
 * on the way; the receipt does not keep it.
 *
 * @param imageId 64 hex digits
 * @param publicValues 32 bytes
 */
export function fakeSeal(imageId: string, publicValues: Uint8Array): Uint8Array {
  return blake3
    .create({ context: SEAL_CONTEXT })
    .update(Buffer.from(imageId, 'hex'))
    .update(publicValues)
    .digest();
}
