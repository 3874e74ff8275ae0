import { blake3 } from '@noble/hashes/blake3.js';
import type { AggregateJournal } from '../../engine/aggregate-journal.ts';
import type { Digest } from '../../engine/brands.ts';
import { hex } from '../../engine/hex.ts';
import { decodeMarketConfig } from '../../engine/market-config.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { replayJournals } from '../../engine/replay.ts';
import { aggregateJournalOf } from '../../prover/aggregation/aggregate-run.ts';
import { AggregatedReceipt } from '../../prover/receipts/aggregated-receipt.ts';
import { PINNED_AGGREGATION_IMAGE } from '../../prover/verifier/pinned.ts';
import { CommandLog, type CommandLogContent } from '../store/command-log.ts';
import { dataPaths } from '../store/data-directory.ts';
import { KeptRecordsReader } from '../store/kept-records.ts';
import { aggregateSentence, aggregateVerdict } from './aggregate-verdict.ts';
import { parseCommandLine, required } from './arguments.ts';
import { compareBatch } from './compare-batch.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Output } from './output.ts';
import { readReceiptFile } from './verify.ts';

/** Causes before effects; the root of the journals last, for it differs whenever any of them does. */
const FIELDS = [
  'marketId',
  'configDigest',
  'firstTimestamp',
  'lastTimestamp',
  'preStateRoot',
  'commandCount',
  'firstSequence',
  'transitionCount',
  'lastSequence',
  'postStateRoot',
  'journalsRoot',
] as const satisfies readonly (keyof AggregateJournal)[];

/**
 * `proofbook audit --aggregate FILE --data DIR`: replays the command log up to the last batch of the aggregate, compares every field of the
 * aggregate journal with what the replay gives, and each batch with the records that are kept of it, and verifies the one proof. It needs the log and the file, no receipt.
 */
export async function runAuditAggregate(args: readonly string[], output: Output): Promise<number> {
  const { values } = parseCommandLine(
    args,
    {
      aggregate: { type: 'string' },
      data: { type: 'string' },
      'accept-fake': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
    false,
  );
  const file = required('--aggregate', values.aggregate);
  const paths = dataPaths(required('--data', values.data));
  const log = new CommandLog(paths.commandLog).read();
  const startedMs = performance.now();
  const aggregate = AggregatedReceipt.decode(readReceiptFile(file));
  const kept = new KeptRecordsReader(paths);
  requireSame(aggregate.journal, replayedJournal(log, aggregate.journal, kept));
  await aggregate.verify({
    imageId: PINNED_AGGREGATION_IMAGE.imageId,
    configDigest: blake3(log.marketConfig) as Digest,
    fromGenesis: aggregate.journal.firstBatchNumber === 1n,
    ...(values['accept-fake'] ? { acceptFake: true } : {}),
  });
  const verdict = aggregateVerdict(file, aggregate, 0);
  const auditMilliseconds = Math.round(performance.now() - startedMs);
  output.result(
    values.json
      ? JSON.stringify({
          ...verdict,
          verifyMilliseconds: undefined,
          batchesWithRecords: kept.batchesFound,
          auditMilliseconds,
        })
      : `${aggregateSentence({ ...verdict, verifyMilliseconds: auditMilliseconds })}, as the replayed log gives it`,
  );
  return EXIT_CODES.success;
}

/** What the log gives. An aggregate names no batch: the records that the service kept of each tell where the two part. */
function replayedJournal(
  log: CommandLogContent,
  claimed: AggregateJournal,
  kept: KeptRecordsReader,
): AggregateJournal {
  const { firstBatchNumber, lastBatchNumber } = claimed;
  if (lastBatchNumber > BigInt(log.batches.length)) {
    diverge(claimed, 'lastBatchNumber', lastBatchNumber, log.batches.length);
  }
  const batches = log.batches.slice(0, Number(lastBatchNumber));
  const journals: Uint8Array[] = [];
  for (const replayed of replayJournals({ config: decodeMarketConfig(log.marketConfig) }, batches)) {
    journals.push(replayed.journal);
    compareBatch(replayed.journal, replayed, kept.of(journals.length));
  }
  return aggregateJournalOf(journals.slice(Number(firstBatchNumber) - 1));
}

function requireSame(claimed: AggregateJournal, replayed: AggregateJournal): void {
  for (const field of FIELDS) {
    const [value, expected] = [textOf(claimed[field]), textOf(replayed[field])];
    if (value !== expected) diverge(claimed, field, value, expected);
  }
}

function textOf(value: bigint | Uint8Array): string {
  return value instanceof Uint8Array ? hex(value) : String(value);
}

function diverge(
  { firstBatchNumber, lastBatchNumber }: AggregateJournal,
  field: string,
  value: string | bigint,
  expected: string | number,
): never {
  const batchNumber = `${firstBatchNumber} .. ${lastBatchNumber}`;
  throw new ProofbookError('AUDIT_DIVERGED', { batchNumber, field, value, expected });
}
