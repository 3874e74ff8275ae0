import { durationText } from './number-text.ts';
import type { Batch, Job } from './wire.ts';

/** The stages of a batch in order. */
export const STAGES = ['Queued', 'Executing', 'Proving', 'Verifying', 'Proven'] as const;

/** A batch's progress as it is shown. */
export interface BatchProgress {
  readonly tone: 'waiting' | 'running' | 'proven' | 'failed';
  /** How many stages are done, 0 .. 5. */
  readonly stagesDone: number;
  /** How much of the stage after those is done, 0 .. 1, where that is known. */
  readonly stageShare: number | undefined;
  readonly text: string;
}

const STAGE_OF_STATE: Readonly<Record<string, number>> = {
  queued: 0,
  executing: 1,
  proving: 2,
  aggregating: 2,
  verifying: 3,
};
const ENDED_WITHOUT_PROOF: Readonly<Record<string, string>> = {
  failed: 'Failed',
  canceled: 'Canceled',
  timed_out: 'Timed out',
};

/** Where the proof of a batch stands. */
export function progressOf({ job }: Batch): BatchProgress {
  if (job === undefined) return { tone: 'waiting', stagesDone: 0, stageShare: undefined, text: 'Sealed' };
  const ended = ENDED_WITHOUT_PROOF[job.state];
  if (ended !== undefined) {
    const code = job.errorCode === undefined ? '' : `: ${job.errorCode}`;
    return { tone: 'failed', stagesDone: 0, stageShare: undefined, text: `${ended}${code}` };
  }
  if (job.state === 'proven') {
    return { tone: 'proven', stagesDone: STAGES.length, stageShare: undefined, text: provenText(job) };
  }
  const stage = STAGE_OF_STATE[job.state] ?? 0;
  const isCounted = stage === 2 && job.stageTotal > 0;
  return {
    tone: stage === 0 ? 'waiting' : 'running',
    stagesDone: stage,
    stageShare: isCounted ? Math.min(1, job.stageDone / job.stageTotal) : undefined,
    text: `${nameOf(job, stage)}${isCounted ? ` ${job.stageDone}/${job.stageTotal}` : ''}`,
  };
}

/** The time from sealing a batch to its verified proof, in ms; undefined before that. */
export function latencyMs({ job }: Batch): number | undefined {
  return job?.state === 'proven' ? Math.max(0, job.updatedAtMs - job.createdAtMs) : undefined;
}

function provenText({ proveDurationMs }: Job): string {
  return proveDurationMs === undefined ? 'Proven' : `Proven in ${durationText(proveDurationMs)}`;
}

function nameOf(job: Job, stage: number): string {
  return job.state === 'aggregating' ? 'Aggregating' : (STAGES[stage] ?? job.state);
}
