import { type BookState, emptyBookState, findOrder, joinLevel, removeOrder } from './book-state.ts';
import { decodeTransitionList, type ModelTransition, TRANSITION } from './model-transition.ts';

/**
 * Rebuilds the book from the transitions log alone, with no rule of matching: what the log says happened.
 * An order joins its level when its command has made its last transition.
 */
export class BookRebuilder {
  readonly state: BookState = emptyBookState();
  #taker: { readonly accepted: ModelTransition; remaining: bigint } | undefined;

  /** Takes in the transitions of one batch and what its journal says of it. */
  addBatch(transitions: Uint8Array, batchNumber: bigint, timestamp: bigint): void {
    let commandIndex: bigint | undefined;
    for (const transition of decodeTransitionList(transitions)) {
      if (transition.commandIndex !== commandIndex) this.#endCommand();
      commandIndex = transition.commandIndex;
      this.#add(transition);
    }
    this.#endCommand();
    this.state.batchNumber = batchNumber;
    this.state.timestamp = timestamp;
  }

  #add(transition: ModelTransition): void {
    const { type, orderId, relatedId, price, quantity, remaining } = transition;
    this.state.sequence = transition.sequence;
    if (type === TRANSITION.accepted) this.#taker = { accepted: transition, remaining: quantity };
    if (type === TRANSITION.filled) {
      if (this.#taker !== undefined) this.#taker.remaining = remaining;
      this.#takeOff(relatedId, quantity);
      this.state.lastTradePrice = price;
      this.state.tradeCount += 1n;
      this.state.tradedLots += quantity;
    }
    if (type === TRANSITION.reduced || type === TRANSITION.evicted) this.#takeOff(orderId, quantity);
    if (type === TRANSITION.canceled) {
      if (this.#taker?.accepted.orderId === orderId) this.#taker.remaining -= quantity;
      else this.#takeOff(orderId, quantity);
    }
  }

  #takeOff(orderId: bigint, lots: bigint): void {
    const order = findOrder(this.state, orderId);
    if (order === undefined) throw new Error(`the log names order ${orderId}, which is not in the book`);
    order.remaining -= lots;
    if (order.remaining < 0n) throw new Error(`the log takes too many lots off order ${orderId}`);
    if (order.remaining === 0n) removeOrder(this.state, order);
  }

  #endCommand(): void {
    if (this.#taker !== undefined && this.#taker.remaining > 0n) {
      const { orderId, side, account, relatedId: clientOrderId, price } = this.#taker.accepted;
      const { remaining } = this.#taker;
      joinLevel(this.state, {
        orderId,
        side: side === 0n ? 'bid' : 'ask',
        account,
        clientOrderId,
        price,
        remaining,
      });
    }
    this.#taker = undefined;
  }
}
