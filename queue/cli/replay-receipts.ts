import { basename } from 'node:path';
import type { Engine, ReplayedBatch } from '../../engine/engine.ts';
import { isProofbookError, ProofbookError } from '../../engine/proofbook-error.ts';
import { type ReplayBatch, replayJournals } from '../../engine/replay.ts';
import { Receipt } from '../../prover/receipts/receipt.ts';
import type { CommandLogContent } from '../store/command-log.ts';
import { type DataPaths, receiptPath } from '../store/data-directory.ts';
import { type KeptRecordsReader, NOTHING_KEPT } from '../store/kept-records.ts';
import { compareBatch } from './compare-batch.ts';
import type { ProgressLine } from './output.ts';
import { readReceiptFile } from './verify.ts';

/** A batch of the log as the engine replayed it, and the receipt whose journal it gives. The seal is not verified yet. */
export interface ReceiptReplay {
  readonly receipt: Receipt;
  readonly replayed: ReplayedBatch;
}

/**
 * Replays a command log, from the batch that follows the engine's last one, and compares each journal with its receipt's. Each receipt is read when its batch is due, so that
 * the first fault of the log or the receipts is the one that is told.
 *
 * @param kept when given, what the service kept of each batch is compared, too, and tells a divergence by record and field
 * @throws AUDIT_DIVERGED naming the batch and the first field that differs, RECORD_DIVERGED naming command and record as well;
 * FILE_UNREADABLE, CHAIN_RECEIPT_REFUSED for a receipt
 */
export function* replayReceipts(
  paths: DataPaths,
  log: CommandLogContent,
  progress: ProgressLine,
  engine: Engine,
  kept?: KeptRecordsReader,
): Generator<ReceiptReplay, void, void> {
  let receipt: Receipt | undefined;
  function* due(): Generator<ReplayBatch> {
    const done = Number(engine.batchNumber());
    for (const [index, batch] of log.batches.slice(done).entries()) {
      const number = done + index + 1;
      progress.show(`replaying batch ${number} of ${log.batches.length}`);
      receipt = readReceipt(receiptPath(paths, number), number);
      yield batch;
    }
  }
  for (const replayed of replayJournals({ engine }, due())) {
    if (receipt === undefined) continue;
    compareBatch(receipt.journal, replayed, kept?.of(Number(engine.batchNumber())) ?? NOTHING_KEPT);
    yield { receipt, replayed };
  }
}

/** @throws FILE_UNREADABLE, CHAIN_RECEIPT_REFUSED */
export function readReceipt(path: string, number: number): Receipt {
  const bytes = readReceiptFile(path);
  try {
    return Receipt.decode(bytes);
  } catch (error) {
    if (!isProofbookError(error)) throw error;
    const reason = `${basename(path)}: ${error.message}`;
    throw new ProofbookError(
      'CHAIN_RECEIPT_REFUSED',
      { batchNumber: number, index: number - 1, reason },
      { cause: error },
    );
  }
}
