import { decodeTransitionList, type ModelTransition, TRANSITION } from './model-transition.ts';
import type { Random } from './random.ts';

/** What an order flow knows of an order that may still rest or wait. */
export interface LiveOrder {
  readonly orderId: bigint;
  readonly account: bigint;
  remaining: bigint;
}

const GONE_IDS_MAX = 256;

/**
 * Knows the ids of the resting orders and waiting stops from the transitions alone, so that a flow can cancel them
 * whichever engine made them.
 */
export class LiveOrders {
  readonly #live = new Map<bigint, LiveOrder>();
  #ids: bigint[] = [];
  #gone: bigint[] = [];
  /** The last sequence seen. */
  sequence = 0n;
  /** Of the last batch. */
  timestamp = 0n;
  /** How much time passes from batch to batch, so far as one can tell from the last time that any passed. */
  timestampStep = 1n;
  /** 0 when nothing was traded. */
  lastTradePrice = 0n;
  marketState = 0n;

  /** Takes in the packed transitions of one batch; without a timestamp no time has passed. */
  observe(transitions: Uint8Array, timestamp: bigint = this.timestamp): void {
    if (timestamp > this.timestamp) this.timestampStep = timestamp - this.timestamp;
    this.timestamp = timestamp;
    for (const transition of decodeTransitionList(transitions)) this.#observe(transition);
    this.#ids = [...this.#live.keys()];
    this.#gone = this.#gone.slice(-GONE_IDS_MAX);
  }

  /** A live order, or undefined when there is none. */
  pick(random: Random): LiveOrder | undefined {
    const id = this.#ids.length === 0 ? undefined : this.#ids[random.below(this.#ids.length)];
    return id === undefined ? undefined : this.#live.get(id);
  }

  /** The id of an order that has left; its slot is often taken by another order by now. */
  pickGone(random: Random): bigint | undefined {
    return this.#gone.length === 0 ? undefined : this.#gone[random.below(this.#gone.length)];
  }

  /** A copy of every live order. */
  all(): LiveOrder[] {
    return [...this.#live.values()].map((order) => ({ ...order }));
  }

  /** The slot that the next order to rest is going to take. */
  nextSlot(): bigint {
    return lowestFreeSlot([...this.#live.values()]);
  }

  #observe(transition: ModelTransition): void {
    const { type, orderId, account, price, quantity, remaining, relatedId } = transition;
    this.sequence = transition.sequence;
    switch (type) {
      case TRANSITION.accepted:
      case TRANSITION.replaced:
        this.#live.set(orderId, { orderId, account, remaining: quantity });
        break;
      case TRANSITION.filled:
        this.#setRemaining(orderId, remaining);
        this.#setRemaining(relatedId, (this.#live.get(relatedId)?.remaining ?? quantity) - quantity);
        this.lastTradePrice = price;
        break;
      case TRANSITION.reduced:
        this.#setRemaining(orderId, remaining);
        break;
      case TRANSITION.canceled:
      case TRANSITION.evicted:
      case TRANSITION.expired:
        this.#setRemaining(orderId, 0n);
        break;
      case TRANSITION.marketStateChanged:
        this.marketState = quantity;
        break;
      default:
    }
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
