import { blake3 } from '@noble/hashes/blake3.js';
import { copyBytes } from '../../engine/copy-bytes.ts';
import { hex } from '../../engine/hex.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import {
  decodeReceiptHeader,
  encodeReceiptHeader,
  RECEIPT_HEADER_BYTES_MAX,
  type ReceiptHeader,
} from './receipt-header.ts';

// The bytes of a receipt file; FORMAT.md beside this file is their text.

/** The format version that this code writes, and the only one that it reads. */
const RECEIPT_FORMAT_VERSION = 1;

const MAGIC = new TextEncoder().encode('PBRC');
const VERSION_OFFSET = 4;
const HEADER_LENGTH_OFFSET = 8;
const HEADER_OFFSET = 12;
const CHECKSUM_BYTES = 32;

/** The three parts that a receipt file holds. */
export interface ReceiptParts {
  readonly header: ReceiptHeader;
  readonly journal: Uint8Array;
  readonly seal: Uint8Array;
}

/** The file of a receipt; the lengths in the header are set from the parts. @throws RECEIPT_HEADER */
export function encodeReceiptFile(parts: ReceiptParts): Uint8Array {
  const { journal, seal } = parts;
  const header = encodeReceiptHeader({
    ...parts.header,
    journalBytes: journal.length,
    sealBytes: seal.length,
  });
  const checksumOffset = HEADER_OFFSET + header.length + journal.length + seal.length;
  const file = new Uint8Array(checksumOffset + CHECKSUM_BYTES);
  const view = new DataView(file.buffer);
  file.set(MAGIC, 0);
  view.setUint32(VERSION_OFFSET, RECEIPT_FORMAT_VERSION, true);
  view.setUint32(HEADER_LENGTH_OFFSET, header.length, true);
  file.set(header, HEADER_OFFSET);
  file.set(journal, HEADER_OFFSET + header.length);
  file.set(seal, HEADER_OFFSET + header.length + journal.length);
  file.set(blake3(file.subarray(0, checksumOffset)), checksumOffset);
  return file;
}

/**
 * Reads a receipt file. What it returns is well-formed and nothing more: whether it proves anything is for
 * `Receipt.verify` to say.
 *
 * @throws RECEIPT_MAGIC, RECEIPT_VERSION, RECEIPT_TRUNCATED, RECEIPT_TRAILING, RECEIPT_HEADER, RECEIPT_CORRUPTED
 */
export function decodeReceiptFile(file: Uint8Array): ReceiptParts {
  requireMagic(file.subarray(0, MAGIC.length));
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  requireBytes('prefix', file.length, HEADER_OFFSET);
  const version = view.getUint32(VERSION_OFFSET, true);
  if (version !== RECEIPT_FORMAT_VERSION) {
    throw new ProofbookError('RECEIPT_VERSION', { value: version, expected: RECEIPT_FORMAT_VERSION });
  }
  const headerLength = view.getUint32(HEADER_LENGTH_OFFSET, true);
  if (headerLength > RECEIPT_HEADER_BYTES_MAX) {
    const reason = `at most ${RECEIPT_HEADER_BYTES_MAX} bytes`;
    throw new ProofbookError('RECEIPT_HEADER', { field: 'length', value: headerLength, reason });
  }
  const journalOffset = HEADER_OFFSET + headerLength;
  requireBytes('header', file.length, journalOffset);
  const header = decodeReceiptHeader(file.subarray(HEADER_OFFSET, journalOffset));
  const sealOffset = journalOffset + header.journalBytes;
  const checksumOffset = sealOffset + header.sealBytes;
  requireBytes('journal', file.length, sealOffset);
  requireBytes('seal', file.length, checksumOffset);
  requireBytes('checksum', file.length, checksumOffset + CHECKSUM_BYTES);
  if (file.length > checksumOffset + CHECKSUM_BYTES) {
    throw new ProofbookError('RECEIPT_TRAILING', {
      value: file.length,
      expected: checksumOffset + CHECKSUM_BYTES,
    });
  }
  requireChecksum(file.subarray(0, checksumOffset), file.subarray(checksumOffset));
  return {
    header,
    journal: copyBytes(file, journalOffset, sealOffset),
    seal: copyBytes(file, sealOffset, checksumOffset),
  };
}

/** A file that is shorter than the magic is cut short if what is there fits, and no receipt otherwise. */
function requireMagic(start: Uint8Array): void {
  if (start.some((byte, offset) => byte !== MAGIC[offset])) {
    const expected = hex(MAGIC);
    throw new ProofbookError('RECEIPT_MAGIC', { value: hex(start), expected });
  }
  requireBytes('magic', start.length, MAGIC.length);
}

function requireBytes(field: string, value: number, expected: number): void {
  if (value < expected) throw new ProofbookError('RECEIPT_TRUNCATED', { field, value, expected });
}

function requireChecksum(content: Uint8Array, checksum: Uint8Array): void {
  const value = hex(checksum);
  const expected = hex(blake3(content));
  if (value !== expected) throw new ProofbookError('RECEIPT_CORRUPTED', { value, expected });
}
