import { blake3 } from '@noble/hashes/blake3.js';
import { JOURNAL_BYTES } from '../../engine/journal.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { JOB_RECEIPT_KINDS, type JobReceiptKind } from './job-row.ts';

/** What makes two jobs the same job. */
export interface JobIdentityParts {
  /** 64 hex digits. */
  readonly imageId: string;
  /** Digest of the verifier parameters, 64 hex digits. */
  readonly parametersDigest: string;
  readonly receiptKind: JobReceiptKind;
  /** 256 bytes. */
  readonly journal: Uint8Array;
  readonly witness: Uint8Array;
}

// Separates this digest from every other use of BLAKE3 in the project.
const IDENTITY_CONTEXT = new TextEncoder().encode('proofbook job identity v1');
const DIGEST_BYTES = 32;

/**
 * The identity of a job: BLAKE3 of (image id, verifier parameters, receipt kind, journal, witness), 64 hex digits. Two
 * batches with one identity are one job, answered once; a job of another image or other parameters is another job.
 * Every part has a fixed length (the witness goes in as its digest), so no two lists of parts read the same.
 *
 * @throws INVALID_FIELD, INVALID_LENGTH when a part is not of its shape
 */
export function jobIdentity(parts: JobIdentityParts): string {
  if (parts.journal.length !== JOURNAL_BYTES) {
    throw new ProofbookError('INVALID_LENGTH', {
      field: 'journal',
      value: parts.journal.length,
      expected: JOURNAL_BYTES,
    });
  }
  const hash = blake3
    .create({ context: IDENTITY_CONTEXT })
    .update(digestBytes('imageId', parts.imageId))
    .update(digestBytes('parametersDigest', parts.parametersDigest))
    .update(Uint8Array.of(JOB_RECEIPT_KINDS.indexOf(parts.receiptKind)))
    .update(parts.journal)
    .update(blake3(parts.witness));
  return Buffer.from(hash.digest()).toString('hex');
}

function digestBytes(field: string, text: string): Uint8Array {
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new ProofbookError('INVALID_FIELD', {
      field,
      value: text,
      reason: `must be ${DIGEST_BYTES} bytes in hex`,
    });
  }
  return Buffer.from(text, 'hex');
}
