import type { BatchRows, NumberedChange } from '../store/batch-rows.ts';
import { isClosed, type JobRow, type JobState } from '../store/job-row.ts';
import type { JobRows } from '../store/job-rows.ts';
import type { EventHub } from './event-hub.ts';

const POLL_INTERVAL_MS = 150;
const CHANGES_MAX = 500;

/** What the watch is told to do beside the hub. */
export interface JobWatchOptions {
  readonly rows: JobRows;
  readonly batches: BatchRows;
  readonly hub: EventHub;
  /** Every change behind this one is told. */
  readonly fromChangeId: number;
  /** Takes the batches whose jobs were proven. */
  readonly proven: (batchNumbers: readonly number[]) => void;
  readonly failed: (error: unknown) => void;
  /** A job was so long in a state. */
  readonly stageEnded: (state: string, durationMs: number) => void;
}

/** Follows what workers, in other processes, write about jobs: the store is where all of them meet. */
export class JobWatch {
  readonly #options: JobWatchOptions;
  readonly #timer: NodeJS.Timeout;
  /** The state that each open job is in, and since when. */
  readonly #since = new Map<string, { readonly state: JobState; readonly changedAtMs: number }>();
  #changeId: number;
  #lookedAtMs = Date.now();

  constructor(options: JobWatchOptions) {
    this.#options = options;
    this.#changeId = options.fromChangeId;
    this.#timer = setInterval(() => this.#look(), POLL_INTERVAL_MS);
  }

  /** Looks once more, so that nothing of before is left untold. */
  stop(): void {
    clearInterval(this.#timer);
    this.#look();
  }

  #look(): void {
    try {
      this.#tellMoves();
      this.#tellChanges();
    } catch (error) {
      this.#options.failed(error);
    }
  }

  #tellMoves(): void {
    const sinceMs = this.#lookedAtMs;
    for (const row of this.#options.batches.movedSince(sinceMs)) {
      this.#lookedAtMs = Math.max(this.#lookedAtMs, row.updatedAtMs);
      this.#options.hub.jobMoved(row);
    }
  }

  #tellChanges(): void {
    const { rows, batches, hub } = this.#options;
    const changes = batches.changesAfter(this.#changeId, CHANGES_MAX);
    const proven: number[] = [];
    for (const change of changes) {
      const { jobId, changeId, state, claimToken } = change;
      this.#changeId = changeId;
      this.#time(change);
      const row: JobRow | undefined = rows.find(jobId);
      if (row === undefined) continue;
      if (state === 'proven') proven.push(row.batchNumber);
      hub.jobChanged(row, changeId, state === 'queued' && claimToken === 0);
    }
    if (proven.length > 0) this.#options.proven(proven);
  }

  #time({ jobId, state, changedAtMs }: NumberedChange): void {
    const before = this.#since.get(jobId);
    if (before !== undefined)
      this.#options.stageEnded(before.state, Math.max(0, changedAtMs - before.changedAtMs));
    if (isClosed(state)) this.#since.delete(jobId);
    else this.#since.set(jobId, { state, changedAtMs });
  }
}
