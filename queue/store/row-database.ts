import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { ProofbookError } from '../../engine/proofbook-error.ts';

// How long a writer waits for another process's transaction. Each takes milliseconds.
export const BUSY_TIMEOUT_MS = 10_000;
const SQLITE_BUSY = 5;

/**
 * Opens the row store of a data directory and brings it to the newest schema. Write-ahead log and synchronous=FULL: what
 * was committed is on the disk, and several processes may read and write at once.
 *
 * @throws STORE_REFUSED when the file is no database, or was written by a newer version
 */
export function openRowDatabase(path: string): DatabaseSync {
  const migrations = readMigrations();
  try {
    // A migration may make a table again, which foreign keys would forbid: they hold from then on.
    const database = new DatabaseSync(path, {
      timeout: BUSY_TIMEOUT_MS,
      enableForeignKeyConstraints: false,
    });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    migrate(database, migrations, path);
    database.exec('PRAGMA foreign_keys = ON;');
    return database;
  } catch (error) {
    if (error instanceof ProofbookError) throw error;
    throw new ProofbookError('STORE_REFUSED', { path, reason: reasonOf(error) }, { cause: error });
  }
}

/** Runs `change` in one write transaction; what it throws undoes it. */
export function inTransaction<T>(database: DatabaseSync, change: () => T): T {
  // IMMEDIATE takes the write lock at once: two processes that read first and write then would deadlock.
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = change();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Whether somebody else held the store for longer than a writer waits: it may well be free the next time. */
export function isStoreBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

function migrate(database: DatabaseSync, migrations: readonly string[], path: string): void {
  // Whoever only finds the schema that it knows needs no lock, so it need not wait for a writer either.
  if (versionOf(database) === migrations.length) return;
  inTransaction(database, () => {
    const version = versionOf(database);
    if (version > migrations.length) {
      throw new ProofbookError('STORE_REFUSED', {
        path,
        reason: `its schema version is ${version}, this program knows ${migrations.length}`,
      });
    }
    for (const migration of migrations.slice(version)) database.exec(migration);
    if (version === 0) {
      database
        .prepare('INSERT INTO store_identity (store_id) VALUES (?)')
        .run(randomBytes(8).toString('hex'));
    }
    database.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version);
}

function readMigrations(): readonly string[] {
  const text = readFileSync(new URL('./migrations.sql', import.meta.url), 'utf8');
  return text.split(/^-- migration \d+$/m).slice(1);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
