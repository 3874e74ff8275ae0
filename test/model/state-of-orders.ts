import type { Side } from './book-order.ts';
import { type BookState, emptyBookState, joinLevel } from './book-state.ts';
import { TIME_IN_FORCE } from './model-command.ts';

/** A resting order to be; `lots` are what it displays, and what is left out is 0. */
export interface OrderToRest {
  readonly side: Side;
  readonly price: bigint;
  readonly lots: bigint;
  readonly account?: bigint;
  readonly clientOrderId?: bigint;
  /** Makes it a GTD order. */
  readonly expiry?: bigint;
  /** Lots that are not displayed; with a displayQuantity only. */
  readonly hidden?: bigint;
  readonly displayQuantity?: bigint;
}

/**
 * The state after these orders were placed one by one and none crossed: order n (from 1) has sequence n and
 * slot n-1. It is there in no time, where placing 4096 orders takes the model seconds.
 */
export function stateOfOrders(orders: readonly OrderToRest[]): BookState {
  const state = emptyBookState();
  orders.forEach((order, slot) => {
    state.sequence += 1n;
    const { side, price, lots, account = 0n, clientOrderId = 0n, expiry = 0n } = order;
    const { hidden = 0n, displayQuantity = 0n } = order;
    const orderId = (state.sequence << 12n) | BigInt(slot);
    const timeInForce = expiry === 0n ? TIME_IN_FORCE.gtc : TIME_IN_FORCE.gtd;
    const terms = { timeInForce, expiry, displayQuantity };
    joinLevel(state, { orderId, side, account, clientOrderId, price, ...terms, remaining: lots, hidden });
    // Its Terms take a sequence, too.
    if (expiry !== 0n || displayQuantity !== 0n) state.sequence += 1n;
  });
  state.batchNumber = 1n;
  state.timestamp = 1n;
  return state;
}
