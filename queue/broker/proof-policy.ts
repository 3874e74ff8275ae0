import { ProofbookError } from '../../engine/proofbook-error.ts';
import { FAKE_PARAMETERS_DIGEST } from '../../prover/fake-host/fake-identity.ts';
import type { GuestImage } from '../../prover/sdk/image.ts';
import { PINNED_IMAGE, PINNED_PARAMETERS } from '../../prover/verifier/pinned.ts';
import type { JobReceiptKind } from '../store/job-row.ts';
import type { ProofPolicy } from './sequencer.ts';

/**
 * The policy under which this build's verifiers accept proofs. It is settled before any batch is proven: a proof that
 * nobody accepts is wasted.
 *
 * @param options `allowFake` is needed for kind `fake`, which proves nothing
 * @throws IMAGE_NOT_PINNED, PARAMETERS_NOT_PINNED, RECEIPT_FAKE
 */
export function proofPolicy(
  receiptKind: JobReceiptKind,
  image: GuestImage,
  options: { readonly allowFake?: boolean } = {},
): ProofPolicy {
  if (image.imageId !== PINNED_IMAGE.imageId) {
    throw new ProofbookError('IMAGE_NOT_PINNED', { value: image.imageId, expected: PINNED_IMAGE.imageId });
  }
  if (receiptKind === 'fake') {
    if (options.allowFake !== true) throw new ProofbookError('RECEIPT_FAKE');
    return { receiptKind, imageId: image.imageId, parametersDigest: FAKE_PARAMETERS_DIGEST };
  }
  const [parameters] = PINNED_PARAMETERS;
  if (parameters === undefined) {
    throw new ProofbookError('PARAMETERS_NOT_PINNED', { value: '(any)', expected: 'none' });
  }
  return { receiptKind, imageId: image.imageId, parametersDigest: parameters.parametersDigest };
}
