import type { RingProducer } from '../rings/ring-producer.ts';
import type { Degradation } from './degradation.ts';
import type { ErrorRing } from './error-ring.ts';
import { FAST_ERRORS, type FastErrorCode } from './fast-error.ts';

/** 0: the claim was made. */
export const ADMITTED = 0;

/**
 * The door of the ingress ring for a gateway: looks at the load, and claims a slot or says by a code why not. It never waits; a refusal
 * is counted and its details go to the error ring.
 */
export class Admission {
  readonly #producer: RingProducer;
  readonly #capacity: number;
  readonly #degradation: Degradation;
  readonly #errors: ErrorRing;

  constructor(producer: RingProducer, capacity: number, degradation: Degradation, errors: ErrorRing) {
    this.#producer = producer;
    this.#capacity = capacity;
    this.#degradation = degradation;
    this.#errors = errors;
  }

  /** @param head the command's first u32 @param session who sent it @returns ADMITTED, with one slot claimed, or a FastError code */
  tryEnter(head: number, session: number, nowMs: number): typeof ADMITTED | FastErrorCode {
    const free = this.#producer.ready();
    this.#degradation.observe(1 - free / this.#capacity, nowMs);
    if (!this.#degradation.admits(head)) {
      this.#errors.raise(FAST_ERRORS.SystemOverload, session, this.#degradation.level);
      return FAST_ERRORS.SystemOverload;
    }
    if (this.#producer.tryClaim(1)) return ADMITTED;
    this.#errors.raise(FAST_ERRORS.RingFull, session, this.#capacity);
    return FAST_ERRORS.RingFull;
  }
}
