import { blake3 } from '@noble/hashes/blake3.js';
import type { ImageId } from '../../engine/brands.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { canonicalJson } from '../receipts/canonical-json.ts';
import type { Receipt } from '../receipts/receipt.ts';
import type { CallOptions } from '../sdk/host-process.ts';
import type { SealClaim, SealVerifier } from '../sdk/verify-seal.ts';
import { OwnHosts, requireAccepted } from './own-hosts.ts';
import { PINNED_PARAMETERS, type PinnedParameters } from './pinned.ts';

/** What a caller may change about a verification. */
export interface VerifyOptions extends Pick<CallOptions, 'signal' | 'timeoutMs'> {
  /** Accept a receipt without any proof. Only for tests and rehearsals: such a receipt proves nothing. */
  readonly acceptFake?: true;
  /** Who checks the seal; without it a host is started for this one call and ended after it. */
  readonly prover?: SealVerifier;
  /** Parameters to accept in place of the pinned ones. */
  readonly acceptedParameters?: readonly PinnedParameters[];
}

/**
 * Decides on one receipt (protocol §8): its program is `imageId`, its parameters are accepted ones, and its seal
 * proves that this program, under these parameters, ended cleanly and revealed BLAKE3(journal).
 *
 * @throws IMAGE_MISMATCH, RECEIPT_FAKE, PARAMETERS_NOT_PINNED, PARAMETERS_MISMATCH, RECEIPT_HEADER, PROOF_REFUSED
 */
export async function verifyReceipt(
  receipt: Receipt,
  imageId: ImageId,
  options: VerifyOptions = {},
): Promise<void> {
  if (receipt.imageId !== imageId) {
    throw new ProofbookError('IMAGE_MISMATCH', { value: receipt.imageId, expected: imageId });
  }
  const { kind } = receipt;
  if (kind === 'fake') {
    if (options.acceptFake !== true) throw new ProofbookError('RECEIPT_FAKE');
    return;
  }
  const accepted = options.acceptedParameters ?? PINNED_PARAMETERS;
  requirePinnedHeader(receipt, accepted);
  const { parametersDigest, seal } = receipt;
  const claim: SealClaim = { kind, imageId, parametersDigest, publicValues: blake3(receipt.journal), seal };
  const { signal, timeoutMs } = options;
  const callOptions: CallOptions = {
    ...(signal === undefined ? {} : { signal }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
  if (options.prover !== undefined) return options.prover.verifySeal(claim, callOptions);
  const hosts = new OwnHosts(accepted);
  try {
    await hosts.verifySeal(claim, callOptions);
  } finally {
    await hosts.close();
  }
}

/** The seal does not bind what a header says for people to read, so what it says must be what the pin says. */
function requirePinnedHeader(receipt: Receipt, accepted: readonly PinnedParameters[]): void {
  const { parametersDigest, backendVersion, parameters } = receipt;
  const pinned = requireAccepted(parametersDigest, accepted);
  if (backendVersion !== pinned.backendVersion) {
    const reason = `parameters ${parametersDigest} belong to version ${pinned.backendVersion}`;
    throw new ProofbookError('RECEIPT_HEADER', { field: 'backendVersion', value: backendVersion, reason });
  }
  const text = canonicalJson(parameters) ?? '';
  if (Buffer.from(blake3(Buffer.from(text))).toString('hex') !== parametersDigest) {
    const reason = `does not hash to parametersDigest ${parametersDigest}`;
    throw new ProofbookError('RECEIPT_HEADER', { field: 'parameters', value: text, reason });
  }
}
