import type { Digest } from './brands.ts';
import { copyBytes } from './copy-bytes.ts';
import { hex } from './hex.ts';
import { ProofbookError } from './proofbook-error.ts';

/** Length of a journal in bytes (PROTOCOL.md §7). */
export const JOURNAL_BYTES = 256;
/** The journal version that this code reads and writes. */
const JOURNAL_VERSION = 1;

/** The statement that a proof proves about one batch (PROTOCOL.md §7); u64 fields are bigint, u32 fields number. */
export interface Journal {
  readonly marketId: bigint;
  /** The first batch is 1. */
  readonly batchNumber: bigint;
  /** Last sequence of the pre-state + 1. */
  readonly firstSequence: bigint;
  readonly lastSequence: bigint;
  /** Command records, 1 .. 1024. */
  readonly commandCount: number;
  /** Transitions, 1 .. 4096; always lastSequence - firstSequence + 1. */
  readonly transitionCount: number;
  /** Nanoseconds since the epoch. */
  readonly timestamp: bigint;
  readonly configDigest: Digest;
  readonly preStateRoot: Digest;
  readonly postStateRoot: Digest;
  readonly commandsRoot: Digest;
  readonly transitionsRoot: Digest;
}

const MAGIC_TEXT = 'PBJN';
const MAGIC = 0x4e4a4250; // 'PBJN', read as a little-endian u32
const COMMANDS_MAX = 1024;
const TRANSITIONS_MAX = 4096;
const U64_MAX = 2n ** 64n - 1n;
const DIGEST_BYTES = 32;
const RESERVED_WORD_OFFSET = 56;
const RESERVED_TAIL_OFFSET = 224;

const U64_OFFSETS = {
  marketId: 8,
  batchNumber: 16,
  firstSequence: 24,
  lastSequence: 32,
  timestamp: 48,
} as const;
const U32_OFFSETS = { commandCount: 40, transitionCount: 44 } as const;
const DIGEST_OFFSETS = {
  configDigest: 64,
  preStateRoot: 96,
  postStateRoot: 128,
  commandsRoot: 160,
  transitionsRoot: 192,
} as const;

/**
 * Reads a journal from its 256 bytes.
 *
 * @throws JOURNAL_MALFORMED naming the field and its value: wrong length, magic, version, a reserved byte that is
 * not 0, or counts and sequences that no batch can have.
 */
export function decodeJournal(bytes: Uint8Array): Journal {
  if (bytes.length !== JOURNAL_BYTES) refuse('length', bytes.length, `a journal has ${JOURNAL_BYTES} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC)
    refuse('magic', hex(bytes.subarray(0, 4)), `expected "${MAGIC_TEXT}"`);
  const version = view.getUint32(4, true);
  if (version !== JOURNAL_VERSION) refuse('version', version, `this code reads version ${JOURNAL_VERSION}`);
  const word = view.getBigUint64(RESERVED_WORD_OFFSET, true);
  if (word !== 0n) refuse('reserved word at 56', word, 'must be 0');
  for (let offset = RESERVED_TAIL_OFFSET; offset < JOURNAL_BYTES; offset++) {
    const value = view.getUint8(offset);
    if (value !== 0) refuse(`reserved byte at ${offset}`, value, 'must be 0');
  }
  const word64 = (name: keyof typeof U64_OFFSETS) => view.getBigUint64(U64_OFFSETS[name], true);
  const digest = (name: keyof typeof DIGEST_OFFSETS) =>
    copyBytes(bytes, DIGEST_OFFSETS[name], DIGEST_OFFSETS[name] + DIGEST_BYTES) as Digest;
  const journal: Journal = {
    marketId: word64('marketId'),
    batchNumber: word64('batchNumber'),
    firstSequence: word64('firstSequence'),
    lastSequence: word64('lastSequence'),
    commandCount: view.getUint32(U32_OFFSETS.commandCount, true),
    transitionCount: view.getUint32(U32_OFFSETS.transitionCount, true),
    timestamp: word64('timestamp'),
    configDigest: digest('configDigest'),
    preStateRoot: digest('preStateRoot'),
    postStateRoot: digest('postStateRoot'),
    commandsRoot: digest('commandsRoot'),
    transitionsRoot: digest('transitionsRoot'),
  };
  requireConsistentCounts(journal);
  return journal;
}

/**
 * Writes a journal as its 256 bytes; `decodeJournal(encodeJournal(j))` equals `j`.
 *
 * @throws JOURNAL_MALFORMED naming the field that does not fit its width or contradicts the others.
 */
export function encodeJournal(journal: Journal): Uint8Array {
  const bytes = new Uint8Array(JOURNAL_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, JOURNAL_VERSION, true);
  for (const [name, offset] of entriesOf(U64_OFFSETS)) {
    const value = journal[name];
    if (typeof value !== 'bigint' || value < 0n || value > U64_MAX)
      refuse(name, value, 'must be a u64 bigint');
    view.setBigUint64(offset, value, true);
  }
  requireConsistentCounts(journal);
  for (const [name, offset] of entriesOf(U32_OFFSETS)) view.setUint32(offset, journal[name], true);
  for (const [name, offset] of entriesOf(DIGEST_OFFSETS)) {
    const digest = journal[name];
    if (digest.length !== DIGEST_BYTES)
      refuse(name, `${digest.length} bytes`, `must have ${DIGEST_BYTES} bytes`);
    bytes.set(digest, offset);
  }
  return bytes;
}

/** A batch has 1 .. 1024 records and 1 .. 4096 transitions, and each transition takes one sequence number (§2, §7). */
function requireConsistentCounts(journal: Journal): void {
  const { commandCount, transitionCount, batchNumber, firstSequence, lastSequence } = journal;
  if (!Number.isInteger(commandCount) || commandCount < 1 || commandCount > COMMANDS_MAX) {
    refuse('commandCount', commandCount, `must be in 1 .. ${COMMANDS_MAX}`);
  }
  if (!Number.isInteger(transitionCount) || transitionCount < 1 || transitionCount > TRANSITIONS_MAX) {
    refuse('transitionCount', transitionCount, `must be in 1 .. ${TRANSITIONS_MAX}`);
  }
  if (batchNumber < 1n) refuse('batchNumber', batchNumber, 'the first batch is 1');
  if (firstSequence < 1n) refuse('firstSequence', firstSequence, 'the first transition is 1');
  if (lastSequence !== firstSequence + BigInt(transitionCount) - 1n) {
    refuse(
      'lastSequence',
      lastSequence,
      `${transitionCount} transitions from ${firstSequence} do not end there`,
    );
  }
}

function refuse(field: string, value: string | number | bigint, reason: string): never {
  throw new ProofbookError('JOURNAL_MALFORMED', { field, value, reason });
}

function entriesOf<T extends Record<string, number>>(offsets: T): readonly [keyof T & string, number][] {
  return Object.entries(offsets);
}
