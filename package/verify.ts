/**
 * `proofbook/verify`: decides on receipts and on chains of them, under the image and the parameters that this package pins. It loads
 * neither the prover nor the queue; seals are checked by the prover host, which it starts for the time of a call.
 *
 * Journals are those of engine/PROTOCOL.md §7, receipt files those of prover/receipts/FORMAT.md; digests are 32 bytes or 64 lower-case
 * hex digits. Every refusal is a `ProofbookError` with a stable `code`.
 */

export {
  AGGREGATE_JOURNAL_BYTES,
  type AggregateJournal,
  batchCountOf,
  decodeAggregateJournal,
  isAggregateJournal,
} from '../engine/aggregate-journal.ts';
export type { Digest, ImageId } from '../engine/brands.ts';
export type { ErrorCode } from '../engine/error-table.ts';
export { GENESIS_STATE_ROOT } from '../engine/genesis.ts';
export { decodeJournal, JOURNAL_BYTES, type Journal } from '../engine/journal.ts';
export { type ErrorDetails, isProofbookError, ProofbookError } from '../engine/proofbook-error.ts';
export type { JournalProof } from '../prover/aggregation/journal-leaf.ts';
export { verifyJournalInclusion } from '../prover/aggregation/verify-journal-inclusion.ts';
export { AggregatedReceipt } from '../prover/receipts/aggregated-receipt.ts';
export { Receipt, type ReceiptContent } from '../prover/receipts/receipt.ts';
export { parseImageId } from '../prover/sdk/image-id.ts';
export type { SealClaim, SealVerifier } from '../prover/sdk/verify-seal.ts';
export { OwnHosts } from '../prover/verifier/own-hosts.ts';
export {
  PINNED_AGGREGATION_IMAGE,
  PINNED_IMAGE,
  PINNED_PARAMETERS,
  type PinnedImage,
  type PinnedParameters,
} from '../prover/verifier/pinned.ts';
export {
  type AggregateExpectations,
  type ChainEnd,
  verifyAggregate,
} from '../prover/verifier/verify-aggregate.ts';
export {
  type ChainExpectations,
  type VerifiedChain,
  verifyChain,
  verifyLinks,
} from '../prover/verifier/verify-chain.ts';
export { type VerifyOptions, verifyReceipt } from '../prover/verifier/verify-receipt.ts';
