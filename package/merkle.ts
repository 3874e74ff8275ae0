/**
 * `proofbook/merkle`: the trees over the commands and transitions of a batch, proofs out of them, and the check of such a proof
 * (engine/PROTOCOL.md §6). Pages are 1024 bytes, digests 32 bytes. It loads neither the prover nor the queue.
 */

export type { Digest } from '../engine/brands.ts';
export type { ErrorCode } from '../engine/error-table.ts';
export { type ErrorDetails, isProofbookError, ProofbookError } from '../engine/proofbook-error.ts';
export type { JournalProof } from '../prover/aggregation/journal-leaf.ts';
export { JournalTree } from '../prover/aggregation/journal-tree.ts';
export {
  BatchMerkleTree,
  type BatchMerkleTreeOptions,
  type LeafProof,
} from '../prover/merkle/batch-merkle-tree.ts';
export { BatchTree } from '../prover/merkle/batch-tree.ts';
export { type InclusionRefusal, inclusionRefusal } from '../prover/merkle/inclusion-refusal.ts';
export { type OrderHistory, orderHistory, transitionsOfOrder } from '../prover/merkle/order-history.ts';
export {
  COMMAND_RECORD_BYTES,
  type IncludedRecords,
  type InclusionProof,
  TRANSITION_RECORD_BYTES,
  verifyInclusion,
} from '../prover/merkle/verify-inclusion.ts';
