import type { DeskClient } from './desk-client.ts';

const TICKET_MASK = 0x7fffffff;

/**
 * Which client sent which command: a command travels with a ticket, a number that counts up to 2^31-1 and begins again, and its
 * transitions come back with it, in order. A ticket is out until the transitions of a later one come, or all are known to have come.
 */
export class TicketTable {
  /** Most tickets that can be out. */
  readonly capacity: number;
  readonly #clients: (DeskClient | undefined)[];
  readonly #numbers: Uint32Array;
  #next: number;
  /** The oldest ticket that is out. */
  #oldest: number;

  /** @param capacity a power of two @param first a test begins just before tickets begin again */
  constructor(capacity: number, first = 0) {
    this.capacity = capacity;
    this.#next = first;
    this.#oldest = first;
    this.#clients = new Array(capacity).fill(undefined);
    this.#numbers = new Uint32Array(capacity);
  }

  get out(): number {
    return (this.#next - this.#oldest) & TICKET_MASK;
  }

  get room(): number {
    return this.capacity - this.out;
  }

  /** There must be room. @param number what the client calls its command, u32 */
  issue(client: DeskClient, number: number): number {
    const ticket = this.#next;
    const at = ticket & (this.capacity - 1);
    this.#clients[at] = client;
    this.#numbers[at] = number;
    this.#next = (ticket + 1) & TICKET_MASK;
    return ticket;
  }

  /** Whether the ticket is one that is out; an origin of something else need not be. */
  isOut(ticket: number): boolean {
    return ticket >= 0 && ((ticket - this.#oldest) & TICKET_MASK) < this.out;
  }

  clientOf(ticket: number): DeskClient | undefined {
    return this.#clients[ticket & (this.capacity - 1)];
  }

  numberOf(ticket: number): number {
    return this.#numbers[ticket & (this.capacity - 1)] ?? 0;
  }

  /** Takes back the ticket and all that were issued before it. */
  close(ticket: number): void {
    for (let next = this.#oldest; next !== ((ticket + 1) & TICKET_MASK); next = (next + 1) & TICKET_MASK) {
      this.#clients[next & (this.capacity - 1)] = undefined;
    }
    this.#oldest = (ticket + 1) & TICKET_MASK;
  }
}
