import { ProofbookError } from '../../../engine/proofbook-error.ts';

/** `closed`: all pass. `open`: none passes. `halfOpen`: a few pass, to see whether it works again. */
export type BreakerState = 'closed' | 'open' | 'halfOpen';

/** When a breaker opens and closes. */
export interface BreakerRules {
  /** Failures within `windowMs` that open it, 1 or more. */
  readonly failuresMax: number;
  readonly windowMs: number;
  /** How long it stays open before it lets probes pass. */
  readonly openMs: number;
  /** Probes in a row that must succeed before it closes, 1 or more; that many pass at once. */
  readonly probes: number;
}

/** Keeps calls away from what fails, and tries now and then whether it works again. Of one thread; the clock is the caller's. */
export class CircuitBreaker {
  readonly #rules: BreakerRules;
  /** Times of the last failures, a ring. */
  readonly #failureMs: Float64Array;
  #failures = 0;
  #state: BreakerState = 'closed';
  #openedMs = 0;
  #probesOut = 0;
  #probesGood = 0;
  /** How often it went from closed or half-open to open. */
  openings = 0;

  /** @throws INVALID_FIELD */
  constructor(rules: BreakerRules) {
    for (const [field, value] of Object.entries(rules)) {
      if (Number.isInteger(value) && value >= 1) continue;
      throw new ProofbookError('INVALID_FIELD', {
        field,
        value,
        reason: 'must be a whole number, 1 or more',
      });
    }
    this.#rules = rules;
    this.#failureMs = new Float64Array(rules.failuresMax).fill(Number.NEGATIVE_INFINITY);
  }

  state(nowMs: number): BreakerState {
    if (this.#state === 'open' && nowMs - this.#openedMs >= this.#rules.openMs) {
      this.#state = 'halfOpen';
      this.#probesOut = 0;
      this.#probesGood = 0;
    }
    return this.#state;
  }

  /** Whether a call may be made now; each that may must be followed by `succeeded` or `failed`. */
  allows(nowMs: number): boolean {
    const state = this.state(nowMs);
    if (state !== 'halfOpen') return state === 'closed';
    if (this.#probesOut >= this.#rules.probes) return false;
    this.#probesOut += 1;
    return true;
  }

  succeeded(nowMs: number): void {
    if (this.state(nowMs) !== 'halfOpen') return;
    this.#probesGood += 1;
    if (this.#probesGood < this.#rules.probes) return;
    this.#state = 'closed';
    this.#failureMs.fill(Number.NEGATIVE_INFINITY);
  }

  failed(nowMs: number): void {
    const state = this.state(nowMs);
    if (state === 'open') return;
    this.#failureMs[this.#failures % this.#rules.failuresMax] = nowMs;
    this.#failures += 1;
    const oldest = this.#failureMs[this.#failures % this.#rules.failuresMax] ?? Number.NEGATIVE_INFINITY;
    if (state === 'closed' && nowMs - oldest > this.#rules.windowMs) return;
    this.#state = 'open';
    this.#openedMs = nowMs;
    this.openings += 1;
  }
}
