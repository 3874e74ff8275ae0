import type { DatabaseSync } from 'node:sqlite';
import {
  type JobRow,
  type JobState,
  type StateChange,
  toJobRow,
  toStateChange,
  UNPROVEN_STATES_SQL,
} from './job-row.ts';
import { BUSY_TIMEOUT_MS } from './row-database.ts';

const PROBE_TIMEOUT_MS = 500;

/** A change of a job's state, in the one order in which a store's changes happened. */
export interface NumberedChange extends StateChange {
  /** Grows with every change; not every number is there. */
  readonly changeId: number;
  readonly jobId: string;
}

/** The jobs of a store as the batches of its market: what readers ask for. */
export class BatchRows {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** The job of a batch, or undefined. */
  find(batchNumber: number): JobRow | undefined {
    const columns = this.#database
      .prepare('SELECT * FROM jobs WHERE batch_number = ? ORDER BY created_at_ms DESC LIMIT 1')
      .get(batchNumber);
    return columns === undefined ? undefined : toJobRow(columns);
  }

  /** The jobs of batches `after` + 1 and on, at most `limit`, by number. */
  listAfter(after: number, limit: number): readonly JobRow[] {
    return this.#database
      .prepare('SELECT * FROM jobs WHERE batch_number > ? ORDER BY batch_number LIMIT ?')
      .all(after, limit)
      .map(toJobRow);
  }

  /** Number of the last batch that is stored; 0 before the first. */
  lastStored(): number {
    const columns = this.#database.prepare('SELECT max(batch_number) AS last FROM jobs').get();
    return Number(columns?.last ?? 0);
  }

  /** Every batch up to this one is proven; 0 before the first. */
  highestProven(): number {
    const columns = this.#database
      .prepare(`SELECT min(batch_number) AS first FROM jobs WHERE state IN (${UNPROVEN_STATES_SQL})`)
      .get();
    const first = columns?.first;
    return typeof first === 'number' ? first - 1 : this.lastStored();
  }

  /** How many jobs are in each state that has any. */
  countByState(): Readonly<Partial<Record<JobState, number>>> {
    const rows = this.#database.prepare('SELECT state, count(*) AS jobs FROM jobs GROUP BY state').all();
    return Object.fromEntries(rows.map(({ state, jobs }) => [String(state), Number(jobs)]));
  }

  /** How many attempts ended in each way. */
  countByOutcome(): Readonly<Record<string, number>> {
    const rows = this.#database
      .prepare(
        'SELECT outcome, count(*) AS attempts FROM attempts WHERE outcome IS NOT NULL GROUP BY outcome',
      )
      .all();
    return Object.fromEntries(rows.map(({ outcome, attempts }) => [String(outcome), Number(attempts)]));
  }

  /** Milliseconds since the epoch of the oldest heartbeat of a claim that is running; undefined when none is. */
  oldestHeartbeatMs(): number | undefined {
    const columns = this.#database
      .prepare('SELECT min(heartbeat_at_ms) AS oldest FROM attempts WHERE outcome IS NULL')
      .get();
    return typeof columns?.oldest === 'number' ? columns.oldest : undefined;
  }

  /** Changes behind `changeId`, oldest first, at most `limit`. */
  changesAfter(changeId: number, limit: number): readonly NumberedChange[] {
    return this.#database
      .prepare('SELECT * FROM state_changes WHERE change_id > ? ORDER BY change_id LIMIT ?')
      .all(changeId, limit)
      .map((columns) => ({
        ...toStateChange(columns),
        changeId: Number(columns.change_id),
        jobId: String(columns.job_id),
      }));
  }

  /** Number of the last change; 0 before the first. */
  lastChangeId(): number {
    return Number(
      this.#database.prepare('SELECT max(change_id) AS last FROM state_changes').get()?.last ?? 0,
    );
  }

  /** Jobs whose stage moved since `sinceMs` without a change of state. */
  movedSince(sinceMs: number): readonly JobRow[] {
    return this.#database
      .prepare(
        `SELECT * FROM jobs WHERE state IN ('executing', 'proving', 'aggregating', 'verifying') AND updated_at_ms > ?`,
      )
      .all(sinceMs)
      .map(toJobRow);
  }

  /** Writes and takes back: throws when the store cannot be written. */
  probeWrite(): void {
    // Whoever looks whether all is well must not wait as a writer does: nothing else could be answered meanwhile.
    this.#database.exec(`PRAGMA busy_timeout = ${PROBE_TIMEOUT_MS}`);
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      this.#database.exec('ROLLBACK');
    } finally {
      this.#database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    }
  }
}
