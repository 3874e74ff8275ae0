import { crc32 } from 'node:zlib';
import { blake3 } from '@noble/hashes/blake3.js';
import { COMMAND_BYTES } from '../../engine/command-record.ts';

/** Commands as one request brought them, whole. */
export interface LoggedRequest {
  readonly kind: 'commands';
  /** Nanoseconds since the epoch: the timestamp of the batch that they begin in. */
  readonly timestampNs: bigint;
  /** BLAKE3 of the idempotency key, or 32 zero bytes. */
  readonly keyDigest: Uint8Array;
  /** BLAKE3 of what was sent under the key, or 32 zero bytes. */
  readonly contentDigest: Uint8Array;
  /** Command records, 32 bytes each. */
  readonly records: Uint8Array;
}

/** The end of a batch: it holds the first `commandCount` records that no batch before it took. */
export interface LoggedSeal {
  readonly kind: 'seal';
  readonly batchNumber: bigint;
  readonly timestampNs: bigint;
  /** Records, 1 .. 1024. */
  readonly commandCount: number;
}

export type MarketLogRecord = LoggedRequest | LoggedSeal;

/** 'PBCL' · 2 u32 · market config, 64 bytes. */
export const MARKET_LOG_VERSION = 2;
export const LOG_HEADER_BYTES = 72;
const MAGIC = 0x4c434250; // 'PBCL', read as a little-endian u32
const CONFIG_OFFSET = 8;

const HEAD_BYTES = 16;
const HEAD_CRC_OFFSET = 12;
const CHAIN_BYTES = 32;
const KIND_COMMANDS = 1;
const KIND_SEAL = 2;
const DIGEST_BYTES = 32;
const REQUEST_HEAD_BYTES = 8 + 2 * DIGEST_BYTES;
const SEAL_BYTES = 24;
/** Longest body: no request brings more than 8192 records. */
export const LOG_BODY_BYTES_MAX = REQUEST_HEAD_BYTES + 8192 * COMMAND_BYTES;

/** The first 72 bytes of a log. */
export function encodeLogHeader(marketConfig: Uint8Array): Uint8Array {
  const header = new Uint8Array(LOG_HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, MARKET_LOG_VERSION, true);
  header.set(marketConfig, CONFIG_OFFSET);
  return header;
}

/** Where the chain of a log begins: BLAKE3 of its header. */
export function chainOfHeader(header: Uint8Array): Uint8Array {
  return blake3(header);
}

/**
 * One record: body length u32 · kind u32 · CRC-32 of the body u32 · CRC-32 of these 12 bytes u32 · body · chain. The chain is BLAKE3 of the chain
 * before it and all that, so a record that is lost, altered or moved shows in every one behind it.
 *
 * @returns the bytes and the chain that the next record continues
 */
export function encodeLogRecord(
  record: MarketLogRecord,
  chain: Uint8Array,
): { readonly bytes: Uint8Array; readonly chain: Uint8Array } {
  const body = record.kind === 'commands' ? encodeRequest(record) : encodeSeal(record);
  const bytes = new Uint8Array(HEAD_BYTES + body.length + CHAIN_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, body.length, true);
  view.setUint32(4, record.kind === 'commands' ? KIND_COMMANDS : KIND_SEAL, true);
  view.setUint32(8, crc32(body), true);
  view.setUint32(HEAD_CRC_OFFSET, crc32(bytes.subarray(0, HEAD_CRC_OFFSET)), true);
  bytes.set(body, HEAD_BYTES);
  const next = chainAfter(chain, bytes.subarray(0, HEAD_BYTES + body.length));
  bytes.set(next, HEAD_BYTES + body.length);
  return { bytes, chain: next };
}

/** What stands at `offset` of a log: a whole record, a torn one, or a fault that no torn write explains. */
export type RecordRead =
  | {
      readonly outcome: 'record';
      readonly record: MarketLogRecord;
      readonly next: number;
      readonly chain: Uint8Array;
    }
  | { readonly outcome: 'torn' }
  | {
      readonly outcome: 'fault';
      readonly field: string;
      readonly value: string | number;
      readonly reason: string;
    };

/** Reads the record at `offset`, whose chain continues `chain`. */
export function readLogRecord(bytes: Uint8Array, offset: number, chain: Uint8Array): RecordRead {
  const left = bytes.length - offset;
  if (left < HEAD_BYTES) return { outcome: 'torn' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headCrc = view.getUint32(offset + HEAD_CRC_OFFSET, true);
  const headCrcExpected = crc32(bytes.subarray(offset, offset + HEAD_CRC_OFFSET));
  if (headCrc !== headCrcExpected) {
    // After a power cut a file may be longer than what was written: zeros. Anything else is damage, and what follows may be whole.
    if (bytes.subarray(offset).every((byte) => byte === 0)) return { outcome: 'torn' };
    return fault('head crc', headCrc, `its head has ${headCrcExpected}`);
  }
  const length = view.getUint32(offset, true);
  const end = offset + HEAD_BYTES + length + CHAIN_BYTES;
  if (length > LOG_BODY_BYTES_MAX) return fault('length', length, `at most ${LOG_BODY_BYTES_MAX}`);
  if (end > bytes.length) return { outcome: 'torn' };
  const body = bytes.subarray(offset + HEAD_BYTES, end - CHAIN_BYTES);
  const isLast = end === bytes.length;
  const crc = view.getUint32(offset + 8, true);
  // Of the last record the file may have its length before its bytes: blocks of zeros after a power cut.
  if (crc !== crc32(body))
    return isLast ? { outcome: 'torn' } : fault('crc', crc, `its body has ${crc32(body)}`);
  const next = chainAfter(chain, bytes.subarray(offset, end - CHAIN_BYTES));
  const stored = bytes.subarray(end - CHAIN_BYTES, end);
  if (Buffer.compare(stored, next) !== 0) {
    if (isLast) return { outcome: 'torn' };
    return fault(
      'chain',
      Buffer.from(stored).toString('hex'),
      `expected ${Buffer.from(next).toString('hex')}`,
    );
  }
  const record = decodeBody(view.getUint32(offset + 4, true), body);
  if (record === undefined) return fault('kind', view.getUint32(offset + 4, true), 'no such record');
  return { outcome: 'record', record, next: end, chain: next };
}

function fault(field: string, value: string | number, reason: string): RecordRead {
  return { outcome: 'fault', field, value, reason };
}

function chainAfter(chain: Uint8Array, bytes: Uint8Array): Uint8Array {
  return blake3.create({}).update(chain).update(bytes).digest();
}

function encodeRequest({ timestampNs, keyDigest, contentDigest, records }: LoggedRequest): Uint8Array {
  const body = new Uint8Array(REQUEST_HEAD_BYTES + records.length);
  new DataView(body.buffer).setBigUint64(0, timestampNs, true);
  body.set(keyDigest, 8);
  body.set(contentDigest, 8 + DIGEST_BYTES);
  body.set(records, REQUEST_HEAD_BYTES);
  return body;
}

function encodeSeal({ batchNumber, timestampNs, commandCount }: LoggedSeal): Uint8Array {
  const body = new Uint8Array(SEAL_BYTES);
  const view = new DataView(body.buffer);
  view.setBigUint64(0, batchNumber, true);
  view.setBigUint64(8, timestampNs, true);
  view.setUint32(16, commandCount, true);
  return body;
}

function decodeBody(kind: number, body: Uint8Array): MarketLogRecord | undefined {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  if (kind === KIND_SEAL && body.length === SEAL_BYTES) {
    return {
      kind: 'seal',
      batchNumber: view.getBigUint64(0, true),
      timestampNs: view.getBigUint64(8, true),
      commandCount: view.getUint32(16, true),
    };
  }
  const recordBytes = body.length - REQUEST_HEAD_BYTES;
  if (kind !== KIND_COMMANDS || recordBytes <= 0 || recordBytes % COMMAND_BYTES !== 0) return undefined;
  return {
    kind: 'commands',
    timestampNs: view.getBigUint64(0, true),
    keyDigest: body.slice(8, 8 + DIGEST_BYTES),
    contentDigest: body.slice(8 + DIGEST_BYTES, REQUEST_HEAD_BYTES),
    records: body.slice(REQUEST_HEAD_BYTES),
  };
}
