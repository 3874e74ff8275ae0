import { EventCount } from './event-count.ts';

/**
 * What a thread does that has nothing to do. `spin` keeps its core and answers within some 100 ns; `yield` spins a while, then gives
 * the core away for moments; `park` spins a while, then sleeps until it is woken, which takes the operating system some 50 us.
 */
export type WaitPolicy = 'spin' | 'yield' | 'park';

/** Something that can be waited for: a consumer that has slots to read, a producer that has room to write. */
export interface Awaitable {
  readonly words: Int32Array;
  /** Positive when the wait is over. Takes nothing. */
  ready(): number;
}

const SPINS_BEFORE_GIVING_WAY = 2000;
const NAP_MS = 0.05;
/** Looks between two readings of the clock. */
const SPINS_PER_CLOCK = 256;
/** A sleeper looks again this often even if nobody wakes it: a thread that died cannot. */
const SLEEP_MS_MAX = 100;

/** Waits by one policy; each thread has its own. */
export class WaitStrategy {
  readonly #policy: WaitPolicy;
  /** Nobody ever writes to it: a wait on it ends by its time alone. */
  readonly #never = new Int32Array(new SharedArrayBuffer(4));

  constructor(policy: WaitPolicy) {
    this.#policy = policy;
  }

  /** Waits until `subject` is ready or the time is over; returns what `ready` said last. @param timeoutMs 0 or more, Infinity at most */
  until(subject: Awaitable, timeoutMs: number): number {
    let ready = subject.ready();
    if (ready > 0) return ready;
    const deadline = performance.now() + timeoutMs;
    for (let round = 1; ; round++) {
      ready = subject.ready();
      if (ready > 0) return ready;
      if (this.#policy === 'spin' || round < SPINS_BEFORE_GIVING_WAY) {
        Atomics.pause();
        if (round % SPINS_PER_CLOCK === 0 && performance.now() >= deadline) return 0;
        continue;
      }
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) return 0;
      if (this.#policy === 'yield') Atomics.wait(this.#never, 0, 0, NAP_MS);
      else park(subject, Math.min(leftMs, SLEEP_MS_MAX));
    }
  }
}

function park(subject: Awaitable, timeoutMs: number): void {
  const event = new EventCount(subject.words);
  const ticket = event.prepare();
  if (subject.ready() > 0) event.cancel();
  else event.sleep(ticket, timeoutMs);
}
