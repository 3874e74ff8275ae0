import type { Digest } from '../../engine/brands.ts';
import { copyBytes } from '../../engine/copy-bytes.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { type InclusionProof, inclusionRefusal } from './inclusion-refusal.ts';

export type { InclusionProof } from './inclusion-refusal.ts';

/** Length of a command record in bytes. */
export const COMMAND_RECORD_BYTES = 32;
/** Length of a transition record in bytes. */
export const TRANSITION_RECORD_BYTES = 64;

/** The records of one proven page, in batch order; record `i` of them is number `firstRecordIndex + i` of the batch. */
export interface IncludedRecords {
  readonly firstRecordIndex: number;
  readonly records: readonly Uint8Array[];
}

/**
 * Checks that `proof` shows a page of the batch whose tree has `root`, and returns the records on that page.
 *
 * `root` and `recordCount` must come from a verified journal: with `recordBytes` 32 its commandsRoot and
 * commandCount, with 64 its transitionsRoot and transitionCount. The root alone does not fix how many records there
 * are, for a page is padded with zeros.
 *
 * @throws INCLUSION_REFUSED naming the field that is wrong, its value and the rule it breaks.
 */
export function verifyInclusion(
  root: Digest,
  recordCount: number,
  recordBytes: typeof COMMAND_RECORD_BYTES | typeof TRANSITION_RECORD_BYTES,
  proof: InclusionProof,
): IncludedRecords {
  const refusal = inclusionRefusal(root, recordCount, recordBytes, proof);
  if (refusal !== undefined) throw new ProofbookError('INCLUSION_REFUSED', { ...refusal });
  const recordsPerPage = proof.page.length / recordBytes;
  const firstRecordIndex = proof.index * recordsPerPage;
  const recordsHere = Math.min(recordsPerPage, recordCount - firstRecordIndex);
  const records = Array.from({ length: recordsHere }, (_, i) =>
    copyBytes(proof.page, i * recordBytes, (i + 1) * recordBytes),
  );
  return { firstRecordIndex, records };
}
