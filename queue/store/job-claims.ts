import type { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../../engine/message-of.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { ContentDigest } from './content-digest.ts';
import {
  type Attempt,
  type AttemptOutcome,
  type ClosedState,
  isClosed,
  type JobFigures,
  type JobRow,
  type JobState,
} from './job-row.ts';
import { JobRows, recordChange } from './job-rows.ts';
import { decideRetry, type FailureClass, failureClassOf, type RetryDecision } from './retry-rules.ts';
import { inTransaction } from './row-database.ts';
import { isAlive, type WorkerIdentity } from './worker-identity.ts';

/** The right to write about a job, until a later claim is taken. */
export interface Claim {
  readonly jobId: string;
  /** Grows by one with each claim of the job: the fence. */
  readonly token: number;
}

/** What a worker that was handed a job finds. */
export type ClaimResult =
  | {
      readonly outcome: 'claimed';
      readonly claim: Claim;
      readonly row: JobRow;
      readonly attempts: readonly Attempt[];
    }
  /** Another worker is at it, and lives. */
  | { readonly outcome: 'held'; readonly workerPid: number }
  | { readonly outcome: 'closed'; readonly state: ClosedState };

// A living worker renews its claim every few seconds; one that has not for this long is stuck, and the fence holds it off.
const HEARTBEAT_LOST_MS = 60_000;

/** Claims and the writes that they fence. Every method is one transaction. */
export class JobClaims {
  readonly #database: DatabaseSync;
  readonly #rows: JobRows;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#rows = new JobRows(database);
  }

  /**
   * Takes a job for a worker. A claim that a dead worker left is ended first and counts as `WorkerLost`.
   *
   * @param heartbeatLostMs a worker that lives and was silent for this long is taken for dead too
   * @throws JOB_UNKNOWN
   */
  claim(
    jobId: string,
    worker: WorkerIdentity,
    nowMs: number = Date.now(),
    heartbeatLostMs: number = HEARTBEAT_LOST_MS,
  ): ClaimResult {
    return inTransaction(this.#database, () => {
      const before = this.#rows.get(jobId);
      const running = this.#runningAttempt(before);
      if (running !== undefined) {
        if (isHeld(running, nowMs, heartbeatLostMs)) return { outcome: 'held', workerPid: running.workerPid };
        this.#endAsLost(before, running, nowMs);
      }
      const row = this.#rows.get(jobId);
      if (isClosed(row.state)) return { outcome: 'closed', state: row.state };
      const claim = { jobId, token: row.claimToken + 1 };
      this.#database.prepare('UPDATE jobs SET claim_token = ? WHERE job_id = ?').run(claim.token, jobId);
      this.#database
        .prepare(
          `INSERT INTO attempts (job_id, claim_token, worker_pid, worker_started, started_at_ms, heartbeat_at_ms)
           VALUES (?, ?, ?, ?, ?, ?)`,
        )
        .run(jobId, claim.token, worker.pid, worker.started, nowMs, nowMs);
      this.#setState(claim, 'executing', `claimed by worker ${worker.pid}`, nowMs);
      return { outcome: 'claimed', claim, row, attempts: this.#rows.attempts(jobId) };
    });
  }

  /** Ends every claim that a process left when it died; the supervisor calls it, so that nobody waits for a time limit. */
  endClaimsOf(worker: WorkerIdentity, nowMs: number = Date.now()): readonly string[] {
    return inTransaction(this.#database, () => {
      const ended: string[] = [];
      for (const row of this.#rows.listOpen()) {
        const running = this.#runningAttempt(row);
        if (running?.workerPid !== worker.pid || running.workerStarted !== worker.started) continue;
        this.#endAsLost(row, running, nowMs);
        ended.push(row.jobId);
      }
      return ended;
    });
  }

  /** Says that the worker lives. @throws CLAIM_LOST */
  heartbeat(claim: Claim, nowMs: number = Date.now()): void {
    this.#fenced(claim, () => {
      this.#database
        .prepare('UPDATE attempts SET heartbeat_at_ms = ? WHERE job_id = ? AND claim_token = ?')
        .run(nowMs, claim.jobId, claim.token);
    });
  }

  /** Whether the claim may still write: no later one, no cancel, no deadline ended it. Reads only. */
  isHeld(claim: Claim): boolean {
    const row = this.#rows.get(claim.jobId);
    return this.#runningAttempt(row)?.claimToken === claim.token;
  }

  /** Moves a job on, with what is known by now. @throws CLAIM_LOST */
  advance(
    claim: Claim,
    state: 'proving' | 'aggregating' | 'verifying',
    reason: string,
    figures?: JobFigures,
  ): void {
    this.#fenced(claim, () => {
      if (figures !== undefined) this.#setFigures(claim.jobId, figures);
      this.#setState(claim, state, reason, Date.now());
    });
  }

  /** Notes how far a stage is. @throws CLAIM_LOST */
  progress(claim: Claim, stage: string, done: number, total: number): void {
    this.#fenced(claim, () => {
      this.#database
        .prepare(
          'UPDATE jobs SET stage = ?, stage_done = ?, stage_total = ?, updated_at_ms = ? WHERE job_id = ?',
        )
        .run(stage, done, total, Date.now(), claim.jobId);
    });
  }

  /** Gives a job back unharmed, for a worker that stops: the attempt does not count. @throws CLAIM_LOST */
  release(claim: Claim, reason: string): void {
    this.#fenced(claim, () => {
      this.#endAttempt(claim, 'released', undefined, Date.now());
      this.#setState(claim, 'queued', reason, Date.now());
    });
  }

  /**
   * Closes a job as proven, in one step. The caller has *verified* the receipt against this job's image, parameters and
   * journal, so even the write of a claim that was lost is right, and is taken: a proof does not age.
   *
   * @returns 'closed', or 'known' when the job was proven already
   */
  closeProven(claim: Claim, receiptDigest: ContentDigest, proveDurationMs: number): 'closed' | 'known' {
    return inTransaction(this.#database, () => {
      const row = this.#rows.get(claim.jobId);
      const nowMs = Date.now();
      this.#endAttempt(claim, 'proven', undefined, nowMs);
      if (row.state === 'proven') return 'known';
      const late = row.claimToken !== claim.token;
      this.#database
        .prepare(
          `UPDATE jobs SET state = 'proven', receipt_digest = ?, prove_duration_ms = ?, error_code = NULL, error_message = NULL
           WHERE job_id = ?`,
        )
        .run(receiptDigest, proveDurationMs, claim.jobId);
      this.#setState(claim, 'proven', late ? 'a late proof, verified' : 'receipt verified', nowMs);
      return 'closed';
    });
  }

  /**
   * Ends an attempt in failure: the job goes back to `queued`, or is parked as `failed`, by {@link decideRetry}.
   *
   * @throws CLAIM_LOST when a later claim exists: this failure is no longer of interest
   */
  closeFailed(claim: Claim, error: unknown): RetryDecision {
    return this.#fenced(claim, () => this.#fail(claim, failureClassOf(error), error, Date.now()));
  }

  #fail(claim: Claim, failure: FailureClass, error: unknown, nowMs: number): RetryDecision {
    this.#endAttempt(claim, failure, error, nowMs);
    const decision = decideRetry(this.#rows.attempts(claim.jobId), failure);
    const message = messageOf(error);
    if (decision.retry) {
      const count = `retry ${decision.failuresOfClass} of ${decision.retriesMax}`;
      this.#setState(claim, 'queued', `${failure}, ${count}: ${message}`, nowMs);
    } else {
      this.#database
        .prepare('UPDATE jobs SET error_code = ?, error_message = ? WHERE job_id = ?')
        .run(codeOf(error), message, claim.jobId);
      this.#setState(claim, 'failed', `${decision.reason}: ${message}`, nowMs);
    }
    return decision;
  }

  #endAsLost(row: JobRow, running: Attempt, nowMs: number): void {
    const error = new ProofbookError('WORKER_LOST', {
      workerPid: running.workerPid,
      claimToken: running.claimToken,
    });
    this.#fail({ jobId: row.jobId, token: running.claimToken }, 'WorkerLost', error, nowMs);
  }

  #runningAttempt(row: JobRow): Attempt | undefined {
    if (isClosed(row.state)) return undefined;
    const last = this.#rows.attempts(row.jobId).at(-1);
    return last?.outcome === undefined ? last : undefined;
  }

  #fenced<T>(claim: Claim, write: () => T): T {
    return inTransaction(this.#database, () => {
      const row = this.#rows.get(claim.jobId);
      const ended = this.#runningAttempt(row)?.claimToken !== claim.token;
      if (row.claimToken !== claim.token || ended) {
        throw new ProofbookError('CLAIM_LOST', {
          jobId: claim.jobId,
          value: claim.token,
          expected: `${row.claimToken} in state ${row.state}`,
        });
      }
      return write();
    });
  }

  #endAttempt(claim: Claim, outcome: AttemptOutcome, error: unknown, nowMs: number): void {
    this.#database
      .prepare(
        `UPDATE attempts SET outcome = ?, error_code = ?, error_message = ?, ended_at_ms = ?
         WHERE job_id = ? AND claim_token = ?`,
      )
      .run(
        outcome,
        error === undefined ? null : codeOf(error),
        error === undefined ? null : messageOf(error),
        nowMs,
        claim.jobId,
        claim.token,
      );
  }

  #setFigures(jobId: string, figures: JobFigures): void {
    this.#database
      .prepare('UPDATE jobs SET instruction_count = ?, trace_cells = ?, segment_count = ? WHERE job_id = ?')
      .run(figures.instructionCount, figures.traceCells, figures.segmentCount, jobId);
  }

  #setState(claim: Claim, state: JobState, reason: string, nowMs: number): void {
    this.#database
      .prepare(
        `UPDATE jobs SET state = ?, stage = '', stage_done = 0, stage_total = 0, updated_at_ms = ? WHERE job_id = ?`,
      )
      .run(state, nowMs, claim.jobId);
    recordChange(this.#database, claim.jobId, state, reason, claim.token, nowMs);
  }
}

function isHeld(attempt: Attempt, nowMs: number, heartbeatLostMs: number): boolean {
  // A heartbeat of the future is of before the clock jumped back: it says as little as one of long ago.
  const fresh = Math.abs(nowMs - attempt.heartbeatAtMs) < heartbeatLostMs;
  return fresh && isAlive({ pid: attempt.workerPid, started: attempt.workerStarted });
}

function codeOf(error: unknown): string {
  return error instanceof ProofbookError ? error.code : 'UNEXPECTED';
}
