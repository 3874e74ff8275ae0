import { COMMAND_BYTES } from '../../../../engine/command.ts';
import {
  CLIENT_FRAMES,
  type ClosureName,
  FRAME_RECORDS_MAX,
  HEADER_BYTES,
  HELLO_BYTES,
} from './binary-layout.ts';

/** A frame of the largest size, and as much again: what came of the next one never makes a small gap that is filled byte by byte. */
export const INTAKE_BYTES = 2 * (HEADER_BYTES + FRAME_RECORDS_MAX * COMMAND_BYTES);

/** What stands at the front of what came. */
export type FrameState = 'partial' | 'whole' | ClosureName;

/**
 * A client's bytes, put together into frames: one buffer in which every frame begins where a u64 may stand. Bytes that do not fit wait in
 * the chunk that the socket gave; nothing is read from a socket whose chunk waits.
 */
export class FrameIntake {
  readonly words: Int32Array;
  readonly #bytes: Uint8Array;
  #begin = 0;
  #end = 0;
  #chunk: Buffer | undefined;
  #taken = 0;

  /** @param memory with INTAKE_BYTES for this intake alone from `offset` on, a multiple of 8 */
  constructor(memory: ArrayBufferLike, offset: number) {
    this.#bytes = new Uint8Array(memory, offset, INTAKE_BYTES);
    this.words = new Int32Array(memory, offset, INTAKE_BYTES / 4);
  }

  /** The last chunk must have been taken. */
  give(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#taken = 0;
  }

  /** Whether bytes of the last chunk wait outside of the buffer. */
  get isChunkWaiting(): boolean {
    return this.#chunk !== undefined;
  }

  /** Whether a part of a frame is here that is not whole. */
  get hasRest(): boolean {
    return this.#end > this.#begin;
  }

  /** Takes more of the chunk, where there is room; false when there was nothing to take. */
  fill(): boolean {
    const chunk = this.#chunk;
    if (chunk === undefined) return false;
    if (this.#begin > 0) {
      this.#bytes.copyWithin(0, this.#begin, this.#end);
      this.#end -= this.#begin;
      this.#begin = 0;
    }
    const count = Math.min(chunk.length - this.#taken, INTAKE_BYTES - this.#end);
    if (count === 0) return false;
    chunk.copy(this.#bytes, this.#end, this.#taken, this.#taken + count);
    this.#end += count;
    this.#taken += count;
    if (this.#taken === chunk.length) this.#chunk = undefined;
    return true;
  }

  /** Type of the frame at the front; only when its header is here. */
  get type(): number {
    return (this.words[this.#begin / 4 + 1] ?? 0) & 0xff;
  }

  get count(): number {
    return (this.words[this.#begin / 4 + 1] ?? 0) >>> 16;
  }

  /** Index of the body's first u32 in `words`. */
  get bodyWord(): number {
    return (this.#begin + HEADER_BYTES) / 4;
  }

  /** What is at the front: a header that no frame can have is told before its body comes. */
  state(): FrameState {
    if (this.#end - this.#begin < HEADER_BYTES) return 'partial';
    const length = this.length;
    if (length > INTAKE_BYTES / 2 - HEADER_BYTES) return 'tooLong';
    const isZero = ((this.words[this.#begin / 4 + 1] ?? 0) & 0xff00) === 0;
    if (!isZero || length !== lengthOf(this.type, this.count)) return 'badFrame';
    return this.#end - this.#begin < HEADER_BYTES + length ? 'partial' : 'whole';
  }

  /** Bytes of the body, as the header says, u32. */
  get length(): number {
    return (this.words[this.#begin / 4] ?? 0) >>> 0;
  }

  /** Is done with the frame at the front. */
  release(): void {
    this.#begin += HEADER_BYTES + this.length;
    if (this.#begin === this.#end) {
      this.#begin = 0;
      this.#end = 0;
    }
  }
}

/** The body that a type and a count ask for, or -1. */
function lengthOf(type: number, count: number): number {
  if (type === CLIENT_FRAMES.hello) return count === 1 ? HELLO_BYTES : -1;
  if (type !== CLIENT_FRAMES.commands || count < 1 || count > FRAME_RECORDS_MAX) return -1;
  return count * COMMAND_BYTES;
}
