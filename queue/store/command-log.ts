import { existsSync, truncateSync } from 'node:fs';
import { blake3 } from '@noble/hashes/blake3.js';
import { copyBytes } from '../../engine/copy-bytes.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { appendFileDurably, writeFileDurably } from './durable-file.ts';
import { readLogFile } from './log-file.ts';
import type { LoggedBatch } from './logged-batch.ts';
import { decodeMarketLog } from './market-log-content.ts';
import { MARKET_LOG_VERSION } from './market-log-format.ts';

/** What a command log holds. */
export interface CommandLogContent {
  /** 64 bytes. */
  readonly marketConfig: Uint8Array;
  readonly batches: readonly LoggedBatch[];
}

const MAGIC = 0x4c434250; // 'PBCL', read as a little-endian u32
const VERSION = 1;
const HEADER_BYTES = 72;
const CONFIG_OFFSET = 8;
const RECORD_BYTES = 32;
const ENTRY_HEADER_BYTES = 24;
const DIGEST_BYTES = 32;
const RECORDS_MAX = 1024;

/**
 * The log from which an auditor replays: the market config and the commands of every batch, in order, append only.
 *
 * File: 'PBCL' · version u32 · market config (64 bytes) · entries. Entry: batchNumber u64 · timestamp u64 · commandCount
 * u32 · 0 u32 · the records · BLAKE3 of all that, 32 bytes. The digest shows a torn append; it is no protection against
 * somebody who writes another log: the receipts' roots are.
 */
export class CommandLog {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  exists(): boolean {
    return existsSync(this.path);
  }

  /** Starts a log. @throws DATA_DIRECTORY_IN_USE when there is one */
  create(marketConfig: Uint8Array): void {
    if (this.exists()) {
      throw new ProofbookError('DATA_DIRECTORY_IN_USE', {
        path: this.path,
        value: 'a command log',
        reason: 'another run wrote it',
      });
    }
    const header = new Uint8Array(HEADER_BYTES);
    const view = new DataView(header.buffer);
    view.setUint32(0, MAGIC, true);
    view.setUint32(4, VERSION, true);
    header.set(marketConfig, CONFIG_OFFSET);
    writeFileDurably(this.path, header);
  }

  /** Appends a batch; when it returns, the commands survive a crash. */
  append(batch: LoggedBatch): void {
    appendFileDurably(this.path, encodeEntry(batch));
  }

  /**
   * Cuts off a last entry that is not whole: its append was interrupted, so nobody was told that it was taken. What is
   * cut is kept beside the log as `.torn`. Damage of any other kind stays, for `read` to refuse.
   *
   * @throws FILE_UNREADABLE, COMMAND_LOG_MALFORMED for a file that is no command log
   */
  dropTornEntry(): void {
    const bytes = readLogFile(this.path);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#checkHeader(bytes, view);
    let offset = HEADER_BYTES;
    while (offset < bytes.length) {
      const left = bytes.length - offset;
      const length = left < ENTRY_HEADER_BYTES ? left + 1 : declaredLength(view, offset);
      if (length === undefined) return;
      if (length > left) {
        writeFileDurably(`${this.path}.torn`, bytes.subarray(offset));
        truncateSync(this.path, offset);
        return;
      }
      offset += length;
    }
  }

  /** Reads a whole log, the batches that were sealed in it; of either version. @throws FILE_UNREADABLE, COMMAND_LOG_MALFORMED naming entry, field and value */
  read(): CommandLogContent {
    const bytes = readLogFile(this.path);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (isMarketLog(bytes, view)) return decodeMarketLog(this.path, bytes);
    this.#checkHeader(bytes, view);
    const batches: LoggedBatch[] = [];
    let offset = HEADER_BYTES;
    while (offset < bytes.length) {
      const { batch, next } = this.#decodeEntry(bytes, view, offset, batches.length + 1);
      batches.push(batch);
      offset = next;
    }
    return { marketConfig: copyBytes(bytes, CONFIG_OFFSET, HEADER_BYTES), batches };
  }

  #checkHeader(bytes: Uint8Array, view: DataView): void {
    if (bytes.length < HEADER_BYTES) {
      refuse(this.path, 0, 'length', bytes.length, `a log starts with ${HEADER_BYTES} bytes`);
    }
    if (view.getUint32(0, true) !== MAGIC) {
      refuse(this.path, 0, 'magic', Buffer.from(bytes.subarray(0, 4)).toString('hex'), 'expected "PBCL"');
    }
    const version = view.getUint32(4, true);
    if (version !== VERSION) refuse(this.path, 0, 'version', version, `this code reads version ${VERSION}`);
  }

  #decodeEntry(bytes: Uint8Array, view: DataView, offset: number, entry: number) {
    const left = bytes.length - offset;
    if (left < ENTRY_HEADER_BYTES) {
      refuse(this.path, entry, 'length', left, `an entry starts with ${ENTRY_HEADER_BYTES} bytes`);
    }
    const commandCount = view.getUint32(offset + 16, true);
    if (commandCount < 1 || commandCount > RECORDS_MAX) {
      refuse(this.path, entry, 'commandCount', commandCount, `must be in 1 .. ${RECORDS_MAX}`);
    }
    const reserved = view.getUint32(offset + 20, true);
    if (reserved !== 0) refuse(this.path, entry, 'reserved word at 20', reserved, 'must be 0');
    const recordsStart = offset + ENTRY_HEADER_BYTES;
    const recordsEnd = recordsStart + commandCount * RECORD_BYTES;
    const next = recordsEnd + DIGEST_BYTES;
    if (next > bytes.length) {
      refuse(this.path, entry, 'length', left, `${commandCount} records need ${next - offset} bytes`);
    }
    const stored = Buffer.from(bytes.subarray(recordsEnd, next)).toString('hex');
    const actual = Buffer.from(blake3(bytes.subarray(offset, recordsEnd))).toString('hex');
    if (stored !== actual) refuse(this.path, entry, 'digest', stored, `its bytes hash to ${actual}`);
    const batch: LoggedBatch = {
      batchNumber: view.getBigUint64(offset, true),
      timestampNs: view.getBigUint64(offset + 8, true),
      commands: copyBytes(bytes, recordsStart, recordsEnd),
    };
    return { batch, next };
  }
}

/** A log that the service wrote, request by request: version 2, market-log-format.ts. */
function isMarketLog(bytes: Uint8Array, view: DataView): boolean {
  if (bytes.length < HEADER_BYTES || view.getUint32(0, true) !== MAGIC) return false;
  return view.getUint32(4, true) === MARKET_LOG_VERSION;
}

/** The length that an entry's header declares; undefined when no append of ours wrote such a header. */
function declaredLength(view: DataView, offset: number): number | undefined {
  const commandCount = view.getUint32(offset + 16, true);
  const reserved = view.getUint32(offset + 20, true);
  if (commandCount < 1 || commandCount > RECORDS_MAX || reserved !== 0) return undefined;
  return ENTRY_HEADER_BYTES + commandCount * RECORD_BYTES + DIGEST_BYTES;
}

/** The bytes of one entry, digest included. */
export function encodeEntry(batch: LoggedBatch): Uint8Array {
  const commandsEnd = ENTRY_HEADER_BYTES + batch.commands.length;
  const entry = new Uint8Array(commandsEnd + DIGEST_BYTES);
  const view = new DataView(entry.buffer);
  view.setBigUint64(0, batch.batchNumber, true);
  view.setBigUint64(8, batch.timestampNs, true);
  view.setUint32(16, batch.commands.length / RECORD_BYTES, true);
  entry.set(batch.commands, ENTRY_HEADER_BYTES);
  entry.set(blake3(entry.subarray(0, commandsEnd)), commandsEnd);
  return entry;
}

function refuse(path: string, entry: number, field: string, value: string | number, reason: string): never {
  throw new ProofbookError('COMMAND_LOG_MALFORMED', { path, entry, field, value, reason });
}
