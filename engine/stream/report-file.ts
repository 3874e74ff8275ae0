import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { messageOf } from '../message-of.ts';
import { ProofbookError } from '../proofbook-error.ts';

/** The file that the lines go to, written part by part. */
export class ReportFile {
  readonly #path: string;
  readonly #descriptor: number;

  /** Creates the file or empties it. @throws FILE_UNWRITABLE, USAGE when it is the file that is read */
  constructor(path: string, source: string) {
    if (isSameFile(path, source)) {
      throw new ProofbookError('USAGE', { field: 'OUT', value: path, reason: 'it is the file IN itself' });
    }
    this.#path = path;
    this.#descriptor = this.#writing(() => openSync(path, 'w'));
  }

  /** @throws FILE_UNWRITABLE */
  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      at += this.#writing(() => writeSync(this.#descriptor, bytes, at));
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #writing<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      throw new ProofbookError(
        'FILE_UNWRITABLE',
        { path: this.#path, reason: messageOf(error) },
        { cause: error },
      );
    }
  }
}

/** Two names of one file on disk; emptying it would lose what is to be read. */
function isSameFile(path: string, other: string): boolean {
  const one = statSync(path, { bigint: true, throwIfNoEntry: false });
  const two = statSync(other, { bigint: true, throwIfNoEntry: false });
  return one?.isFile() === true && one.dev === two?.dev && one.ino === two.ino;
}
