import type { ErrorRing } from '../faults/error-ring.ts';
import { FAST_ERRORS } from '../faults/fast-error.ts';
import { type MarketEngine, sealedRoot } from '../pipeline/market-engine.ts';
import { SnapshotWriter } from '../readers/epoch-snapshots.ts';
import type { SnapshotMemory } from '../readers/snapshot-memory.ts';

const INTERVAL_MS = 100;
/** A reader that holds a snapshot while more than this many newer ones are published is reported. */
const EPOCHS_BEHIND_MAX = 20;

/**
 * Publishes the whole book now and then, from the standby's engine, so that the primary does nothing for it: state images that
 * `Engine.restore` takes (protocol §8), as old as the interval and the journal at most.
 */
export class SnapshotPublisher {
  readonly #engine: MarketEngine;
  readonly #writer: SnapshotWriter;
  readonly #errors: ErrorRing;
  readonly #reported = new Set<number>();
  #publishedMs = Number.NEGATIVE_INFINITY;
  #isOld = false;

  constructor(engine: MarketEngine, memory: SnapshotMemory, errors: ErrorRing) {
    this.#engine = engine;
    this.#writer = new SnapshotWriter(memory);
    this.#errors = errors;
  }

  /** To be called after every look at the journal. @param applied batches that it had @throws INVALID_LENGTH for a book that is too large */
  afterCatchUp(applied: number, nowMs: number): void {
    this.#isOld ||= applied > 0;
    if (!this.#isOld || nowMs - this.#publishedMs < INTERVAL_MS) return;
    this.#publishedMs = nowMs;
    sealedRoot(this.#engine);
    const { module, bytes } = this.#engine;
    const length = module.writeState();
    const start = module.inputPointer();
    this.#isOld = !this.#writer.publish(bytes.subarray(start, start + length));
    this.#reportStalled();
  }

  /** Each reader once, until it has moved on. */
  #reportStalled(): void {
    const stalled = this.#writer.stalled(EPOCHS_BEHIND_MAX);
    for (const { reader, behind } of stalled) {
      if (this.#reported.has(reader)) continue;
      this.#reported.add(reader);
      this.#errors.raise(FAST_ERRORS.ReaderStalled, reader, behind);
    }
    for (const reader of this.#reported) {
      if (!stalled.some((found) => found.reader === reader)) this.#reported.delete(reader);
    }
  }
}
