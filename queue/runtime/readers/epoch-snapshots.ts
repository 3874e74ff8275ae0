import { ProofbookError } from '../../../engine/proofbook-error.ts';
import {
  bufferOffset,
  EPOCH_OF_BUFFER,
  EPOCH_WORD,
  LENGTH_OF_BUFFER,
  NOT_PINNED,
  readerWord,
  SKIPPED_WORD,
  type SnapshotMemory,
  snapshotOffset,
} from './snapshot-memory.ts';

/** A reader that has held an epoch for long. */
export interface StalledReader {
  readonly reader: number;
  readonly pinnedEpoch: number;
  /** Epochs that were published since. */
  readonly behind: number;
}

/** The one writer. It never waits: when every buffer is pinned, the snapshot is left out, and that is counted. */
export class SnapshotWriter {
  readonly #memory: SnapshotMemory;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  #epoch: number;

  constructor(memory: SnapshotMemory) {
    this.#memory = memory;
    this.#words = new Int32Array(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
    this.#epoch = Atomics.load(this.#words, EPOCH_WORD);
  }

  /** Publishes a copy of a snapshot; false when no buffer was free. @throws INVALID_LENGTH */
  publish(snapshot: Uint8Array): boolean {
    const { bytesMax } = this.#memory;
    if (snapshot.length > bytesMax) {
      const expected = `${bytesMax} at most`;
      throw new ProofbookError('INVALID_LENGTH', { field: 'snapshot', value: snapshot.length, expected });
    }
    const index = this.#freeBuffer();
    if (index < 0) {
      Atomics.add(this.#words, SKIPPED_WORD, 1);
      return false;
    }
    const head = bufferOffset(this.#memory, index) / 4;
    this.#bytes.set(snapshot, snapshotOffset(this.#memory, index));
    Atomics.store(this.#words, head + LENGTH_OF_BUFFER, snapshot.length);
    this.#epoch += 1;
    Atomics.store(this.#words, head + EPOCH_OF_BUFFER, this.#epoch);
    Atomics.store(this.#words, EPOCH_WORD, this.#epoch);
    return true;
  }

  /** Snapshots that were left out since the start. */
  skipped(): number {
    return Atomics.load(this.#words, SKIPPED_WORD);
  }

  /** Readers that hold an epoch since which more than `behindMax` were published. */
  stalled(behindMax: number): readonly StalledReader[] {
    const found: StalledReader[] = [];
    for (let reader = 0; reader < this.#memory.readers; reader++) {
      const pinnedEpoch = Atomics.load(this.#words, readerWord(reader));
      const behind = this.#epoch - pinnedEpoch;
      if (pinnedEpoch !== NOT_PINNED && behind > behindMax) found.push({ reader, pinnedEpoch, behind });
    }
    return found;
  }

  /** A buffer that is not the newest and that nobody has pinned; -1 when there is none. */
  #freeBuffer(): number {
    for (let index = 0; index < this.#memory.buffers; index++) {
      const epoch = this.#words[bufferOffset(this.#memory, index) / 4 + EPOCH_OF_BUFFER] ?? 0;
      if (epoch === NOT_PINNED || (epoch !== this.#epoch && !this.#isPinned(epoch))) return index;
    }
    return -1;
  }

  #isPinned(epoch: number): boolean {
    for (let reader = 0; reader < this.#memory.readers; reader++) {
      if (Atomics.load(this.#words, readerWord(reader)) === epoch) return true;
    }
    return false;
  }
}

/** One reader; each has a number of its own. */
export class SnapshotReader {
  readonly #memory: SnapshotMemory;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #reader: number;

  /** @param reader 0 .. readers-1 @throws INVALID_FIELD */
  constructor(memory: SnapshotMemory, reader: number) {
    if (!Number.isInteger(reader) || reader < 0 || reader >= memory.readers) {
      const reason = `must be in 0 .. ${memory.readers - 1}`;
      throw new ProofbookError('INVALID_FIELD', { field: 'reader', value: reader, reason });
    }
    this.#memory = memory;
    this.#words = new Int32Array(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
    this.#reader = reader;
  }

  /** The newest snapshot, in place: it stays as it is until `unpin`. Undefined before the first one. */
  pin(): Uint8Array | undefined {
    for (;;) {
      const epoch = Atomics.load(this.#words, EPOCH_WORD);
      if (epoch === NOT_PINNED) return undefined;
      Atomics.store(this.#words, readerWord(this.#reader), epoch);
      // Still the newest: so the writer did not look for a free buffer yet, and will see the pin when it does.
      if (Atomics.load(this.#words, EPOCH_WORD) === epoch) return this.#snapshotOf(epoch);
    }
  }

  unpin(): void {
    Atomics.store(this.#words, readerWord(this.#reader), NOT_PINNED);
  }

  #snapshotOf(epoch: number): Uint8Array {
    let index = 0;
    while (Atomics.load(this.#words, bufferOffset(this.#memory, index) / 4 + EPOCH_OF_BUFFER) !== epoch)
      index += 1;
    const start = snapshotOffset(this.#memory, index);
    const length = Atomics.load(this.#words, bufferOffset(this.#memory, index) / 4 + LENGTH_OF_BUFFER);
    return this.#bytes.subarray(start, start + length);
  }
}
