import { distanceTo, sequenceAfter } from '../rings/sequence.ts';
import { FAST_ERROR_CODES, type FastErrorCode } from './fast-error.ts';

/** Slots of an error ring. */
export const ERROR_SLOTS = 1024;
const SLOT_WORDS = 4;
const WORDS_PER_LINE = 16;
const CLAIM_WORD = 0;
const READ_WORD = WORDS_PER_LINE;
const DROPPED_WORD = WORDS_PER_LINE + 1;
const COUNTS_WORD = 2 * WORDS_PER_LINE;
const SLOTS_WORD = COUNTS_WORD + FAST_ERROR_CODES;
const STAMP = 0;
const CODE = 1;
const SOURCE = 2;
const DETAIL = 3;
const CLAIM_ATTEMPTS = 64;

/** One error as its reader sees it. */
export interface ReportedError {
  readonly code: number;
  /** Which thread or session met it. */
  readonly source: number;
  /** What the code needs to be understood: a length, a lag, an index. */
  readonly detail: number;
}

/** Memory for one error ring: 1024 slots of 16 bytes and a count for each code. */
export function createErrorRing(): SharedArrayBuffer {
  return new SharedArrayBuffer((SLOTS_WORD + ERROR_SLOTS * SLOT_WORDS) * 4);
}

/**
 * Errors from any thread to one that reports them in batches. Raising never waits and never fails: a code is always counted, and when
 * the ring is full its details are dropped, which is counted, too.
 */
export class ErrorRing {
  readonly #words: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  /** From any thread. @param source i32 @param detail i32 */
  raise(code: FastErrorCode, source: number, detail: number): void {
    const words = this.#words;
    Atomics.add(words, COUNTS_WORD + code, 1);
    for (let attempt = 0; attempt < CLAIM_ATTEMPTS; attempt++) {
      const first = Atomics.load(words, CLAIM_WORD);
      if (distanceTo(first, Atomics.load(words, READ_WORD)) >= ERROR_SLOTS) break;
      if (Atomics.compareExchange(words, CLAIM_WORD, first, sequenceAfter(first, 1)) !== first) continue;
      const at = slotWord(first);
      words[at + CODE] = code;
      words[at + SOURCE] = source;
      words[at + DETAIL] = detail;
      Atomics.store(words, at + STAMP, sequenceAfter(first, 1));
      return;
    }
    Atomics.add(words, DROPPED_WORD, 1);
  }

  /** Takes what was raised since the last call, `max` errors at most. By one thread only. */
  drain(max = ERROR_SLOTS): readonly ReportedError[] {
    const words = this.#words;
    const errors: ReportedError[] = [];
    let next = Atomics.load(words, READ_WORD);
    while (errors.length < max && Atomics.load(words, slotWord(next) + STAMP) === sequenceAfter(next, 1)) {
      const at = slotWord(next);
      errors.push({
        code: words[at + CODE] ?? 0,
        source: words[at + SOURCE] ?? 0,
        detail: words[at + DETAIL] ?? 0,
      });
      next = sequenceAfter(next, 1);
    }
    Atomics.store(words, READ_WORD, next);
    return errors;
  }

  /** How often a code was raised, modulo 2^32. */
  count(code: FastErrorCode): number {
    return Atomics.load(this.#words, COUNTS_WORD + code) >>> 0;
  }

  /** How often any code was raised, each count modulo 2^32. */
  total(): number {
    let sum = 0;
    for (let code = 0; code < FAST_ERROR_CODES; code++)
      sum += Atomics.load(this.#words, COUNTS_WORD + code) >>> 0;
    return sum;
  }

  /** Errors whose details found no room, modulo 2^32. */
  dropped(): number {
    return Atomics.load(this.#words, DROPPED_WORD) >>> 0;
  }
}

function slotWord(sequence: number): number {
  return SLOTS_WORD + (sequence & (ERROR_SLOTS - 1)) * SLOT_WORDS;
}
