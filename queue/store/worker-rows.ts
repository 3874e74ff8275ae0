import type { DatabaseSync } from 'node:sqlite';
import { isAlive, type WorkerIdentity } from './worker-identity.ts';

/** A worker process and what it said about itself when it began to take jobs. */
export interface WorkerRow extends WorkerIdentity {
  readonly hostVersion: string;
  readonly backend: string;
  readonly backendVersion: string;
  readonly imageId: string;
  readonly parametersDigest: string;
  readonly memoryLimitBytes: number;
  readonly memoryClass: string;
  readonly receiptKinds: readonly string[];
}

/** Which workers take jobs of this store. Advice for people and for readiness: claims do not depend on it. */
export class WorkerRows {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Says that a worker takes jobs from now on. */
  enter(worker: WorkerRow, nowMs: number = Date.now()): void {
    const { pid, started, receiptKinds, ...said } = worker;
    this.#database
      .prepare(
        `INSERT OR REPLACE INTO workers (worker_pid, worker_started, host_version, backend, backend_version, image_id,
           parameters_digest, memory_limit_bytes, memory_class, receipt_kinds, entered_at_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        pid,
        started,
        said.hostVersion,
        said.backend,
        said.backendVersion,
        said.imageId,
        said.parametersDigest,
        said.memoryLimitBytes,
        said.memoryClass,
        receiptKinds.join(','),
        nowMs,
      );
  }

  /** Says that a worker takes none any more. */
  leave({ pid, started }: WorkerIdentity): void {
    this.#database
      .prepare('DELETE FROM workers WHERE worker_pid = ? AND worker_started = ?')
      .run(pid, started);
  }

  /** The workers of this machine that live; a row that a dead one left does not count. */
  living(): readonly WorkerRow[] {
    return this.#database
      .prepare('SELECT * FROM workers ORDER BY entered_at_ms, worker_pid')
      .all()
      .map((columns) => ({
        pid: Number(columns.worker_pid),
        started: String(columns.worker_started),
        hostVersion: String(columns.host_version),
        backend: String(columns.backend),
        backendVersion: String(columns.backend_version),
        imageId: String(columns.image_id),
        parametersDigest: String(columns.parameters_digest),
        memoryLimitBytes: Number(columns.memory_limit_bytes),
        memoryClass: String(columns.memory_class),
        receiptKinds: String(columns.receipt_kinds).split(','),
      }))
      .filter(isAlive);
  }
}
