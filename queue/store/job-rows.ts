import type { DatabaseSync } from 'node:sqlite';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import {
  type Attempt,
  type JobRow,
  type JobState,
  type NewJob,
  OPEN_STATES_SQL,
  type StateChange,
  toAttempt,
  toJobRow,
  toStateChange,
} from './job-row.ts';
import { inTransaction } from './row-database.ts';

const TENANT_LENGTH_MAX = 64;

/** A queue entry that named no job of this store. */
export interface ParkedEntry {
  readonly queueJobId: string;
  /** The payload as JSON text. */
  readonly payload: string;
  readonly errorCode: string;
  readonly reason: string;
}

/** The rows of the jobs: the truth of what is proven, whatever the queue remembers. */
export class JobRows {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Names this store, 16 hex digits, chosen when it was made. */
  storeId(): string {
    return String(this.#database.prepare('SELECT store_id FROM store_identity').get()?.store_id);
  }

  /**
   * Adds a job in state `queued`. The same identity is the same job: it is left as it is.
   *
   * @returns whether it is new
   */
  insert(job: NewJob, nowMs: number = Date.now()): 'created' | 'known' {
    const { priority = 0, tenant = '' } = job;
    requireUrgency(priority, tenant);
    return inTransaction(this.#database, () => {
      if (this.find(job.jobId) !== undefined) return 'known';
      this.#database
        .prepare(
          `INSERT INTO jobs (job_id, batch_number, state, receipt_kind, image_id, parameters_digest, journal, witness_digest,
             commands_digest, transitions_digest, created_at_ms, updated_at_ms,
             priority, tenant, turn, deadline_at_ms)
           VALUES (?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          job.jobId,
          job.batchNumber,
          job.receiptKind,
          job.imageId,
          job.parametersDigest,
          job.journal,
          job.witnessDigest,
          job.commandsDigest,
          job.transitionsDigest,
          nowMs,
          nowMs,
          priority,
          tenant,
          this.#nextTurn(priority, tenant),
          job.deadlineAtMs ?? null,
        );
      recordChange(this.#database, job.jobId, 'queued', 'sealed', 0, nowMs);
      return 'created';
    });
  }

  /**
   * Tenants take turns: a tenant's next job comes after its own last open one, but never before the turn that is served now
   * (start-time fair queueing, Goyal 1996, with every job of the same cost).
   */
  #nextTurn(priority: number, tenant: string): number {
    const open = `state IN (${OPEN_STATES_SQL}) AND priority = ?`;
    const columns = this.#database
      .prepare(
        `SELECT (SELECT min(turn) FROM jobs WHERE ${open}) AS served,
                (SELECT max(turn) FROM jobs WHERE ${open} AND tenant = ?) AS last`,
      )
      .get(priority, priority, tenant);
    const last = columns?.last;
    return Math.max(Number(columns?.served ?? 0), typeof last === 'number' ? last + 1 : 0);
  }

  /** The row of a job, or undefined. */
  find(jobId: string): JobRow | undefined {
    const columns = this.#database.prepare('SELECT * FROM jobs WHERE job_id = ?').get(jobId);
    return columns === undefined ? undefined : toJobRow(columns);
  }

  /** The row of a job. @throws JOB_UNKNOWN */
  get(jobId: string): JobRow {
    const row = this.find(jobId);
    if (row === undefined) throw new ProofbookError('JOB_UNKNOWN', { jobId });
    return row;
  }

  /** Every job, by batch number. */
  list(): readonly JobRow[] {
    return this.#database.prepare('SELECT * FROM jobs ORDER BY batch_number, job_id').all().map(toJobRow);
  }

  /** The jobs that are not closed, by batch number. */
  listOpen(): readonly JobRow[] {
    return this.#database
      .prepare(`SELECT * FROM jobs WHERE state IN (${OPEN_STATES_SQL}) ORDER BY batch_number, job_id`)
      .all()
      .map(toJobRow);
  }

  /** Every change of a job's state, oldest first. */
  changes(jobId: string): readonly StateChange[] {
    return this.#database
      .prepare('SELECT * FROM state_changes WHERE job_id = ? ORDER BY change_id')
      .all(jobId)
      .map(toStateChange);
  }

  /** Every attempt at a job, oldest first. */
  attempts(jobId: string): readonly Attempt[] {
    return this.#database
      .prepare('SELECT * FROM attempts WHERE job_id = ? ORDER BY claim_token')
      .all(jobId)
      .map(toAttempt);
  }

  /** Keeps a queue entry that names no job of this store, with the reason why it was not run. */
  park(entry: ParkedEntry, nowMs: number = Date.now()): void {
    this.#database
      .prepare(
        'INSERT INTO parked_entries (queue_job_id, payload, error_code, reason, parked_at_ms) VALUES (?, ?, ?, ?, ?)',
      )
      .run(entry.queueJobId, entry.payload, entry.errorCode, entry.reason, nowMs);
  }

  /** Every parked queue entry, oldest first. */
  parkedEntries(): readonly ParkedEntry[] {
    return this.#database
      .prepare('SELECT * FROM parked_entries ORDER BY parked_id')
      .all()
      .map((columns) => ({
        queueJobId: String(columns.queue_job_id),
        payload: String(columns.payload),
        errorCode: String(columns.error_code),
        reason: String(columns.reason),
      }));
  }
}

function requireUrgency(priority: number, tenant: string): void {
  const refuse = (field: string, value: string | number, reason: string): never => {
    throw new ProofbookError('INVALID_FIELD', { field, value, reason });
  };
  if (!Number.isInteger(priority) || priority < 0 || priority > 9) {
    refuse('priority', priority, 'must be a whole number, 0 .. 9');
  }
  if (tenant.length > TENANT_LENGTH_MAX) refuse('tenant', tenant, `at most ${TENANT_LENGTH_MAX} characters`);
}

/** Adds a row to `state_changes`; the caller holds the transaction in which the state changes. */
export function recordChange(
  database: DatabaseSync,
  jobId: string,
  state: JobState,
  reason: string,
  claimToken: number,
  nowMs: number,
): void {
  database
    .prepare(
      'INSERT INTO state_changes (job_id, state, reason, claim_token, changed_at_ms) VALUES (?, ?, ?, ?, ?)',
    )
    .run(jobId, state, reason, claimToken, nowMs);
}
