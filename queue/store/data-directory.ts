import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { BatchRows } from './batch-rows.ts';
import { CommandLog } from './command-log.ts';
import { ContentStore } from './content-store.ts';
import { JobClaims } from './job-claims.ts';
import { JobControls } from './job-controls.ts';
import { JobRows } from './job-rows.ts';
import { openRowDatabase } from './row-database.ts';
import { WorkerRows } from './worker-rows.ts';

/** Where everything of one data directory is. The names are part of its format: manifest version 1. */
export interface DataPaths {
  readonly root: string;
  readonly manifest: string;
  readonly commandLog: string;
  readonly receipts: string;
  readonly content: string;
  readonly rows: string;
  /** How worker processes reach the queue while a broker runs. */
  readonly queueEndpoint: string;
  /** Append-only file of the private Redis. */
  readonly redis: string;
}

/** The paths inside a data directory. */
export function dataPaths(root: string): DataPaths {
  return {
    root,
    manifest: join(root, 'manifest.json'),
    commandLog: join(root, 'commands.log'),
    receipts: join(root, 'receipts'),
    content: join(root, 'content'),
    rows: join(root, 'rows.sqlite'),
    queueEndpoint: join(root, 'queue-endpoint.json'),
    redis: join(root, 'redis'),
  };
}

/** Receipt file of a batch: `receipts/0001.receipt`. */
export function receiptPath(paths: DataPaths, batchNumber: number): string {
  return join(paths.receipts, `${String(batchNumber).padStart(4, '0')}.receipt`);
}

function makeDirectory(root: string, receipts: string): void {
  try {
    mkdirSync(receipts, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ProofbookError('STORE_REFUSED', { path: root, reason }, { cause });
  }
}

/** An open data directory: bytes, rows and the command log. */
export class DataDirectory {
  readonly paths: DataPaths;
  readonly content: ContentStore;
  readonly rows: JobRows;
  readonly batches: BatchRows;
  readonly claims: JobClaims;
  readonly controls: JobControls;
  readonly workers: WorkerRows;
  readonly commandLog: CommandLog;
  readonly #database: DatabaseSync;

  /** Opens a data directory, making what is not there. @throws STORE_REFUSED */
  constructor(root: string) {
    this.paths = dataPaths(root);
    makeDirectory(root, this.paths.receipts);
    this.#database = openRowDatabase(this.paths.rows);
    this.content = new ContentStore(this.paths.content);
    this.rows = new JobRows(this.#database);
    this.batches = new BatchRows(this.#database);
    this.claims = new JobClaims(this.#database);
    this.controls = new JobControls(this.#database);
    this.workers = new WorkerRows(this.#database);
    this.commandLog = new CommandLog(this.paths.commandLog);
  }

  close(): void {
    this.#database.close();
  }
}
