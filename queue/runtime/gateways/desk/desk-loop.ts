import { sleepAsync } from '../../rings/async-sleep.ts';
import { EventCount } from '../../rings/event-count.ts';
import type { OrderDesk } from './order-desk.ts';

/** Longest sleep when nothing happens; and when somebody waits for room, which nothing may announce. */
const IDLE_MS = 100;
const ROOM_MS = 1;
const ALIVE_MS = 60_000;

/** Told after each turn of the loop: somebody whose commands found no room may try again. */
export interface RoomWaiter {
  /** True when it still waits. */
  retry(): boolean;
}

/** Turns a desk in the event loop of its thread: sleeps until the journaller commits, without keeping a core and without polling. */
export class DeskLoop {
  readonly #desk: OrderDesk;
  readonly #words: Int32Array;
  readonly #event: EventCount;
  readonly #waiters = new Set<RoomWaiter>();
  #isRunning = true;
  readonly #ended: Promise<void>;

  /** @param batchWords the batch ring, which changes when a group is journalled */
  constructor(desk: OrderDesk, batchWords: Int32Array) {
    this.#desk = desk;
    this.#words = batchWords;
    this.#event = new EventCount(batchWords);
    this.#ended = this.#run();
  }

  /** Calls `retry` after each turn until it says that it no longer waits. */
  waitForRoom(waiter: RoomWaiter): void {
    this.#waiters.add(waiter);
  }

  forget(waiter: RoomWaiter): void {
    this.#waiters.delete(waiter);
  }

  /** Ends after the turn that runs, or the sleep; what comes later is given out by nobody. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    await this.#ended;
  }

  async #run(): Promise<void> {
    // A `waitAsync` keeps no process alive: without this one, a process without sockets would end in the middle of a sleep.
    const alive = setInterval(() => undefined, ALIVE_MS);
    while (this.#isRunning) {
      const ticket = this.#event.prepare();
      const given = this.#desk.pump();
      for (const waiter of this.#waiters) if (!waiter.retry()) this.#waiters.delete(waiter);
      if (given > 0) {
        this.#event.cancel();
        await new Promise((resolve) => setImmediate(resolve));
      } else {
        const timeoutMs = this.#waiters.size > 0 ? ROOM_MS : IDLE_MS;
        await sleepAsync(this.#event, this.#words, ticket, timeoutMs);
      }
    }
    clearInterval(alive);
  }
}
