import { TIME_IN_FORCE } from './model-command.ts';

export type Side = 'bid' | 'ask';

/** What every order has, wherever it is. */
interface Order {
  readonly orderId: bigint;
  readonly side: Side;
  readonly account: bigint;
  readonly clientOrderId: bigint;
  /** 0 for a market order. */
  readonly price: bigint;
  readonly timeInForce: bigint;
  /** 0 when it has none. */
  readonly expiry: bigint;
  /** How many lots it displays at most when it rests; 0 when it displays all. */
  readonly displayQuantity: bigint;
  remaining: bigint;
}

/** An order on a price level; `remaining` is what it displays. */
export interface RestingOrder extends Order {
  hidden: bigint;
}

/** An order that meets the other side of the book; `remaining` is all that remains of it, 0 once canceled. */
export interface Taker extends Order {
  readonly isMarket: boolean;
  readonly selfTradeMode: bigint;
}

/** A stop that was not triggered yet; `remaining` is all its lots. */
export interface WaitingStop extends Taker {
  readonly triggerPrice: bigint;
}

/** What a Cancel, Reduce or Replace can name. */
export type BookOrder = RestingOrder | WaitingStop;

export function isWaitingStop(order: BookOrder): order is WaitingStop {
  return 'triggerPrice' in order;
}

/** All that remains of an order, the hidden part included. */
export function lotsOf(order: BookOrder): bigint {
  return isWaitingStop(order) ? order.remaining : order.remaining + order.hidden;
}

/** Takes lots off, fewer than it has, the hidden part first (protocol §4, Reduce and decrement). */
export function takeOff(order: BookOrder, lots: bigint): void {
  let displayedLots = lots;
  if (!isWaitingStop(order)) {
    const hiddenLots = lots < order.hidden ? lots : order.hidden;
    order.hidden -= hiddenLots;
    displayedLots -= hiddenLots;
  }
  order.remaining -= displayedLots;
}

/** An order may rest when it is GTC or GTD and no market order (protocol §3). */
export function mayRest({ timeInForce, isMarket }: Pick<Taker, 'timeInForce' | 'isMarket'>): boolean {
  return (timeInForce === TIME_IN_FORCE.gtc || timeInForce === TIME_IN_FORCE.gtd) && !isMarket;
}

export function sideCode(side: Side): bigint {
  return side === 'bid' ? 0n : 1n;
}

export function otherSide(side: Side): Side {
  return side === 'bid' ? 'ask' : 'bid';
}

/** The low 12 bits of an order id. */
export function slotOf(orderId: bigint): number {
  return Number(orderId & 4095n);
}

/** The fields that all transitions about an order share (protocol §5). */
export function orderFields(order: Order) {
  return {
    side: sideCode(order.side),
    account: order.account,
    orderId: order.orderId,
    relatedId: order.clientOrderId,
    price: order.price,
  };
}
