import { EventCount } from './event-count.ts';
import { NOTE_BYTES, PRODUCER_WORD, SLOT_BYTES, SLOTS_OFFSET } from './ring-layout.ts';
import type { RingMemory } from './ring-memory.ts';
import type { RingProducer } from './ring-producer.ts';
import { distanceTo, sequenceAfter } from './sequence.ts';
import { slowestConsumer } from './slowest-consumer.ts';

/**
 * The producing end of a ring that many threads write to; each has its own. Lock-free: when a claim is lost, another thread's was won.
 *
 * A claim moves one shared cursor by compare-and-swap; which thread's slots are ready is told by a stamp beside each slot, the sequence
 * behind it, as in the Disruptor's multi-producer sequencer. A cursor of 32 bits could come round to the very value that a stalled
 * thread saw (ABA), and its look at the consumers would be old then. So a claim that was won looks at them again: until its own slots
 * are published the consumers cannot pass them, so that look cannot be wrong, however long the thread had slept.
 */
export class MpscProducer implements RingProducer {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly times: Float64Array;
  readonly #memory: RingMemory;
  readonly #event: EventCount;
  #first = 0;
  #claimed = 0;

  constructor(memory: RingMemory) {
    this.words = memory.words;
    this.bytes = memory.bytes;
    this.times = memory.times;
    this.#memory = memory;
    this.#event = new EventCount(memory.words);
  }

  tryClaim(count: number): boolean {
    for (;;) {
      const first = Atomics.load(this.words, PRODUCER_WORD);
      if (this.#lacksRoom(first, count)) return false;
      const end = sequenceAfter(first, count);
      if (Atomics.compareExchange(this.words, PRODUCER_WORD, first, end) !== first) continue;
      while (this.#lacksRoom(first, count)) Atomics.pause();
      this.#first = first;
      this.#claimed = count;
      return true;
    }
  }

  slotOffset(index: number): number {
    return SLOTS_OFFSET + (sequenceAfter(this.#first, index) & this.#memory.mask) * SLOT_BYTES;
  }

  note(index: number, origin: number, arrivalNs: number): void {
    const at = this.#noteWord(index);
    this.words[at + 1] = origin;
    this.times[(at + 2) / 2] = arrivalNs;
  }

  publish(): void {
    // Consumers read stamps in order, so the first slot's hides the others until it is there: only it must be atomic, and come last.
    for (let index = this.#claimed - 1; index > 0; index--) {
      this.words[this.#noteWord(index)] = sequenceAfter(this.#first, index + 1);
    }
    Atomics.store(this.words, this.#noteWord(0), sequenceAfter(this.#first, 1));
    this.#claimed = 0;
    this.#event.signal();
  }

  ready(): number {
    const next = Atomics.load(this.words, PRODUCER_WORD);
    return (
      this.#memory.capacity - distanceTo(next, slowestConsumer(this.words, this.#memory.consumers, next))
    );
  }

  #lacksRoom(first: number, count: number): boolean {
    const end = sequenceAfter(first, count);
    const slowest = slowestConsumer(this.words, this.#memory.consumers, first);
    return distanceTo(end, slowest) > this.#memory.capacity;
  }

  #noteWord(index: number): number {
    return (
      this.#memory.notesWord + (sequenceAfter(this.#first, index) & this.#memory.mask) * (NOTE_BYTES / 4)
    );
  }
}
