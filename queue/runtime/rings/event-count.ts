import { ACTIVITY_WORD, SLEEPERS_WORD } from './ring-layout.ts';

/**
 * How threads sleep until a ring changes, and are woken, without a lock and without a lost wake-up (an eventcount): who wants to sleep
 * says so first and looks again before it sleeps; who changes the ring looks for sleepers afterwards. All of it is sequentially
 * consistent, so one of the two sees the other. While nobody sleeps, a change costs one load more. A thread that is ended while it sleeps
 * stays counted: changes then cost a notification more, and nothing else.
 */
export class EventCount {
  readonly #words: Int32Array;

  constructor(words: Int32Array) {
    this.#words = words;
  }

  /** To be called after every change that somebody may wait for. */
  signal(): void {
    if (Atomics.load(this.#words, SLEEPERS_WORD) === 0) return;
    Atomics.add(this.#words, ACTIVITY_WORD, 1);
    Atomics.notify(this.#words, ACTIVITY_WORD);
  }

  /** Announces a sleeper. The caller then looks again, and calls `sleep` or `cancel` with nothing in between. */
  prepare(): number {
    const ticket = Atomics.load(this.#words, ACTIVITY_WORD);
    Atomics.add(this.#words, SLEEPERS_WORD, 1);
    return ticket;
  }

  /** Sleeps until the ring changes, a change since `prepare` included. Not for Node's main thread where it serves sockets. */
  sleep(ticket: number, timeoutMs: number): void {
    Atomics.wait(this.#words, ACTIVITY_WORD, ticket, timeoutMs);
    Atomics.sub(this.#words, SLEEPERS_WORD, 1);
  }

  cancel(): void {
    Atomics.sub(this.#words, SLEEPERS_WORD, 1);
  }
}
