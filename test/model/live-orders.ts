import { decodeTransitionList, type ModelTransition, TRANSITION } from './model-transition.ts';
import type { Random } from './random.ts';

/** What an order flow knows of an order that may still rest. */
export interface LiveOrder {
  readonly orderId: bigint;
  readonly account: bigint;
  remaining: bigint;
}

const GONE_IDS_MAX = 256;

/**
 * Knows the ids of the resting orders from the transitions alone, so that a flow can cancel them whichever
 * engine made them.
 */
export class LiveOrders {
  readonly #live = new Map<bigint, LiveOrder>();
  #ids: bigint[] = [];
  #gone: bigint[] = [];
  /** The last sequence seen. */
  sequence = 0n;

  /** Takes in packed transitions in the order they were made. */
  observe(transitions: Uint8Array): void {
    for (const transition of decodeTransitionList(transitions)) this.#observe(transition);
    this.#ids = [...this.#live.keys()];
    this.#gone = this.#gone.slice(-GONE_IDS_MAX);
  }

  /** A resting order, or undefined when there is none. */
  pick(random: Random): LiveOrder | undefined {
    const id = this.#ids.length === 0 ? undefined : this.#ids[random.below(this.#ids.length)];
    return id === undefined ? undefined : this.#live.get(id);
  }

  /** The id of an order that has left; its slot is often taken by another order by now. */
  pickGone(random: Random): bigint | undefined {
    return this.#gone.length === 0 ? undefined : this.#gone[random.below(this.#gone.length)];
  }

  /** A copy of every resting order. */
  all(): LiveOrder[] {
    return [...this.#live.values()].map((order) => ({ ...order }));
  }

  /** The slot that the next resting order is going to take. */
  nextSlot(): bigint {
    return lowestFreeSlot([...this.#live.values()]);
  }

  #observe(transition: ModelTransition): void {
    const { type, orderId, account, quantity, remaining, relatedId } = transition;
    this.sequence = transition.sequence;
    if (type === TRANSITION.accepted) this.#live.set(orderId, { orderId, account, remaining: quantity });
    if (type === TRANSITION.filled) {
      this.#setRemaining(orderId, remaining);
      this.#setRemaining(relatedId, (this.#live.get(relatedId)?.remaining ?? quantity) - quantity);
    }
    if (type === TRANSITION.reduced) this.#setRemaining(orderId, remaining);
    if (type === TRANSITION.canceled || type === TRANSITION.evicted) this.#setRemaining(orderId, 0n);
  }

  #setRemaining(orderId: bigint, remaining: bigint): void {
    const order = this.#live.get(orderId);
    if (order === undefined) return;
    order.remaining = remaining;
    if (remaining > 0n) return;
    this.#live.delete(orderId);
    this.#gone.push(orderId);
  }
}

/** The lowest order slot that none of the orders has. */
export function lowestFreeSlot(orders: readonly LiveOrder[]): bigint {
  const taken = new Set(orders.map((order) => order.orderId & 4095n));
  let slot = 0n;
  while (taken.has(slot)) slot += 1n;
  return slot;
}
