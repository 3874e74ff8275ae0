import { type AggregateJournal, decodeAggregateJournal } from '../../engine/aggregate-journal.ts';
import type { Digest, ImageId } from '../../engine/brands.ts';
import type { ErrorCode } from '../../engine/error-table.ts';
import { GENESIS_STATE_ROOT } from '../../engine/genesis.ts';
import { hex } from '../../engine/hex.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { Receipt } from '../receipts/receipt.ts';
import { type VerifyOptions, verifyReceipt } from './verify-receipt.ts';

/** Where a verified chain ended: an aggregate's journal is one; of a batch, its own numbers. */
export type ChainEnd = Pick<
  AggregateJournal,
  'marketId' | 'lastBatchNumber' | 'lastSequence' | 'lastTimestamp' | 'postStateRoot'
>;

/** What the caller knows before it looks at an aggregate. */
export interface AggregateExpectations extends VerifyOptions {
  /** Of the aggregation guest: `PINNED_AGGREGATION_IMAGE`. */
  readonly imageId: ImageId;
  /** BLAKE3 of the market config that the batches must have run under. */
  readonly configDigest: Digest;
  /** True: it must begin with batch 1 on the empty book. False: it may begin anywhere, or continue `previous`. */
  readonly fromGenesis: boolean;
  /** Where the chain that was verified before ended; the aggregate must continue it. */
  readonly previous?: ChainEnd;
}

/**
 * Decides on one aggregate (docs/aggregation.md): one proof, whatever the number of its batches, of what its journal states. That the
 * batches inside follow each other was checked by the guest; what is around them is checked here.
 *
 * @returns the journal, proven
 * @throws IMAGE_MISMATCH, AGGREGATE_KIND, AGGREGATE_JOURNAL_MALFORMED, CHAIN_CONFIG, CHAIN_NOT_GENESIS, CHAIN_MARKET,
 * CHAIN_BATCH_NUMBER, CHAIN_STATE_ROOT, CHAIN_SEQUENCE, CHAIN_TIMESTAMP, and what `verifyReceipt` throws
 */
export async function verifyAggregate(
  receipt: Receipt,
  expectations: AggregateExpectations,
): Promise<AggregateJournal> {
  const { imageId, ...options } = expectations;
  if (receipt.imageId !== imageId) {
    throw new ProofbookError('IMAGE_MISMATCH', { value: receipt.imageId, expected: imageId });
  }
  if (receipt.kind === 'app') {
    throw new ProofbookError('AGGREGATE_KIND', { value: receipt.kind, expected: 'stark' });
  }
  const journal = decodeAggregateJournal(receipt.journal);
  requirePlace(journal, expectations);
  await verifyReceipt(receipt, imageId, options);
  return journal;
}

function requirePlace(journal: AggregateJournal, expectations: AggregateExpectations): void {
  const { configDigest, fromGenesis, previous } = expectations;
  const batchNumber = journal.firstBatchNumber;
  const requireSame = <T extends bigint | string>(code: ErrorCode, field: string, value: T, expected: T) => {
    if (value !== expected) throw new ProofbookError(code, { batchNumber, field, value, expected });
  };
  requireSame('CHAIN_CONFIG', 'configDigest', hex(journal.configDigest), hex(configDigest));
  if (fromGenesis) {
    requireSame('CHAIN_NOT_GENESIS', 'batchNumber', batchNumber, 1n);
    requireSame('CHAIN_NOT_GENESIS', 'firstSequence', journal.firstSequence, 1n);
    requireSame('CHAIN_NOT_GENESIS', 'preStateRoot', hex(journal.preStateRoot), hex(GENESIS_STATE_ROOT));
  }
  if (previous === undefined) return;
  requireSame('CHAIN_MARKET', 'marketId', journal.marketId, previous.marketId);
  requireSame('CHAIN_BATCH_NUMBER', 'batchNumber', batchNumber, previous.lastBatchNumber + 1n);
  requireSame('CHAIN_STATE_ROOT', 'preStateRoot', hex(journal.preStateRoot), hex(previous.postStateRoot));
  requireSame('CHAIN_SEQUENCE', 'firstSequence', journal.firstSequence, previous.lastSequence + 1n);
  if (journal.firstTimestamp < previous.lastTimestamp) {
    const { firstTimestamp: value } = journal;
    throw new ProofbookError('CHAIN_TIMESTAMP', { batchNumber, value, expected: previous.lastTimestamp });
  }
}
