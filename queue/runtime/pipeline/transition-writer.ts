import { BATCH_TRANSITIONS_MAX, TRANSITION_BYTES } from '../../../engine/transition.ts';
import type { RingConsumer } from '../rings/ring-consumer.ts';
import { SLOT_BYTES, SLOTS_OFFSET } from '../rings/ring-layout.ts';
import type { SpscProducer } from '../rings/spsc-ring.ts';
import type { MarketEngine } from './market-engine.ts';

const LONGS_PER_SLOT = SLOT_BYTES / 8;
const WORDS_PER_SLOT = SLOT_BYTES / 4;
const COMMAND_INDEX_WORD = TRANSITION_BYTES / 4 - 1;
/** Fewer are copied one by one: a bulk copy takes as long as some of them just to begin. */
const BULK_MIN = 8;

/** Copies the engine's transitions into claimed slots of the output ring, each with who sent its command and when that arrived. */
export class TransitionWriter {
  readonly #engine: MarketEngine;
  readonly #ingress: RingConsumer;
  readonly #output: SpscProducer;
  readonly #outputLongs: BigInt64Array;
  readonly #slotOfRecord: Int32Array;
  readonly #start: number;
  /** The first n transitions of a batch, for each n that was met: a view that is made once is no garbage. */
  readonly #firstOnes: (Uint8Array | undefined)[] = new Array(BATCH_TRANSITIONS_MAX + 1).fill(undefined);
  readonly #capacity: number;

  /** @param slotOfRecord which polled slot each record of the batch came from */
  constructor(engine: MarketEngine, ingress: RingConsumer, output: SpscProducer, slotOfRecord: Int32Array) {
    this.#engine = engine;
    this.#ingress = ingress;
    this.#output = output;
    this.#outputLongs = new BigInt64Array(output.words.buffer);
    this.#slotOfRecord = slotOfRecord;
    this.#start = engine.module.transitionsPointer();
    this.#capacity = output.capacity;
  }

  /** Writes the transitions from `first` on into the `count` slots that are claimed. */
  write(first: number, count: number): void {
    const copied = first === 0 && count >= BULK_MIN ? this.#copyFirst(count) : 0;
    for (let index = copied; index < count; index++) this.#copyOne(index, first + index);
    this.#writeNotes(first, count);
  }

  /** Copies up to the end of the ring at once; returns how many those were. */
  #copyFirst(count: number): number {
    const at = this.#output.slotOffset(0);
    const toEnd = this.#capacity - (at - SLOTS_OFFSET) / SLOT_BYTES;
    const copied = Math.min(count, toEnd);
    let view = this.#firstOnes[copied];
    if (view === undefined) {
      view = this.#engine.bytes.subarray(this.#start, this.#start + copied * TRANSITION_BYTES);
      this.#firstOnes[copied] = view;
    }
    this.#output.bytes.set(view, at);
    return copied;
  }

  #copyOne(index: number, transition: number): void {
    const source = (this.#start + transition * TRANSITION_BYTES) / 8;
    const target = this.#output.slotOffset(index) / 8;
    for (let long = 0; long < LONGS_PER_SLOT; long++) {
      this.#outputLongs[target + long] = this.#engine.longs[source + long] as bigint;
    }
  }

  #writeNotes(first: number, count: number): void {
    const { words } = this.#engine;
    const start = this.#start / 4 + first * WORDS_PER_SLOT + COMMAND_INDEX_WORD;
    for (let index = 0; index < count; index++) {
      const slot = this.#slotOfRecord[words[start + index * WORDS_PER_SLOT] ?? 0] ?? 0;
      this.#output.note(index, this.#ingress.origin(slot), this.#ingress.arrivalNs(slot));
    }
  }
}
