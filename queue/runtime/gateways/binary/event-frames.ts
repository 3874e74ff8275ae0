import type { RingConsumer } from '../../rings/ring-consumer.ts';
import {
  CLOSED_BYTES,
  CLOSURES,
  type ClosureName,
  EVENT_BYTES,
  EVENTS_MAX,
  GATEWAY_FRAMES,
  HEADER_BYTES,
  REFUSAL_BYTES,
  type RefusalCode,
} from './binary-layout.ts';

const WORDS_PER_EVENT = EVENT_BYTES / 4;
const NUMBER_WORD = WORDS_PER_EVENT - 1;
const REFUSALS_MAX = 1024;

/** Gathers what a client is to be told into frames; each is handed over when it is full, or when `flush` is called. */
export class EventFrames {
  readonly #write: (frame: Buffer) => void;
  readonly #words = new Int32Array((HEADER_BYTES + EVENTS_MAX * EVENT_BYTES) / 4);
  readonly #bytes = Buffer.from(this.#words.buffer);
  #events = 0;
  readonly #refusals = new Int32Array((REFUSALS_MAX * REFUSAL_BYTES) / 4);
  #refusalCount = 0;

  /** @param write takes a frame and keeps it */
  constructor(write: (frame: Buffer) => void) {
    this.#write = write;
  }

  event(output: RingConsumer, at: number, number: number): void {
    if (this.#events === EVENTS_MAX) this.flush();
    const to = HEADER_BYTES / 4 + this.#events * WORDS_PER_EVENT;
    const from = at / 4;
    for (let word = 0; word < NUMBER_WORD; word++) this.#words[to + word] = output.words[from + word] ?? 0;
    this.#words[to + NUMBER_WORD] = number;
    this.#events += 1;
  }

  refusal(number: number, code: RefusalCode): void {
    if (this.#refusalCount === REFUSALS_MAX) this.flush();
    this.#refusals[this.#refusalCount * 2] = number;
    this.#refusals[this.#refusalCount * 2 + 1] = code;
    this.#refusalCount += 1;
  }

  flush(): void {
    if (this.#events > 0) {
      const length = this.#events * EVENT_BYTES;
      writeHeader(this.#bytes, length, GATEWAY_FRAMES.events, this.#events);
      this.#events = 0;
      this.#write(Buffer.from(this.#bytes.subarray(0, HEADER_BYTES + length)));
    }
    if (this.#refusalCount > 0) {
      const length = this.#refusalCount * REFUSAL_BYTES;
      const frame = Buffer.alloc(HEADER_BYTES + length);
      writeHeader(frame, length, GATEWAY_FRAMES.refused, this.#refusalCount);
      frame.set(Buffer.from(this.#refusals.buffer, 0, length), HEADER_BYTES);
      this.#refusalCount = 0;
      this.#write(frame);
    }
  }
}

/** A frame with a body of u32s. */
export function frameOf(type: number, count: number, body: readonly number[]): Buffer {
  const frame = Buffer.alloc(HEADER_BYTES + body.length * 4);
  writeHeader(frame, body.length * 4, type, count);
  body.forEach((word, index) => {
    frame.writeUInt32LE(word, HEADER_BYTES + index * 4);
  });
  return frame;
}

/** The last frame of a session. */
export function closedFrame(name: ClosureName, detail: number): Buffer {
  const frame = frameOf(GATEWAY_FRAMES.closed, 1, [CLOSURES[name], detail >>> 0]);
  return frame.subarray(0, HEADER_BYTES + CLOSED_BYTES);
}

function writeHeader(bytes: Buffer, length: number, type: number, count: number): void {
  bytes.writeUInt32LE(length, 0);
  bytes.writeUInt8(type, 4);
  bytes.writeUInt8(0, 5);
  bytes.writeUInt16LE(count, 6);
}
