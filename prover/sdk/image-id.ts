import type { ImageId } from '../../engine/brands.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';

const IMAGE_ID = /^[0-9a-f]{64}$/;

/** Reads an image id: 64 lower-case hex digits. @throws INVALID_FIELD */
export function parseImageId(text: string): ImageId {
  if (!IMAGE_ID.test(text)) {
    const reason = 'an image id is 64 lower-case hex digits';
    throw new ProofbookError('INVALID_FIELD', { field: 'imageId', value: text, reason });
  }
  return text as ImageId;
}
