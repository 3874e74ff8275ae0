import { setTimeout as delay } from 'node:timers/promises';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { WorkerSupervisor } from '../broker/worker-supervisor.ts';
import type { JobRow } from '../store/job-row.ts';
import type { JobRows } from '../store/job-rows.ts';
import type { ProgressLine } from './output.ts';

const POLL_INTERVAL_MS = 200;

/**
 * Waits until every job of a store is proven, and shows how far they are. It reads the rows and not the queue's events:
 * the rows are the truth.
 *
 * @throws JOB_FAILED for the first parked job, WORKERS_EXHAUSTED, CANCELED when `signal` aborts
 */
export async function waitUntilProven(
  rows: JobRows,
  supervisor: Pick<WorkerSupervisor, 'failure'>,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<void> {
  const startedMs = Date.now();
  for (;;) {
    const jobs = rows.list();
    const failed = jobs.find(({ state }) => state === 'failed');
    if (failed !== undefined) {
      const { batchNumber, jobId, errorMessage, errorCode } = failed;
      const reason = `${errorMessage} (${errorCode})`;
      throw new ProofbookError('JOB_FAILED', { batchNumber, jobId, reason });
    }
    if (jobs.every(({ state }) => state === 'proven')) return;
    if (supervisor.failure !== undefined) throw supervisor.failure;
    if (signal.aborted) throw new ProofbookError('CANCELED', { method: 'demo' });
    progress.show(progressText(jobs, Date.now() - startedMs));
    // An abort only ends the wait early: the next round says why.
    await delay(POLL_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}

function progressText(jobs: readonly JobRow[], elapsedMs: number): string {
  const proven = jobs.filter(({ state }) => state === 'proven').length;
  const active = jobs
    .filter(({ state }) => state !== 'proven' && state !== 'queued')
    .map(({ batchNumber, state, stage, stageDone, stageTotal }) => {
      const steps = stageTotal > 0 ? ` ${stageDone}/${stageTotal}` : '';
      return `batch ${batchNumber} ${stage === '' ? state : stage}${steps}`;
    });
  return [`${proven}/${jobs.length} proven`, ...active, `${Math.round(elapsedMs / 1000)} s`].join(' · ');
}
