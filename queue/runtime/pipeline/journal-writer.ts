import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { Geometry } from '../../../engine/geometry.ts';
import { encodeMarketConfig, type MarketConfig } from '../../../engine/market-config.ts';
import { messageOf } from '../../../engine/message-of.ts';
import { ProofbookError } from '../../../engine/proofbook-error.ts';
import {
  GROUP_HEADER_BYTES,
  GROUP_MAGIC,
  JOURNAL_CONFIG_OFFSET,
  JOURNAL_HEADER_BYTES,
  JOURNAL_MAGIC,
  JOURNAL_VERSION,
} from './journal-layout.ts';

const GROUP_BODY_MAX = 4 * 2 ** 20;

/** Whether a group is on the disk when `commit` returns, or only with the operating system. */
export type Durability = 'synced' | 'written';

/** Appends groups of batches to a journal file. One buffer, made once; batches are encoded into `body` by the caller. */
export class JournalWriter {
  readonly #descriptor: number;
  readonly #durability: Durability;
  readonly #group = new Uint8Array(GROUP_HEADER_BYTES + GROUP_BODY_MAX);
  readonly #header = new DataView(this.#group.buffer, 0, GROUP_HEADER_BYTES);
  /** Where the batches of the next group are written. */
  readonly body = this.#group.subarray(GROUP_HEADER_BYTES);
  /** Bytes and groups that were appended since this writer was opened. */
  bytesWritten = 0;
  groupsWritten = 0;

  /** Starts a journal. @throws DATA_DIRECTORY_IN_USE when the file is there, FILE_UNWRITABLE */
  constructor(path: string, geometry: Geometry, config: MarketConfig, durability: Durability) {
    this.#durability = durability;
    this.#descriptor = createFile(path);
    const header = new Uint8Array(JOURNAL_HEADER_BYTES);
    const view = new DataView(header.buffer);
    view.setUint32(0, JOURNAL_MAGIC, true);
    view.setUint32(4, JOURNAL_VERSION, true);
    header.set(encodeMarketConfig(config, geometry), JOURNAL_CONFIG_OFFSET);
    this.#append(header, header.length);
  }

  /** Appends the first `bodyBytes` of `body` as one group of `batches` batches. */
  commit(bodyBytes: number, batches: number): void {
    this.#header.setUint32(0, GROUP_MAGIC, true);
    this.#header.setUint32(4, bodyBytes, true);
    this.#header.setUint32(8, crc32(this.body.subarray(0, bodyBytes)), true);
    this.#header.setUint32(12, batches, true);
    this.#append(this.#group, GROUP_HEADER_BYTES + bodyBytes);
    this.groupsWritten += 1;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #append(bytes: Uint8Array, length: number): void {
    let offset = 0;
    while (offset < length) offset += writeSync(this.#descriptor, bytes, offset, length - offset);
    if (this.#durability === 'synced') fdatasyncSync(this.#descriptor);
    this.bytesWritten += length;
  }
}

function createFile(path: string): number {
  try {
    return openSync(path, 'ax', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      const reason = 'another run wrote it';
      throw new ProofbookError(
        'DATA_DIRECTORY_IN_USE',
        { path, value: 'a journal', reason },
        { cause: error },
      );
    }
    const reason = messageOf(error);
    throw new ProofbookError('FILE_UNWRITABLE', { path, reason }, { cause: error });
  }
}
