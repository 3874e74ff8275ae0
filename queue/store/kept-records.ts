import { existsSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { isContentDigest } from './content-digest.ts';
import { contentPath } from './content-store.ts';
import type { DataPaths } from './data-directory.ts';

/** What a data directory still holds of a batch's records: nothing that an audit needs or believes, but it tells where a divergence is. */
export interface KeptRecords {
  readonly commands: Uint8Array | undefined;
  readonly transitions: Uint8Array | undefined;
}

/** Of a batch of which nothing is there. */
export const NOTHING_KEPT: KeptRecords = { commands: undefined, transitions: undefined };

/**
 * Reads the records that a service kept, by batch number. A directory without rows or content keeps none. Bytes are given as they lie
 * there, whatever their address says: whoever compares them finds what was changed.
 */
export class KeptRecordsReader {
  readonly #content: string;
  readonly #digests: ReadonlyMap<number, readonly [string, string]>;
  #batchesFound = 0;

  constructor(paths: Pick<DataPaths, 'rows' | 'content'>) {
    this.#content = paths.content;
    this.#digests = existsSync(paths.rows) && existsSync(paths.content) ? readDigests(paths.rows) : new Map();
  }

  /** Batches that were asked for and had all of their records. */
  get batchesFound(): number {
    return this.#batchesFound;
  }

  /** What is kept of a batch. */
  of(batchNumber: number): KeptRecords {
    const digests = this.#digests.get(batchNumber);
    if (digests === undefined) return NOTHING_KEPT;
    const [commands, transitions] = digests.map((digest) => this.#read(digest));
    if (commands !== undefined && transitions !== undefined) this.#batchesFound++;
    return { commands, transitions };
  }

  #read(digest: string): Uint8Array | undefined {
    if (!isContentDigest(digest)) return undefined;
    const path = contentPath(this.#content, digest);
    return existsSync(path) ? readFileSync(path) : undefined;
  }
}

/** Digests of commands and transitions by batch number. A file that is no such database names none. */
function readDigests(path: string): ReadonlyMap<number, readonly [string, string]> {
  try {
    const database = new DatabaseSync(readOnlyAddress(path), { readOnly: true });
    try {
      const rows = database
        .prepare('SELECT batch_number, commands_digest, transitions_digest FROM jobs')
        .all();
      return new Map(
        rows.map((row) => [
          Number(row.batch_number),
          [String(row.commands_digest), String(row.transitions_digest)],
        ]),
      );
    } finally {
      database.close();
    }
  } catch {
    return new Map();
  }
}

/**
 * Even to read a database with a write-ahead log, SQLite makes files beside it, unless told that nobody writes. Where there is a log
 * somebody may, and its files are there already.
 */
function readOnlyAddress(path: string): URL {
  const url = pathToFileURL(path);
  if (!existsSync(`${path}-wal`)) url.searchParams.set('immutable', '1');
  return url;
}
