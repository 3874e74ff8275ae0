import { consumerWord, NOTE_BYTES, PRODUCER_WORD } from './ring-layout.ts';
import type { RingMemory } from './ring-memory.ts';
import { distanceTo, sequenceAfter } from './sequence.ts';

/** How far a consumer may read: to what was published, or to where every consumer before it has come. */
export class SequenceBarrier {
  readonly #words: Int32Array;
  readonly #memory: RingMemory;
  readonly #upstream: readonly number[];

  constructor(memory: RingMemory, upstream: readonly number[]) {
    this.#words = memory.words;
    this.#memory = memory;
    this.#upstream = upstream.map(consumerWord);
  }

  /** Slots that can be read from sequence `next` on. Of a ring of many producers `max` at most are looked at. */
  available(next: number, max: number): number {
    if (this.#upstream.length > 0) return this.#behindUpstream(next);
    if (this.#memory.kind === 'spsc') return distanceTo(Atomics.load(this.#words, PRODUCER_WORD), next);
    return this.#stamped(next, max);
  }

  #behindUpstream(next: number): number {
    let least = this.#memory.capacity;
    for (let index = 0; index < this.#upstream.length; index++) {
      const ahead = distanceTo(Atomics.load(this.#words, this.#upstream[index] ?? 0), next);
      if (ahead < least) least = ahead;
    }
    return least;
  }

  /** A slot's stamp is the sequence behind it once it is published; before that, it is an older lap's. */
  #stamped(next: number, max: number): number {
    let count = 0;
    while (
      count < max &&
      Atomics.load(this.#words, this.#stampWord(next, count)) === sequenceAfter(next, count + 1)
    ) {
      count += 1;
    }
    return count;
  }

  #stampWord(next: number, index: number): number {
    return this.#memory.notesWord + (sequenceAfter(next, index) & this.#memory.mask) * (NOTE_BYTES / 4);
  }
}
