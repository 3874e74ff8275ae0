import type { Digest } from './brands.ts';
import { copyBytes } from './copy-bytes.ts';
import { hex } from './hex.ts';
import { ProofbookError } from './proofbook-error.ts';
import { RUN_BATCHES_MAX } from './run-witness.ts';

/** Length of an aggregate journal in bytes (docs/aggregation.md). */
export const AGGREGATE_JOURNAL_BYTES = 256;
const VERSION = 1;

/** The statement that one proof proves about consecutive batches (docs/aggregation.md); u64 fields are bigint. */
export interface AggregateJournal {
  readonly marketId: bigint;
  readonly firstBatchNumber: bigint;
  readonly lastBatchNumber: bigint;
  readonly firstSequence: bigint;
  readonly lastSequence: bigint;
  /** Command records of all batches. */
  readonly commandCount: bigint;
  /** Always lastSequence - firstSequence + 1. */
  readonly transitionCount: bigint;
  /** Of the first batch, nanoseconds since the epoch. */
  readonly firstTimestamp: bigint;
  readonly lastTimestamp: bigint;
  readonly configDigest: Digest;
  /** Before the first batch. */
  readonly preStateRoot: Digest;
  /** After the last batch. */
  readonly postStateRoot: Digest;
  /** Merkle root of the batch journals, the first batch at leaf 0. */
  readonly journalsRoot: Digest;
}

const MAGIC_TEXT = 'PBAG';
const MAGIC = 0x47414250; // 'PBAG', read as a little-endian u32
const U64_MAX = 2n ** 64n - 1n;
const DIGEST_BYTES = 32;

const U64_OFFSETS = {
  marketId: 8,
  firstBatchNumber: 16,
  lastBatchNumber: 24,
  firstSequence: 32,
  lastSequence: 40,
  commandCount: 48,
  transitionCount: 56,
  firstTimestamp: 64,
  lastTimestamp: 72,
} as const;
const DIGEST_OFFSETS = {
  configDigest: 96,
  preStateRoot: 128,
  postStateRoot: 160,
  journalsRoot: 192,
} as const;
const RESERVED = [
  [80, 96],
  [224, 256],
] as const;

/** Whether these bytes call themselves an aggregate journal; `decodeAggregateJournal` says whether they are one. */
export function isAggregateJournal(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, MAGIC_TEXT.length)).toString('latin1') === MAGIC_TEXT;
}

/** How many batches an aggregate has. */
export function batchCountOf({ firstBatchNumber, lastBatchNumber }: AggregateJournal): number {
  return Number(lastBatchNumber - firstBatchNumber) + 1;
}

/**
 * Reads an aggregate journal from its 256 bytes.
 *
 * @throws AGGREGATE_JOURNAL_MALFORMED naming the field and its value: length, magic, version, a reserved byte that is not 0, or
 * numbers that no run of batches can have.
 */
export function decodeAggregateJournal(bytes: Uint8Array): AggregateJournal {
  if (bytes.length !== AGGREGATE_JOURNAL_BYTES) {
    refuse('length', bytes.length, `an aggregate journal has ${AGGREGATE_JOURNAL_BYTES} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isAggregateJournal(bytes)) refuse('magic', hex(bytes.subarray(0, 4)), `expected "${MAGIC_TEXT}"`);
  const version = view.getUint32(4, true);
  if (version !== VERSION) refuse('version', version, `this code reads version ${VERSION}`);
  for (const [from, to] of RESERVED) {
    for (let offset = from; offset < to; offset++) {
      const value = view.getUint8(offset);
      if (value !== 0) refuse(`reserved byte at ${offset}`, value, 'must be 0');
    }
  }
  const word = (name: keyof typeof U64_OFFSETS) => view.getBigUint64(U64_OFFSETS[name], true);
  const digest = (name: keyof typeof DIGEST_OFFSETS) =>
    copyBytes(bytes, DIGEST_OFFSETS[name], DIGEST_OFFSETS[name] + DIGEST_BYTES) as Digest;
  const journal: AggregateJournal = {
    marketId: word('marketId'),
    firstBatchNumber: word('firstBatchNumber'),
    lastBatchNumber: word('lastBatchNumber'),
    firstSequence: word('firstSequence'),
    lastSequence: word('lastSequence'),
    commandCount: word('commandCount'),
    transitionCount: word('transitionCount'),
    firstTimestamp: word('firstTimestamp'),
    lastTimestamp: word('lastTimestamp'),
    configDigest: digest('configDigest'),
    preStateRoot: digest('preStateRoot'),
    postStateRoot: digest('postStateRoot'),
    journalsRoot: digest('journalsRoot'),
  };
  requireConsistent(journal);
  return journal;
}

/**
 * Writes an aggregate journal as its 256 bytes; decoding gives the same again.
 *
 * @throws AGGREGATE_JOURNAL_MALFORMED naming the field that does not fit its width or contradicts the others.
 */
export function encodeAggregateJournal(journal: AggregateJournal): Uint8Array {
  const bytes = new Uint8Array(AGGREGATE_JOURNAL_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  for (const [name, offset] of entriesOf(U64_OFFSETS)) {
    const value = journal[name];
    if (value < 0n || value > U64_MAX) refuse(name, value, 'must be a u64');
    view.setBigUint64(offset, value, true);
  }
  for (const [name, offset] of entriesOf(DIGEST_OFFSETS)) {
    const digest = journal[name];
    if (digest.length !== DIGEST_BYTES)
      refuse(name, `${digest.length} bytes`, `must have ${DIGEST_BYTES} bytes`);
    bytes.set(digest, offset);
  }
  requireConsistent(journal);
  return bytes;
}

/** A run has 1 .. 256 batches, each with at least one command and one transition, and each transition takes one sequence number. */
function requireConsistent(journal: AggregateJournal): void {
  const { firstBatchNumber, lastBatchNumber, firstSequence, lastSequence } = journal;
  const { commandCount, transitionCount, firstTimestamp, lastTimestamp } = journal;
  if (firstBatchNumber < 1n) refuse('firstBatchNumber', firstBatchNumber, 'the first batch is 1');
  const batches = lastBatchNumber - firstBatchNumber + 1n;
  if (batches < 1n || batches > BigInt(RUN_BATCHES_MAX)) {
    const reason = `an aggregate from batch ${firstBatchNumber} has 1 .. ${RUN_BATCHES_MAX} batches`;
    refuse('lastBatchNumber', lastBatchNumber, reason);
  }
  if (commandCount < batches)
    refuse('commandCount', commandCount, `${batches} batches have at least as many`);
  if (transitionCount < batches) {
    refuse('transitionCount', transitionCount, `${batches} batches have at least as many`);
  }
  if (firstSequence < 1n) refuse('firstSequence', firstSequence, 'the first transition is 1');
  if (lastSequence !== firstSequence + transitionCount - 1n) {
    const reason = `${transitionCount} transitions from ${firstSequence} do not end there`;
    refuse('lastSequence', lastSequence, reason);
  }
  if (lastTimestamp < firstTimestamp) refuse('lastTimestamp', lastTimestamp, `begins at ${firstTimestamp}`);
}

function refuse(field: string, value: string | number | bigint, reason: string): never {
  throw new ProofbookError('AGGREGATE_JOURNAL_MALFORMED', { field, value, reason });
}

function entriesOf<T extends Record<string, number>>(offsets: T): readonly [keyof T & string, number][] {
  return Object.entries(offsets);
}
