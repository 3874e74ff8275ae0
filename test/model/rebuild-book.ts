import { lotsOf, type RestingOrder, type Taker, takeOff, type WaitingStop } from './book-order.ts';
import { type BookState, emptyBookState, findOrder, removeOrder } from './book-state.ts';
import { refill, restTaker } from './match-taker.ts';
import { FLAG, TIME_IN_FORCE } from './model-command.ts';
import { decodeTransitionList, type ModelTransition, TRANSITION } from './model-transition.ts';
import { fieldOf } from './words.ts';

/**
 * Rebuilds the book from the transitions log alone, without matching: what the log says happened. All it knows
 * of orders is how an iceberg shows its next part.
 *
 * The log does not say that an order came to rest. It has when something happens that is no part of its
 * matching, and that is anything but what happens to itself or to the other side.
 */
export class BookRebuilder {
  readonly state: BookState = emptyBookState();
  #taker: Taker | undefined;

  /** Takes in the transitions of one batch and what its journal says of it. */
  addBatch(transitions: Uint8Array, batchNumber: bigint, timestamp: bigint): void {
    let commandIndex: bigint | undefined;
    for (const transition of decodeTransitionList(transitions)) {
      if (transition.commandIndex !== commandIndex) this.#rest();
      commandIndex = transition.commandIndex;
      this.#add(transition);
    }
    this.#rest();
    this.state.batchNumber = batchNumber;
    this.state.timestamp = timestamp;
  }

  #add(transition: ModelTransition): void {
    this.state.sequence = transition.sequence;
    switch (transition.type) {
      case TRANSITION.accepted:
      case TRANSITION.replaced:
        this.#rest();
        this.#taker = takerOf(transition);
        break;
      case TRANSITION.terms:
        this.#setTerms(transition);
        break;
      case TRANSITION.triggered:
        this.#rest();
        this.#taker = this.#removedStop(transition.orderId);
        break;
      case TRANSITION.filled:
        this.#fill(transition);
        break;
      case TRANSITION.reduced:
      case TRANSITION.canceled:
      case TRANSITION.expired:
      case TRANSITION.evicted:
        this.#takeOff(transition);
        break;
      case TRANSITION.marketStateChanged:
        this.#rest();
        this.state.marketState = transition.quantity;
        break;
      default:
        this.#rest();
    }
  }

  #setTerms({ orderId, relatedId, price, quantity, remaining }: ModelTransition): void {
    const taker = this.#taker;
    if (taker?.orderId !== orderId) throw new Error(`the log has Terms of ${orderId} out of place`);
    const terms = { displayQuantity: relatedId, expiry: quantity, timeInForce: remaining };
    this.#taker = price === 0n ? { ...taker, ...terms } : undefined;
    if (price !== 0n) this.state.stops.push({ ...taker, ...terms, triggerPrice: price });
  }

  #removedStop(orderId: bigint): WaitingStop {
    const stop = this.state.stops.find((waiting) => waiting.orderId === orderId);
    if (stop === undefined) throw new Error(`the log triggers ${orderId}, which is no waiting stop`);
    removeOrder(this.state, stop);
    return stop;
  }

  #fill({ orderId, relatedId, price, quantity, remaining }: ModelTransition): void {
    const maker = this.#restingOrder(relatedId);
    if (this.#taker?.orderId !== orderId) throw new Error(`the log fills ${orderId} out of place`);
    this.#taker.remaining = remaining;
    maker.remaining -= quantity;
    if (maker.remaining < 0n) throw new Error(`the log fills ${relatedId} with more than it displays`);
    if (maker.remaining === 0n && maker.hidden === 0n) removeOrder(this.state, maker);
    else if (maker.remaining === 0n) refill(this.state, maker);
    this.state.lastTradePrice = price;
    this.state.tradeCount += 1n;
    this.state.tradedLots += quantity;
  }

  #takeOff({ orderId, quantity, side }: ModelTransition): void {
    if (this.#taker?.orderId === orderId) {
      this.#taker.remaining -= quantity;
      return;
    }
    const takerSide = this.#taker?.side === 'bid' ? 0n : 1n;
    if (side === takerSide) this.#rest();
    const order = findOrder(this.state, orderId);
    if (order === undefined) throw new Error(`the log names order ${orderId}, which is not in the book`);
    if (quantity > lotsOf(order)) throw new Error(`the log takes too many lots off order ${orderId}`);
    if (quantity === lotsOf(order)) removeOrder(this.state, order);
    else takeOff(order, quantity);
  }

  #restingOrder(orderId: bigint): RestingOrder {
    const order = findOrder(this.state, orderId);
    if (order === undefined || !('hidden' in order)) throw new Error(`order ${orderId} is not resting`);
    return order;
  }

  #rest(): void {
    const taker = this.#taker;
    this.#taker = undefined;
    if (taker !== undefined && taker.remaining > 0n) restTaker(this.state, taker);
  }
}

/** As long as no Terms follow, it is GTC: what is neither GTC nor GTD never rests. */
function takerOf(accepted: ModelTransition): Taker {
  const { orderId, side, account, relatedId: clientOrderId, price, quantity, flags } = accepted;
  return {
    orderId,
    side: side === 0n ? 'bid' : 'ask',
    account,
    clientOrderId,
    price,
    remaining: quantity,
    isMarket: (flags & FLAG.market) !== 0n,
    selfTradeMode: fieldOf(flags, 4n, 3n),
    timeInForce: TIME_IN_FORCE.gtc,
    displayQuantity: 0n,
    expiry: 0n,
  };
}
