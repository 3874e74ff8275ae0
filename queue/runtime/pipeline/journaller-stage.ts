import { COMMAND_BYTES } from '../../../engine/command.ts';
import type { RingConsumer } from '../rings/ring-consumer.ts';
import {
  BATCH_NUMBER_LONG,
  INGRESS_SLOTS_WORD,
  RECORDS_WORD,
  TIMESTAMP_LONG,
  TRANSITIONS_WORD,
} from './batch-slot.ts';
import { copyRecords, recordsOfSlot } from './command-intake.ts';
import { BATCH_HEADER_BYTES } from './journal-layout.ts';
import type { JournalWriter } from './journal-writer.ts';

/** The journaller's ends: its own cursors in the batch ring and, behind the engine's, in the ingress ring. */
export interface JournallerEnds {
  readonly ingress: RingConsumer;
  readonly batches: RingConsumer;
}

/** Appends the batches that wait to the journal, as many at once as there are: one write and one sync for all of them. */
export class JournallerStage {
  readonly #ends: JournallerEnds;
  readonly #writer: JournalWriter;
  readonly #body: BigInt64Array;
  readonly #bodyWords: Int32Array;
  readonly #batchLongs: BigInt64Array;
  readonly #ingressLongs: BigInt64Array;

  constructor(ends: JournallerEnds, writer: JournalWriter) {
    const { buffer, byteOffset, byteLength } = writer.body;
    this.#ends = ends;
    this.#writer = writer;
    this.#body = new BigInt64Array(buffer, byteOffset, byteLength / 8);
    this.#bodyWords = new Int32Array(buffer, byteOffset, byteLength / 4);
    this.#batchLongs = new BigInt64Array(ends.batches.words.buffer);
    this.#ingressLongs = new BigInt64Array(ends.ingress.words.buffer);
  }

  /** Journals what waits; returns how many batches that were. When it returns, the publisher may see them. @param batchesMax 1 or more */
  step(batchesMax: number): number {
    const { batches } = this.#ends;
    const polled = batches.poll(batchesMax);
    let length = 0;
    let count = 0;
    while (count < polled) {
      const slot = batches.slotOffset(count);
      const bytes = BATCH_HEADER_BYTES + (batches.words[slot / 4 + RECORDS_WORD] ?? 0) * COMMAND_BYTES;
      if (length + bytes > this.#writer.body.length) break;
      this.#encode(slot, length);
      length += bytes;
      count += 1;
    }
    if (count === 0) return 0;
    this.#writer.commit(length, count);
    batches.release(count);
    return count;
  }

  #encode(slot: number, at: number): void {
    const { batches } = this.#ends;
    const slots = batches.words[slot / 4 + INGRESS_SLOTS_WORD] ?? 0;
    this.#body[at / 8] = this.#batchLongs[slot / 8 + BATCH_NUMBER_LONG] as bigint;
    this.#body[at / 8 + 1] = this.#batchLongs[slot / 8 + TIMESTAMP_LONG] as bigint;
    const word = at / 4 + 4;
    this.#bodyWords[word] = slots;
    this.#bodyWords[word + 1] = batches.words[slot / 4 + RECORDS_WORD] ?? 0;
    this.#bodyWords[word + 2] = batches.words[slot / 4 + TRANSITIONS_WORD] ?? 0;
    this.#bodyWords[word + 3] = 0;
    this.#copySlots(slots, at + BATCH_HEADER_BYTES);
  }

  /** The engine released them before it described the batch, so all of them can be polled, in one part or in several. */
  #copySlots(slots: number, start: number): void {
    const { ingress } = this.#ends;
    let to = start;
    for (let left = slots; left > 0; ) {
      const count = ingress.poll(left);
      for (let index = 0; index < count; index++) {
        const from = ingress.slotOffset(index);
        const records = recordsOfSlot(ingress.words, from);
        copyRecords(this.#ingressLongs, from, this.#body, to, records);
        to += records * COMMAND_BYTES;
      }
      if (count > 0) ingress.release(count);
      left -= count;
    }
  }
}
