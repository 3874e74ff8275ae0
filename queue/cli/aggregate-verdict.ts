import { batchCountOf } from '../../engine/aggregate-journal.ts';
import { hex } from '../../engine/hex.ts';
import { AggregatedReceipt } from '../../prover/receipts/aggregated-receipt.ts';
import type { Receipt } from '../../prover/receipts/receipt.ts';
import { PINNED_AGGREGATION_IMAGE } from '../../prover/verifier/pinned.ts';
import type { VerifyOptions } from '../../prover/verifier/verify-receipt.ts';

/** What a command prints of an aggregate whose proof holds. */
export interface AggregateVerdict {
  readonly file: string;
  readonly verified: true;
  readonly kind: string;
  readonly firstBatchNumber: string;
  readonly lastBatchNumber: string;
  readonly batches: number;
  readonly commandCount: string;
  readonly transitionCount: string;
  readonly preStateRoot: string;
  readonly postStateRoot: string;
  readonly journalsRoot: string;
  readonly verifyMilliseconds: number;
}

/** Verifies an aggregate by itself, against the pinned aggregation image. @throws what `verifyAggregate` throws */
export async function verifyAggregateFile(
  file: string,
  receipt: Receipt,
  options: VerifyOptions,
): Promise<AggregateVerdict> {
  const aggregate = new AggregatedReceipt(receipt);
  const startedMs = performance.now();
  await aggregate.verify({
    ...options,
    imageId: PINNED_AGGREGATION_IMAGE.imageId,
    // As for a single receipt: which market it is of is told and not judged.
    configDigest: aggregate.journal.configDigest,
    fromGenesis: false,
  });
  return aggregateVerdict(file, aggregate, Math.round(performance.now() - startedMs));
}

export function aggregateVerdict(
  file: string,
  { journal, receipt }: AggregatedReceipt,
  verifyMilliseconds: number,
): AggregateVerdict {
  return {
    file,
    verified: true,
    kind: receipt.kind,
    firstBatchNumber: String(journal.firstBatchNumber),
    lastBatchNumber: String(journal.lastBatchNumber),
    batches: batchCountOf(journal),
    commandCount: String(journal.commandCount),
    transitionCount: String(journal.transitionCount),
    preStateRoot: hex(journal.preStateRoot),
    postStateRoot: hex(journal.postStateRoot),
    journalsRoot: hex(journal.journalsRoot),
    verifyMilliseconds,
  };
}

/** The same as a sentence for people. */
export function aggregateSentence(verdict: AggregateVerdict): string {
  const { file, kind, firstBatchNumber, lastBatchNumber, commandCount, transitionCount } = verdict;
  const proof = kind === 'fake' ? 'FAKE, no proof at all, accepted because you asked' : `${kind} proof holds`;
  return `${file}: aggregate, ${proof}: batches ${firstBatchNumber} .. ${lastBatchNumber}, ${commandCount} commands, ${transitionCount} transitions, state root ${verdict.postStateRoot} (${verdict.verifyMilliseconds} ms)`;
}
