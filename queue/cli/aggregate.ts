import { blake3 } from '@noble/hashes/blake3.js';
import type { Digest } from '../../engine/brands.ts';
import { decodeMarketConfig } from '../../engine/market-config.ts';
import { type ReplayBatch, replay } from '../../engine/replay.ts';
import { RUN_BATCHES_MAX } from '../../engine/run-witness.ts';
import type { RunBatch } from '../../prover/aggregation/aggregate-run.ts';
import { Prover } from '../../prover/sdk/prover.ts';
import { PINNED_AGGREGATION_IMAGE } from '../../prover/verifier/pinned.ts';
import { CommandLog, type CommandLogContent } from '../store/command-log.ts';
import { type DataPaths, dataPaths, receiptPath } from '../store/data-directory.ts';
import { writeFileDurably } from '../store/durable-file.ts';
import { aggregateSentence, aggregateVerdict } from './aggregate-verdict.ts';
import { parseCommandLine, required, wholeNumber } from './arguments.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Output, ProgressLine } from './output.ts';
import { readReceipt } from './replay-receipts.ts';

/**
 * `proofbook aggregate --data DIR [--first N --last M] --out FILE`: one proof of batches N .. M. The log is replayed against the receipts
 * up to batch M, which gives the witnesses; the aggregate is verified before the file is written.
 */
export async function runAggregate(
  args: readonly string[],
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const { values } = parseCommandLine(
    args,
    {
      data: { type: 'string' },
      out: { type: 'string' },
      first: { type: 'string', default: '1' },
      last: { type: 'string' },
      host: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
    false,
  );
  const paths = dataPaths(required('--data', values.data));
  const out = required('--out', values.out);
  const log = new CommandLog(paths.commandLog).read();
  const count = log.batches.length;
  const first = wholeNumber('--first', values.first, 1, count);
  const last = wholeNumber(
    '--last',
    values.last ?? String(count),
    first,
    Math.min(count, first + RUN_BATCHES_MAX - 1),
  );
  const batches = replayedBatches(paths, log, first, last, output.progress);
  const { host: hostBinary } = values;
  const prover = await Prover.start(hostBinary === undefined ? {} : { hostBinary });
  try {
    const onProgress = ({ stage, done, total }: { stage: string; done: number; total: number }) =>
      output.progress.show(`batches ${first} .. ${last}: ${stage} ${done} of ${total}`);
    const aggregate = await prover.aggregate(batches, { signal, onProgress });
    const startedMs = performance.now();
    await aggregate.verify({
      prover,
      imageId: PINNED_AGGREGATION_IMAGE.imageId,
      configDigest: blake3(log.marketConfig) as Digest,
      fromGenesis: first === 1,
    });
    const verifyMilliseconds = Math.round(performance.now() - startedMs);
    writeFileDurably(out, aggregate.encode());
    output.progress.finish();
    const verdict = aggregateVerdict(out, aggregate, verifyMilliseconds);
    const { proveDurationMs: proveMilliseconds } = aggregate.receipt;
    output.result(
      values.json ? JSON.stringify({ ...verdict, proveMilliseconds }) : aggregateSentence(verdict),
    );
  } finally {
    await prover.close();
  }
  return EXIT_CODES.success;
}

function replayedBatches(
  paths: DataPaths,
  log: CommandLogContent,
  first: number,
  last: number,
  progress: ProgressLine,
): readonly RunBatch[] {
  const batches: RunBatch[] = [];
  function* due(): Generator<ReplayBatch> {
    for (const [index, batch] of log.batches.slice(0, last).entries()) {
      const number = index + 1;
      progress.show(`replaying batch ${number} of ${last}`);
      yield { ...batch, journal: readReceipt(receiptPath(paths, number), number).journal };
    }
  }
  let number = 0;
  for (const { journal, witness } of replay({ config: decodeMarketConfig(log.marketConfig) }, due())) {
    number += 1;
    if (number >= first) batches.push({ journal, witness });
  }
  return batches;
}
