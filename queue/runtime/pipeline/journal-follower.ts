import { closeSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { copyBytes } from '../../../engine/copy-bytes.ts';
import { messageOf } from '../../../engine/message-of.ts';
import { ProofbookError } from '../../../engine/proofbook-error.ts';
import {
  BATCH_HEADER_BYTES,
  GROUP_HEADER_BYTES,
  GROUP_MAGIC,
  JOURNAL_CONFIG_OFFSET,
  JOURNAL_HEADER_BYTES,
  JOURNAL_MAGIC,
  JOURNAL_VERSION,
} from './journal-layout.ts';

const CONFIG_BYTES = 64;
const RECORD_BYTES = 32;

/** A batch as the journal has it. */
export interface JournalledBatch {
  readonly batchNumber: bigint;
  /** ns since the epoch. */
  readonly timestampNs: bigint;
  /** Slots that it took from the ingress ring. */
  readonly ingressSlots: number;
  readonly transitionCount: number;
  /** Packed records. */
  readonly commands: Uint8Array;
}

/** Reads a journal while it is written: each call of `next` gives the groups that have come since the last. */
export class JournalFollower {
  readonly #path: string;
  readonly #descriptor: number;
  #offset = JOURNAL_HEADER_BYTES;
  #group = 0;
  /** 64 bytes. */
  readonly marketConfig: Uint8Array;

  /** @throws FILE_UNREADABLE, COMMAND_LOG_MALFORMED for a file that is no journal */
  constructor(path: string) {
    this.#path = path;
    this.#descriptor = openFile(path);
    const header = this.#readAt(0, JOURNAL_HEADER_BYTES);
    if (header.length < JOURNAL_HEADER_BYTES) {
      this.#refuse('length', header.length, `a journal starts with ${JOURNAL_HEADER_BYTES} bytes`);
    }
    const view = new DataView(header.buffer);
    if (view.getUint32(0, true) !== JOURNAL_MAGIC)
      this.#refuse('magic', view.getUint32(0, true), 'expected "PBRJ"');
    if (view.getUint32(4, true) !== JOURNAL_VERSION) {
      this.#refuse('version', view.getUint32(4, true), `this code reads version ${JOURNAL_VERSION}`);
    }
    this.marketConfig = copyBytes(header, JOURNAL_CONFIG_OFFSET, JOURNAL_CONFIG_OFFSET + CONFIG_BYTES);
  }

  /** The batches of the next whole group; none when it is not there yet. @throws COMMAND_LOG_MALFORMED for damage */
  next(): readonly JournalledBatch[] {
    const header = this.#readAt(this.#offset, GROUP_HEADER_BYTES);
    if (header.length < GROUP_HEADER_BYTES) return [];
    const view = new DataView(header.buffer);
    if (view.getUint32(0, true) !== GROUP_MAGIC)
      this.#refuse('group magic', view.getUint32(0, true), 'expected "GRUP"');
    const length = view.getUint32(4, true);
    const body = this.#readAt(this.#offset + GROUP_HEADER_BYTES, length);
    // A write is not seen all at once: what is missing, or not as its checksum says, may be on its way.
    if (body.length < length) return [];
    if (crc32(body) !== view.getUint32(8, true)) {
      if (this.#readAt(this.#offset + GROUP_HEADER_BYTES + length, 1).length === 0) return [];
      this.#refuse('group checksum', crc32(body), `expected ${view.getUint32(8, true)}`);
    }
    const batches = this.#decode(body, view.getUint32(12, true));
    this.#offset += GROUP_HEADER_BYTES + length;
    this.#group += 1;
    return batches;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #decode(body: Uint8Array, count: number): JournalledBatch[] {
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    const batches: JournalledBatch[] = [];
    let at = 0;
    while (batches.length < count) {
      const records = at + BATCH_HEADER_BYTES > body.length ? 0 : view.getUint32(at + 20, true);
      const end = at + BATCH_HEADER_BYTES + records * RECORD_BYTES;
      if (records === 0 || end > body.length)
        this.#refuse('records', records, 'the batch does not fit its group');
      batches.push({
        batchNumber: view.getBigUint64(at, true),
        timestampNs: view.getBigUint64(at + 8, true),
        ingressSlots: view.getUint32(at + 16, true),
        transitionCount: view.getUint32(at + 24, true),
        commands: copyBytes(body, at + BATCH_HEADER_BYTES, end),
      });
      at = end;
    }
    if (at !== body.length) this.#refuse('group length', body.length, `its batches have ${at} bytes`);
    return batches;
  }

  #readAt(offset: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    let read = 0;
    while (read < length) {
      const count = readSync(this.#descriptor, bytes, read, length - read, offset + read);
      if (count === 0) break;
      read += count;
    }
    return read === length ? bytes : bytes.slice(0, read);
  }

  #refuse(field: string, value: number, reason: string): never {
    throw new ProofbookError('COMMAND_LOG_MALFORMED', {
      path: this.#path,
      entry: this.#group,
      field,
      value,
      reason,
    });
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const reason = messageOf(error);
    throw new ProofbookError('FILE_UNREADABLE', { path, reason }, { cause: error });
  }
}
