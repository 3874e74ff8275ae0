import type { Transition } from '../../engine/transition.ts';

/** An order that rests in the book, as the transitions tell it. */
export interface LiveOrder {
  readonly orderId: bigint;
  readonly account: number;
  readonly side: 'bid' | 'ask';
  readonly price: bigint;
  readonly remaining: bigint;
}

/** Which orders rest, read from the engine's transitions alone: the log is enough (protocol §4). */
export class LiveOrders {
  readonly #orders: LiveOrder[] = [];
  readonly #places = new Map<bigint, number>();

  get count(): number {
    return this.#orders.length;
  }

  /** The order at a place 0 .. count-1; places change as orders leave. */
  at(place: number): LiveOrder | undefined {
    return this.#orders[place];
  }

  find(orderId: bigint): LiveOrder | undefined {
    const place = this.#places.get(orderId);
    return place === undefined ? undefined : this.#orders[place];
  }

  /**
   * Takes the transitions of one command.
   *
   * @param mayRest false for an order that never rests (IOC, FOK, market): the transitions do not say it
   */
  observe(transitions: readonly Transition[], mayRest: boolean): void {
    for (const transition of transitions) {
      const { type, orderId, remaining } = transition;
      if ((type === 'accepted' || type === 'replaced') && mayRest) this.#add(transition);
      if (type === 'canceled' || type === 'evicted') this.#setRemaining(orderId, 0n);
      if (type === 'reduced') this.#setRemaining(orderId, remaining);
      if (type === 'filled') {
        const maker = this.find(transition.makerOrderId);
        if (maker !== undefined) this.#setRemaining(maker.orderId, maker.remaining - transition.quantity);
        this.#setRemaining(orderId, remaining);
      }
    }
  }

  #add({ orderId, account, side, price, quantity }: Transition): void {
    this.#places.set(orderId, this.#orders.length);
    this.#orders.push({ orderId, account, side: side === 0 ? 'bid' : 'ask', price, remaining: quantity });
  }

  #setRemaining(orderId: bigint, remaining: bigint): void {
    const place = this.#places.get(orderId);
    if (place === undefined) return;
    const order = this.#orders[place];
    if (order === undefined) return;
    if (remaining > 0n) this.#orders[place] = { ...order, remaining };
    else this.#removeAt(place, orderId);
  }

  // The last order takes the freed place, so removing costs the same however many orders rest.
  #removeAt(place: number, orderId: bigint): void {
    const last = this.#orders.pop();
    this.#places.delete(orderId);
    if (last === undefined || last.orderId === orderId) return;
    this.#orders[place] = last;
    this.#places.set(last.orderId, place);
  }
}
