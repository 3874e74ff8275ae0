import type { RingConsumer } from '../rings/ring-consumer.ts';
import { TRANSITIONS_WORD } from './batch-slot.ts';

/** Takes transitions where they lie in the output ring; they are overwritten after it returned. */
export interface TransitionSink {
  /** @param output polled: its slots 0 .. count-1 are transitions, each with the origin and arrival of its command */
  take(output: RingConsumer, count: number): void;
}

/** The publisher's ends: the output ring, and behind the journaller the batch ring (absent where nobody journals). */
export interface PublisherEnds {
  readonly output: RingConsumer;
  readonly batches: RingConsumer | undefined;
}

/** Gives transitions to a sink, those of a batch only when the batch is in the journal. */
export class PublisherStage {
  readonly #ends: PublisherEnds;
  readonly #sink: TransitionSink;
  /** Transitions of journalled batches that were not given out yet. */
  #journalled = 0;

  constructor(ends: PublisherEnds, sink: TransitionSink) {
    this.#ends = ends;
    this.#sink = sink;
  }

  /** Gives out what it may, `max` transitions at most; returns how many. @param max 1 or more */
  step(max: number): number {
    const { output } = this.#ends;
    const count = output.poll(Math.min(max, this.#allowed(max)));
    if (count === 0) return 0;
    this.#sink.take(output, count);
    output.release(count);
    this.#journalled -= count;
    return count;
  }

  #allowed(max: number): number {
    const { batches } = this.#ends;
    if (batches === undefined) return max;
    const polled = this.#journalled >= max ? 0 : batches.poll(max);
    for (let index = 0; index < polled; index++) {
      this.#journalled += batches.words[batches.slotOffset(index) / 4 + TRANSITIONS_WORD] ?? 0;
    }
    if (polled > 0) batches.release(polled);
    return this.#journalled;
  }
}
