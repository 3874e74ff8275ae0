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

/** A waiting stop to be; what is left out is 0, and without a price it is a market order. */
export interface StopToWait {
  readonly side: Side;
  readonly trigger: bigint;
  readonly price?: bigint;
  readonly lots: bigint;
  readonly account?: bigint;
  readonly clientOrderId?: bigint;
  /** GTC or IOC; an expiry makes it GTD. */
  readonly timeInForce?: bigint;
  readonly expiry?: bigint;
  readonly displayQuantity?: bigint;
  readonly selfTradeMode?: bigint;
}

/** The state after these stops were placed, too, one by one, and `lastTradePrice` was traded. */
export function stateWithStops(
  orders: readonly OrderToRest[],
  stops: readonly StopToWait[],
  lastTradePrice: bigint,
): BookState {
  const state = stateOfOrders(orders);
  stops.forEach((stop, index) => {
    state.sequence += 1n;
    const {
      side,
      trigger: triggerPrice,
      price = 0n,
      lots: remaining,
      account = 0n,
      clientOrderId = 0n,
    } = stop;
    const { expiry = 0n, displayQuantity = 0n, selfTradeMode = 0n } = stop;
    const timeInForce = expiry === 0n ? (stop.timeInForce ?? TIME_IN_FORCE.gtc) : TIME_IN_FORCE.gtd;
    const orderId = (state.sequence << 12n) | BigInt(orders.length + index);
    const terms = { timeInForce, expiry, displayQuantity, selfTradeMode, triggerPrice };
    const isMarket = price === 0n;
    state.stops.push({ orderId, side, account, clientOrderId, price, isMarket, ...terms, remaining });
    // Its Terms.
    state.sequence += 1n;
  });
  state.lastTradePrice = lastTradePrice;
  return state;
}
