import type { DatabaseSync } from 'node:sqlite';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { type ClosedState, isClosed, type JobRow, OPEN_STATES_SQL, toJobRow } from './job-row.ts';
import { JobRows, recordChange } from './job-rows.ts';
import { inTransaction } from './row-database.ts';

/** Whether jobs are handed out, and why. */
export interface QueueSwitch {
  readonly paused: boolean;
  readonly reason: string;
}

/** What a prune removed: history only, never a job, a receipt or anything of a job that is not proven. */
export interface Pruned {
  readonly attempts: number;
  readonly stateChanges: number;
  readonly parkedEntries: number;
}

/** What an operator may do with jobs. Every method is one transaction, and workers see it without the queue's help. */
export class JobControls {
  readonly #database: DatabaseSync;
  readonly #rows: JobRows;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#rows = new JobRows(database);
  }

  /**
   * Ends a job that is not proven. A worker that is at it finds its claim gone within a second and stops its prover host.
   *
   * @throws JOB_UNKNOWN; JOB_MALFORMED when it is closed already
   */
  cancel(jobId: string, reason: string, nowMs: number = Date.now()): void {
    inTransaction(this.#database, () => {
      const row = this.#rows.get(jobId);
      if (isClosed(row.state)) throw notThis(row, 'only an open job is canceled');
      this.#end(row, 'canceled', 'CANCELED', reason, nowMs);
    });
  }

  /** Ends every open job whose deadline has passed as `timed_out`. @returns which those were */
  expire(nowMs: number = Date.now()): readonly JobRow[] {
    // Mostly there is none, and then nobody need wait for the store's lock.
    if (this.#listLate(nowMs).length === 0) return [];
    return inTransaction(this.#database, () => {
      const late = this.#listLate(nowMs);
      for (const row of late) {
        this.#end(row, 'timed_out', 'TIMED_OUT', `its deadline was ${row.deadlineAtMs}`, nowMs);
      }
      return late;
    });
  }

  /**
   * Puts a job that failed, was canceled or timed out back into state `queued`, without its deadline. Its attempts stay on
   * record, but count no longer: they end as `released`.
   *
   * @throws JOB_UNKNOWN; JOB_MALFORMED when it is in another state
   */
  requeue(jobId: string, reason: string, nowMs: number = Date.now()): void {
    inTransaction(this.#database, () => {
      const row = this.#rows.get(jobId);
      if (!isClosed(row.state) || row.state === 'proven') {
        throw notThis(row, 'only a job that is failed, canceled or timed_out is requeued');
      }
      this.#database
        .prepare(
          `UPDATE jobs SET state = 'queued', error_code = NULL, error_message = NULL, deadline_at_ms = NULL,
             updated_at_ms = ? WHERE job_id = ?`,
        )
        .run(nowMs, jobId);
      this.#database.prepare(`UPDATE attempts SET outcome = 'released' WHERE job_id = ?`).run(jobId);
      recordChange(this.#database, jobId, 'queued', reason, row.claimToken, nowMs);
    });
  }

  /** Stops handing jobs out; what is being proven goes on to its end. */
  pause(reason: string, nowMs: number = Date.now()): void {
    this.#setSwitch(1, reason, nowMs);
  }

  resume(reason: string, nowMs: number = Date.now()): void {
    this.#setSwitch(0, reason, nowMs);
  }

  queueSwitch(): QueueSwitch {
    const columns = this.#database.prepare('SELECT paused, reason FROM queue_switch').get();
    return { paused: Number(columns?.paused) === 1, reason: String(columns?.reason) };
  }

  /** How many jobs are open: not yet closed in any way. */
  openCount(): number {
    const columns = this.#database
      .prepare(`SELECT count(*) AS open FROM jobs WHERE state IN (${OPEN_STATES_SQL})`)
      .get();
    return Number(columns?.open);
  }

  /**
   * Refuses new work while `openMax` jobs are open.
   *
   * @throws QUEUE_FULL, status 429, with `retryAfterS` for the Retry-After header
   */
  requireRoom(openMax: number): void {
    const open = this.openCount();
    if (open < openMax) return;
    throw new ProofbookError('QUEUE_FULL', { value: open, max: openMax, retryAfterS: RETRY_AFTER_S });
  }

  /** Removes the history of jobs that are proven since `beforeMs`, and parked queue entries of before. */
  prune(beforeMs: number): Pruned {
    const proven = `job_id IN (SELECT job_id FROM jobs WHERE state = 'proven' AND updated_at_ms < ?)`;
    const run = (text: string): number => Number(this.#database.prepare(text).run(beforeMs).changes);
    return inTransaction(this.#database, () => ({
      attempts: run(`DELETE FROM attempts WHERE ended_at_ms IS NOT NULL AND ${proven}`),
      stateChanges: run(`DELETE FROM state_changes WHERE state <> 'proven' AND ${proven}`),
      parkedEntries: run('DELETE FROM parked_entries WHERE parked_at_ms < ?'),
    }));
  }

  /** The jobs of one state, or all, by batch number; at most `limit`. */
  list(state?: string, limit = Number.MAX_SAFE_INTEGER): readonly JobRow[] {
    const where = state === undefined ? '' : 'WHERE state = ?';
    return this.#database
      .prepare(`SELECT * FROM jobs ${where} ORDER BY batch_number, job_id LIMIT ?`)
      .all(...(state === undefined ? [] : [state]), limit)
      .map(toJobRow);
  }

  #listLate(nowMs: number): readonly JobRow[] {
    return this.#database
      .prepare(
        `SELECT * FROM jobs WHERE state IN (${OPEN_STATES_SQL}) AND deadline_at_ms < ? ORDER BY batch_number, job_id`,
      )
      .all(nowMs)
      .map(toJobRow);
  }

  #end(row: JobRow, state: ClosedState, errorCode: string, reason: string, nowMs: number): void {
    this.#database
      .prepare(
        `UPDATE attempts SET outcome = 'canceled', error_code = ?, error_message = ?, ended_at_ms = ?
         WHERE job_id = ? AND outcome IS NULL`,
      )
      .run(errorCode, reason, nowMs, row.jobId);
    this.#database
      .prepare(
        `UPDATE jobs SET state = ?, error_code = ?, error_message = ?, stage = '', stage_done = 0, stage_total = 0,
           updated_at_ms = ? WHERE job_id = ?`,
      )
      .run(state, errorCode, reason, nowMs, row.jobId);
    recordChange(this.#database, row.jobId, state, reason, row.claimToken, nowMs);
  }

  #setSwitch(paused: 0 | 1, reason: string, nowMs: number): void {
    this.#database
      .prepare('UPDATE queue_switch SET paused = ?, reason = ?, changed_at_ms = ?')
      .run(paused, reason, nowMs);
  }
}

// A proof takes some ten seconds: room comes at that pace.
const RETRY_AFTER_S = 10;

function notThis({ jobId, state }: JobRow, reason: string): ProofbookError {
  return new ProofbookError('JOB_MALFORMED', { jobId, field: 'state', value: state, reason });
}
