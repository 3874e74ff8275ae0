import { latencyMs } from './batch-progress.ts';
import type { Batch } from './wire.ts';

/** Commands per second over equal spans of time, the last of which ends now. */
export interface Throughput {
  readonly spanMs: number;
  /** Start of the first span, ms since the epoch. */
  readonly startMs: number;
  readonly sealedPerSecond: readonly number[];
  readonly provenPerSecond: readonly number[];
}

/** A duration for each batch that has one, by batch number. */
export interface BatchDuration {
  readonly batchNumber: bigint;
  readonly durationMs: number;
  readonly receiptKind: string;
}

const SPANS = 30;
const SPAN_CHOICES_MS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 10_800, 86_400].map(
  (seconds) => seconds * 1_000,
);

/** What was sealed and what was proven, in the shortest round spans that reach back over all the batches given. */
export function throughputOf(batches: readonly Batch[], nowMs: number): Throughput {
  const jobs = batches.flatMap(({ job, commandCount }) => (job === undefined ? [] : [{ job, commandCount }]));
  const firstMs = jobs.reduce((first, { job }) => Math.min(first, job.createdAtMs), nowMs);
  const last = SPAN_CHOICES_MS.at(-1) ?? 1_000;
  const spanMs = SPAN_CHOICES_MS.find((span) => span * (SPANS - 1) >= nowMs - firstMs) ?? last;
  // Spans stand still while time goes on: one that began at 12:00:10 does so on the next drawing too.
  const startMs = (Math.floor(nowMs / spanMs) - SPANS + 1) * spanMs;
  const sealed = new Array<number>(SPANS).fill(0);
  const proven = new Array<number>(SPANS).fill(0);
  const add = (counts: number[], atMs: number, commandCount: number) => {
    const index = Math.floor((atMs - startMs) / spanMs);
    const count = counts[index];
    if (count !== undefined) counts[index] = count + commandCount;
  };
  for (const { job, commandCount } of jobs) {
    add(sealed, job.createdAtMs, commandCount);
    if (job.state === 'proven') add(proven, job.updatedAtMs, commandCount);
  }
  // The span that is still running is as long as it has run, but no shorter than a second.
  const runningMs = Math.max(1_000, nowMs - (startMs + (SPANS - 1) * spanMs));
  const perSecond = (count: number, index: number) =>
    (count * 1_000) / (index === SPANS - 1 ? runningMs : spanMs);
  return {
    spanMs,
    startMs,
    sealedPerSecond: sealed.map(perSecond),
    provenPerSecond: proven.map(perSecond),
  };
}

/** Time from sealing to the verified proof of each proven batch, oldest first. */
export function latenciesOf(batches: readonly Batch[]): readonly BatchDuration[] {
  return durationsOf(batches, latencyMs);
}

/** Time that the prover took for each proven batch, oldest first. */
export function proofTimesOf(batches: readonly Batch[]): readonly BatchDuration[] {
  return durationsOf(batches, ({ job }) => (job?.state === 'proven' ? job.proveDurationMs : undefined));
}

/** The value that a share `p` of the values does not exceed (nearest rank); undefined of none. */
export function percentile(values: readonly number[], p: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)];
}

function durationsOf(
  batches: readonly Batch[],
  durationOf: (batch: Batch) => number | undefined,
): readonly BatchDuration[] {
  return batches
    .flatMap((batch) => {
      const durationMs = durationOf(batch);
      if (durationMs === undefined) return [];
      return [{ batchNumber: batch.batchNumber, durationMs, receiptKind: batch.job?.receiptKind ?? '' }];
    })
    .sort((a, b) => (a.batchNumber < b.batchNumber ? -1 : 1));
}
