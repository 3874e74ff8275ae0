import { EventCount } from './event-count.ts';
import { NOTE_BYTES, PRODUCER_WORD, SLOT_BYTES, SLOTS_OFFSET } from './ring-layout.ts';
import type { RingMemory } from './ring-memory.ts';
import type { RingProducer } from './ring-producer.ts';
import { distanceTo, sequenceAfter } from './sequence.ts';
import { slowestConsumer } from './slowest-consumer.ts';

/**
 * The producing end of a ring that one thread alone writes to. Wait-free: a claim and a publication are a bounded number of steps,
 * whatever other threads do. The one atomic store of `publish` is what hands the slots over.
 */
export class SpscProducer implements RingProducer {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly times: Float64Array;
  /** Slots of the ring. */
  readonly capacity: number;
  readonly #memory: RingMemory;
  readonly #event: EventCount;
  /** The sequence behind the last published one: nobody else writes it, so it need not be read. */
  #next: number;
  /** How far the slowest consumer was when it was last looked up: it can only be further now. */
  #gate: number;
  #claimed = 0;

  constructor(memory: RingMemory) {
    this.words = memory.words;
    this.bytes = memory.bytes;
    this.times = memory.times;
    this.capacity = memory.capacity;
    this.#memory = memory;
    this.#event = new EventCount(memory.words);
    this.#next = Atomics.load(memory.words, PRODUCER_WORD);
    this.#gate = slowestConsumer(memory.words, memory.consumers, this.#next);
  }

  tryClaim(count: number): boolean {
    if (distanceTo(sequenceAfter(this.#next, count), this.#gate) > this.#memory.capacity) {
      this.#gate = slowestConsumer(this.words, this.#memory.consumers, this.#next);
      if (distanceTo(sequenceAfter(this.#next, count), this.#gate) > this.#memory.capacity) return false;
    }
    this.#claimed = count;
    return true;
  }

  slotOffset(index: number): number {
    return SLOTS_OFFSET + (sequenceAfter(this.#next, index) & this.#memory.mask) * SLOT_BYTES;
  }

  note(index: number, origin: number, arrivalNs: number): void {
    const at =
      this.#memory.notesWord + (sequenceAfter(this.#next, index) & this.#memory.mask) * (NOTE_BYTES / 4);
    this.words[at + 1] = origin;
    this.times[(at + 2) / 2] = arrivalNs;
  }

  publish(): void {
    this.#next = sequenceAfter(this.#next, this.#claimed);
    this.#claimed = 0;
    Atomics.store(this.words, PRODUCER_WORD, this.#next);
    this.#event.signal();
  }

  ready(): number {
    return (
      this.#memory.capacity -
      distanceTo(this.#next, slowestConsumer(this.words, this.#memory.consumers, this.#next))
    );
  }
}
