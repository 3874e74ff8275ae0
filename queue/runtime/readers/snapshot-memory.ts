import { ProofbookError } from '../../../engine/proofbook-error.ts';

// Whole snapshots for readers that take their time. The writer publishes into one of several buffers and moves the epoch on; a reader pins
// the epoch that it reads; a buffer is written again only when it is not the newest and no reader has pinned its epoch.

const BYTES_PER_LINE = 64;
/** The newest epoch, 0 before the first snapshot. */
export const EPOCH_WORD = 0;
/** Snapshots that were left out because every buffer was pinned. */
export const SKIPPED_WORD = 1;
/** Of a buffer's head: its epoch, and the length of its snapshot. */
export const EPOCH_OF_BUFFER = 0;
export const LENGTH_OF_BUFFER = 1;
/** A reader that has pinned nothing. */
export const NOT_PINNED = 0;

/** How snapshots are kept. */
export interface SnapshotShape {
  /** Bytes of the largest snapshot. */
  readonly bytesMax: number;
  /** 2 or more; with two more than there are readers, no reader can make the writer leave one out. */
  readonly buffers: number;
  /** Readers that there can be at once, 1 or more. */
  readonly readers: number;
}

/** Memory of one snapshot board; it can be sent to other threads as it is. */
export interface SnapshotMemory extends SnapshotShape {
  readonly buffer: SharedArrayBuffer;
}

/** @throws INVALID_FIELD */
export function createSnapshots(shape: SnapshotShape): SnapshotMemory {
  for (const [field, least] of [
    ['bytesMax', 1],
    ['buffers', 2],
    ['readers', 1],
  ] as const) {
    if (Number.isInteger(shape[field]) && shape[field] >= least) continue;
    const reason = `must be a whole number, ${least} or more`;
    throw new ProofbookError('INVALID_FIELD', { field, value: shape[field], reason });
  }
  return { ...shape, buffer: new SharedArrayBuffer(bufferOffset(shape, shape.buffers)) };
}

/** The word that a reader pins its epoch in, on a cache line of its own. */
export function readerWord(reader: number): number {
  return ((1 + reader) * BYTES_PER_LINE) / 4;
}

/** Where a buffer's head is, in bytes; its snapshot is a line behind it. */
export function bufferOffset({ bytesMax, readers }: SnapshotShape, index: number): number {
  const stride = (1 + Math.ceil(bytesMax / BYTES_PER_LINE)) * BYTES_PER_LINE;
  return (1 + readers) * BYTES_PER_LINE + index * stride;
}

export function snapshotOffset(shape: SnapshotShape, index: number): number {
  return bufferOffset(shape, index) + BYTES_PER_LINE;
}
