import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { messageOf } from '../message-of.ts';
import { ProofbookError } from '../proofbook-error.ts';
import { HEADER_BYTES, MESSAGE_BYTES } from './message-layout.ts';

/** A message stream file, read from its first message on. A pipe will do. */
export class MessageSource {
  readonly #path: string;
  readonly #descriptor: number;
  #bytesRead = 0;

  /** Opens the file and skips its header. @throws FILE_UNREADABLE, STREAM_LENGTH */
  constructor(path: string) {
    this.#path = path;
    this.#descriptor = this.#reading(() => openSync(path, 'r'));
    try {
      const stat = fstatSync(this.#descriptor);
      if (stat.isFile()) requireWhole(path, stat.size);
      const header = this.#fill(new Uint8Array(HEADER_BYTES));
      if (header < HEADER_BYTES) requireWhole(path, header);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Fills `buffer`, or its beginning when the stream ends. Returns how many messages. @throws FILE_UNREADABLE, STREAM_LENGTH */
  read(buffer: Uint8Array): number {
    const bytes = this.#fill(buffer);
    if (bytes % MESSAGE_BYTES !== 0) requireWhole(this.#path, this.#bytesRead);
    return bytes / MESSAGE_BYTES;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #fill(buffer: Uint8Array): number {
    let filled = 0;
    while (filled < buffer.length) {
      const bytes = this.#reading(() =>
        readSync(this.#descriptor, buffer, filled, buffer.length - filled, null),
      );
      if (bytes === 0) break;
      filled += bytes;
    }
    this.#bytesRead += filled;
    return filled;
  }

  #reading<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw new ProofbookError(
        'FILE_UNREADABLE',
        { path: this.#path, reason: messageOf(error) },
        { cause: error },
      );
    }
  }
}

function requireWhole(path: string, bytes: number): void {
  if (bytes < HEADER_BYTES || (bytes - HEADER_BYTES) % MESSAGE_BYTES !== 0) {
    throw new ProofbookError('STREAM_LENGTH', { path, value: bytes });
  }
}
