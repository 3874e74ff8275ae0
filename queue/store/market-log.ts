import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { messageOf } from '../../engine/message-of.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { writeFileDurably } from './durable-file.ts';
import { readLogFile } from './log-file.ts';
import { decodeMarketLog, type MarketLogContent } from './market-log-content.ts';
import { encodeLogHeader, encodeLogRecord, type MarketLogRecord } from './market-log-format.ts';

/**
 * The log of a running market, open for appending: the one source of truth. Whoever appends holds the lock of the service's
 * directory. One append at a time; each is one write and one fsync, however many records it holds.
 */
export class MarketLog {
  readonly path: string;
  readonly #file: FileHandle;
  #end: number;
  #chain: Uint8Array;
  #fault: ProofbookError | undefined;

  /** Starts a log. @throws what writing the file throws */
  static create(path: string, marketConfig: Uint8Array): void {
    writeFileDurably(path, encodeLogHeader(marketConfig));
  }

  /**
   * Opens a log for appending, and reads it. A torn last record is cut off, and kept beside the log as `.torn`: nobody was
   * told that it was taken.
   *
   * @throws FILE_UNREADABLE, COMMAND_LOG_MALFORMED
   */
  static async open(path: string): Promise<{ readonly log: MarketLog; readonly content: MarketLogContent }> {
    const bytes = readLogFile(path);
    const content = decodeMarketLog(path, bytes);
    if (content.end < bytes.length) {
      writeFileDurably(`${path}.torn`, bytes.subarray(content.end));
      truncateFile(path, content.end);
    }
    const file = await open(path, 'r+');
    return { log: new MarketLog(path, file, content), content };
  }

  private constructor(path: string, file: FileHandle, { end, chain }: MarketLogContent) {
    this.path = path;
    this.#file = file;
    this.#end = end;
    this.#chain = chain;
  }

  /** Why nothing can be appended any more; undefined while all is well. */
  get fault(): ProofbookError | undefined {
    return this.#fault;
  }

  /**
   * Appends records; when it resolves they survive a crash. What could not be written is taken back, so the next append may
   * succeed: a full disk may be emptied. After a failed fsync nobody knows what is on the disk, so the log takes nothing more.
   *
   * @throws LOG_UNWRITABLE
   */
  async append(records: readonly MarketLogRecord[]): Promise<void> {
    if (this.#fault !== undefined) throw this.#fault;
    let chain = this.#chain;
    const parts = records.map((record) => {
      const encoded = encodeLogRecord(record, chain);
      chain = encoded.chain;
      return encoded.bytes;
    });
    const bytes = Buffer.concat(parts);
    try {
      await writeAll(this.#file, bytes, this.#end);
    } catch (cause) {
      await this.#takeBack(cause);
      throw new ProofbookError('LOG_UNWRITABLE', { path: this.path, reason: messageOf(cause) }, { cause });
    }
    try {
      await this.#file.datasync();
    } catch (cause) {
      throw this.#breakWith(cause);
    }
    this.#end += bytes.length;
    this.#chain = chain;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #takeBack(cause: unknown): Promise<void> {
    try {
      await this.#file.truncate(this.#end);
    } catch {
      this.#breakWith(cause);
    }
  }

  #breakWith(cause: unknown): ProofbookError {
    this.#fault = new ProofbookError(
      'LOG_UNWRITABLE',
      { path: this.path, reason: messageOf(cause) },
      { cause },
    );
    return this.#fault;
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

function truncateFile(path: string, length: number): void {
  const descriptor = openSync(path, 'r+');
  try {
    ftruncateSync(descriptor, length);
  } finally {
    closeSync(descriptor);
  }
}
