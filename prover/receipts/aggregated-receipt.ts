import { type AggregateJournal, decodeAggregateJournal } from '../../engine/aggregate-journal.ts';
import type { Journal } from '../../engine/journal.ts';
import type { JournalProof } from '../aggregation/journal-leaf.ts';
import { verifyJournalInclusion } from '../aggregation/verify-journal-inclusion.ts';
import { type AggregateExpectations, verifyAggregate } from '../verifier/verify-aggregate.ts';
import { Receipt } from './receipt.ts';

/**
 * One proof of consecutive batches (docs/aggregation.md). Its size and the time to verify it do not depend on how many there are.
 *
 * @example
 * const aggregate = await prover.aggregate([batch1, batch2]);
 * await aggregate.verify({ imageId: PINNED_AGGREGATION_IMAGE.imageId, configDigest, fromGenesis: true });
 */
export class AggregatedReceipt {
  /** The receipt of the aggregation guest. */
  readonly receipt: Receipt;
  /** What it states. Nothing of it may be believed before `verify` has accepted it. */
  readonly journal: AggregateJournal;

  /** @throws AGGREGATE_JOURNAL_MALFORMED when it is the receipt of something else */
  constructor(receipt: Receipt) {
    this.receipt = receipt;
    this.journal = decodeAggregateJournal(receipt.journal);
  }

  /** The file (prover/receipts/FORMAT.md, Aggregates); the same aggregate always gives the same bytes. */
  encode(): Uint8Array {
    return this.receipt.encode();
  }

  /** Reads a file; `verify` is what says whether it proves anything. @throws RECEIPT_*, AGGREGATE_JOURNAL_MALFORMED */
  static decode(bytes: Uint8Array): AggregatedReceipt {
    return new AggregatedReceipt(Receipt.decode(bytes));
  }

  /** Resolves to the journal when this proves it, and rejects otherwise; see `verifyAggregate` for the errors. */
  verify(expectations: AggregateExpectations): Promise<AggregateJournal> {
    return verifyAggregate(this.receipt, expectations);
  }

  /**
   * The batch journal, decoded, when the proof shows it under this aggregate's root. Call `verify` first: the root is only as good as that.
   *
   * @throws INCLUSION_REFUSED, JOURNAL_MALFORMED
   */
  verifyInclusion(journal: Uint8Array, proof: JournalProof): Journal {
    return verifyJournalInclusion(this.journal, journal, proof);
  }
}
