import { EventCount } from './event-count.ts';
import { consumerWord, NOTE_BYTES, PRODUCER_WORD, SLOT_BYTES, SLOTS_OFFSET } from './ring-layout.ts';
import type { RingMemory } from './ring-memory.ts';
import { distanceTo, sequenceAfter } from './sequence.ts';
import { SequenceBarrier } from './sequence-barrier.ts';
import type { Awaitable } from './wait-strategy.ts';

/**
 * One reader of a ring; it sees every slot, in order, once. Poll for slots, read them in place, release them: until then no producer
 * writes there. Nothing here allocates.
 */
export class RingConsumer implements Awaitable {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly times: Float64Array;
  readonly #memory: RingMemory;
  readonly #barrier: SequenceBarrier;
  readonly #event: EventCount;
  readonly #cursorWord: number;
  /** The next sequence to read: only this thread writes the cursor. */
  #next: number;
  /** Slots from `#next` on that are known to be ready. */
  #known = 0;

  /**
   * @param consumer which of the ring's cursors is this thread's, 0 .. consumers-1
   * @param upstream consumers that must be done with a slot before this one sees it; none: it sees what was published
   */
  constructor(memory: RingMemory, consumer = 0, upstream: readonly number[] = []) {
    this.words = memory.words;
    this.bytes = memory.bytes;
    this.times = memory.times;
    this.#memory = memory;
    this.#barrier = new SequenceBarrier(memory, upstream);
    this.#event = new EventCount(memory.words);
    this.#cursorWord = consumerWord(consumer);
    this.#next = Atomics.load(memory.words, this.#cursorWord);
  }

  /** How many slots can be read now, `max` at most. @param max 1 .. the ring's capacity */
  poll(max: number): number {
    if (this.#known === 0) this.#known = this.#barrier.available(this.#next, max);
    return Math.min(this.#known, max);
  }

  ready(): number {
    return this.poll(1);
  }

  /** Where the slot `index` of those polled is, in bytes. */
  slotOffset(index: number): number {
    return SLOTS_OFFSET + (sequenceAfter(this.#next, index) & this.#memory.mask) * SLOT_BYTES;
  }

  /** Who sent it, as the producer noted. */
  origin(index: number): number {
    return this.words[this.#noteWord(index) + 1] ?? 0;
  }

  /** When it arrived, ns on the shared clock, as the producer noted. */
  arrivalNs(index: number): number {
    return this.times[(this.#noteWord(index) + 2) / 2] ?? 0;
  }

  /** Is done with the first `count` slots. @param count 1 .. what `poll` returned */
  release(count: number): void {
    this.#next = sequenceAfter(this.#next, count);
    this.#known -= count;
    Atomics.store(this.words, this.#cursorWord, this.#next);
    this.#event.signal();
  }

  /** Slots that were published or claimed and that this consumer has not released: how far it is behind. */
  lag(): number {
    return distanceTo(Atomics.load(this.words, PRODUCER_WORD), this.#next);
  }

  #noteWord(index: number): number {
    return this.#memory.notesWord + (sequenceAfter(this.#next, index) & this.#memory.mask) * (NOTE_BYTES / 4);
  }
}
