import type { RingProducer } from '../rings/ring-producer.ts';
import { isAdmitted } from './degradation.ts';
import type { ErrorRing } from './error-ring.ts';
import { FAST_ERRORS, type FastErrorCode } from './fast-error.ts';

/** 0: the claim was made. */
export const ADMITTED = 0;

/** Who knows how far the service is degraded: the engine's thread decides, a ControlBlock tells. */
export interface DegradationLevel {
  /** 0 normal .. 4 refuse all. */
  readonly level: number;
}

/**
 * The door of the ingress ring for a gateway: claims a slot, or says by a code why not. It never waits; a refusal
 * is counted and its details go to the error ring.
 */
export class Admission {
  readonly #producer: RingProducer;
  readonly #capacity: number;
  readonly #degradation: DegradationLevel;
  readonly #errors: ErrorRing;

  constructor(producer: RingProducer, capacity: number, degradation: DegradationLevel, errors: ErrorRing) {
    this.#producer = producer;
    this.#capacity = capacity;
    this.#degradation = degradation;
    this.#errors = errors;
  }

  /** @param head the command's first u32 @param session who sent it @returns ADMITTED, with one slot claimed, or a FastError code */
  tryEnter(head: number, session: number): typeof ADMITTED | FastErrorCode {
    const { level } = this.#degradation;
    if (!isAdmitted(level, head)) {
      this.#errors.raise(FAST_ERRORS.SystemOverload, session, level);
      return FAST_ERRORS.SystemOverload;
    }
    if (this.#producer.tryClaim(1)) return ADMITTED;
    this.#errors.raise(FAST_ERRORS.RingFull, session, this.#capacity);
    return FAST_ERRORS.RingFull;
  }
}
