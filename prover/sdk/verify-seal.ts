import type { ImageId } from '../../engine/brands.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { CallOptions } from './host-process.ts';
import type { HostSession } from './host-session.ts';

/** What a seal is claimed to prove: this program, run under these parameters, revealed these public values. */
export interface SealClaim {
  readonly kind: 'app' | 'stark';
  readonly imageId: ImageId;
  readonly parametersDigest: string;
  readonly publicValues: Uint8Array;
  readonly seal: Uint8Array;
}

/** Anything that can check a seal: a Prover, or a host session of the verifier's own. */
export interface SealVerifier {
  verifySeal(claim: SealClaim, options?: CallOptions): Promise<void>;
}

/**
 * Checks a seal in the host, under the host's own parameters and keys; nothing is taken from the proof.
 *
 * @throws PARAMETERS_MISMATCH when the host runs under other parameters, PROOF_REFUSED when the seal does not prove
 * the claim.
 */
export async function verifySealIn(
  session: HostSession,
  claim: SealClaim,
  options: CallOptions = {},
): Promise<void> {
  const expected = session.hello.parametersDigest;
  if (claim.parametersDigest !== expected) {
    throw new ProofbookError('PARAMETERS_MISMATCH', { value: claim.parametersDigest, expected });
  }
  const params = {
    kind: claim.kind,
    imageId: claim.imageId,
    publicValues: Buffer.from(claim.publicValues).toString('hex'),
  };
  await session.call('verify', params, [claim.seal], options);
}
