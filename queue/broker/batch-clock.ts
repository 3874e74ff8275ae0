import { ProofbookError } from '../../engine/proofbook-error.ts';

const NS_PER_MS = 1_000_000n;
const OFFSET_MAX_MS = 1e14;

/**
 * The clock of a sequencer: nanoseconds since the epoch that never decrease, whatever the machine's clock does. After a jump
 * back it stands still until time has caught up: a batch must not be older than the one before it (protocol §8).
 */
export class BatchClock {
  readonly #nowMs: () => number;
  #lastNs: bigint;

  /**
   * @param lastNs timestamp of the last batch in the log, 0 before the first
   * @param nowMs milliseconds since the epoch
   */
  constructor(lastNs: bigint, nowMs: () => number = Date.now) {
    this.#lastNs = lastNs;
    this.#nowMs = nowMs;
  }

  /** The timestamp of the next batch: now, or the last one's if now is before it. */
  next(): bigint {
    const nowNs = BigInt(Math.floor(this.#nowMs())) * NS_PER_MS;
    if (nowNs > this.#lastNs) this.#lastNs = nowNs;
    return this.#lastNs;
  }
}

/**
 * The machine's clock, off by PROOFBOOK_CLOCK_OFFSET_MS: with it a test can see what a clock that jumps does.
 *
 * @throws INVALID_FIELD when that is no whole number
 */
export function clockOf(environment: NodeJS.ProcessEnv): () => number {
  const text = environment.PROOFBOOK_CLOCK_OFFSET_MS ?? '';
  if (text === '') return Date.now;
  const offsetMs = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(Math.abs(offsetMs) <= OFFSET_MAX_MS)) {
    throw new ProofbookError('INVALID_FIELD', {
      field: 'PROOFBOOK_CLOCK_OFFSET_MS',
      value: JSON.stringify(text),
      reason: 'must be a whole number of milliseconds',
    });
  }
  return () => Date.now() + offsetMs;
}
