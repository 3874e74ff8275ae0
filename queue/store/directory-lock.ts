import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../../engine/message-of.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { writeFileDurably } from './durable-file.ts';
import { isStoreBusy } from './row-database.ts';

const LOCK_FILE = 'broker.lock';
const HOLDER_FILE = 'broker.holder';

/**
 * The right to write the command log of a data directory: one process at a time. The kernel holds it (the file lock of an
 * open SQLite transaction), so it ends with its process however that ends, and no stale file ever has to be judged. A
 * process that is only stopped still holds it: it may come back and write.
 */
export class DirectoryLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /**
   * Takes the lock of the data directory at `root`, which is made if it is missing.
   *
   * @throws DATA_DIRECTORY_LOCKED naming the process that holds it; STORE_REFUSED when the lock file cannot be used
   */
  static acquire(root: string): DirectoryLock {
    const path = join(root, LOCK_FILE);
    const holderPath = join(root, HOLDER_FILE);
    let database: DatabaseSync | undefined;
    try {
      mkdirSync(root, { recursive: true, mode: 0o700 });
      database = new DatabaseSync(path, { timeout: 0 });
      // Never committed: what is wanted of the transaction is its lock.
      database.exec('BEGIN EXCLUSIVE');
      writeFileDurably(holderPath, new TextEncoder().encode(`${process.pid}\n`));
      return new DirectoryLock(database);
    } catch (cause) {
      database?.close();
      const reason = messageOf(cause);
      if (isStoreBusy(cause)) {
        throw new ProofbookError(
          'DATA_DIRECTORY_LOCKED',
          { path: root, value: readHolder(holderPath) },
          { cause },
        );
      }
      throw new ProofbookError('STORE_REFUSED', { path, reason }, { cause });
    }
  }

  /** Gives the lock up; releasing twice is fine. */
  release(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}

// For the message only: the lock itself is the kernel's word.
function readHolder(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
