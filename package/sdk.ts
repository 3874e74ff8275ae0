/**
 * `proofbook/sdk`: executes and proves batches, in the shape of RISC Zero's SDK. It drives the prover host, a program of its own:
 * `PROOFBOOK_HOST_BINARY` or the option `hostBinary` says where it is; without it HOST_BINARY_MISSING names the command that builds it.
 *
 * Durations are ms, memory is bytes. Every error is a `ProofbookError` with a stable `code`.
 */

export type { ImageId } from '../engine/brands.ts';
export type { ErrorCode } from '../engine/error-table.ts';
export { type ErrorDetails, isProofbookError, ProofbookError } from '../engine/proofbook-error.ts';
export type { AggregatePart, RunBatch } from '../prover/aggregation/aggregate-run.ts';
export { AggregatedReceipt } from '../prover/receipts/aggregated-receipt.ts';
export { Receipt, type ReceiptContent } from '../prover/receipts/receipt.ts';
export { ExecutorEnv, ExecutorEnvBuilder } from '../prover/sdk/executor-env.ts';
export { findHostBinary } from '../prover/sdk/host-binary.ts';
export type { HostHello } from '../prover/sdk/host-messages.ts';
export type { CallOptions, Progress } from '../prover/sdk/host-process.ts';
export type { HostSettings } from '../prover/sdk/host-session.ts';
export { type GuestImage, loadAggregationImage, loadGuestImage } from '../prover/sdk/image.ts';
export { parseImageId } from '../prover/sdk/image-id.ts';
export { type ProveOptions, Prover, type ProverOptions } from '../prover/sdk/prover.ts';
export type { SessionInfo } from '../prover/sdk/session-info.ts';
export type { SealClaim, SealVerifier } from '../prover/sdk/verify-seal.ts';
export type { VerifyOptions } from '../prover/verifier/verify-receipt.ts';
