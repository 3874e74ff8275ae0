import { LEVELS_PER_SIDE, RESTING_ORDERS_MAX } from './geometry.ts';

export type Side = 'bid' | 'ask';

export interface RestingOrder {
  readonly orderId: bigint;
  readonly side: Side;
  readonly account: bigint;
  readonly clientOrderId: bigint;
  readonly price: bigint;
  remaining: bigint;
}

/** A price level: its orders are in queue order, the oldest first; it is never empty. */
export interface PriceLevel {
  readonly price: bigint;
  readonly slot: number;
  readonly orders: RestingOrder[];
}

/** Everything the state commits to (protocol §6); nothing derived is stored. */
export interface BookState {
  sequence: bigint;
  batchNumber: bigint;
  timestamp: bigint;
  lastTradePrice: bigint;
  tradeCount: bigint;
  tradedLots: bigint;
  readonly bid: Map<bigint, PriceLevel>;
  readonly ask: Map<bigint, PriceLevel>;
}

export function emptyBookState(): BookState {
  return {
    sequence: 0n,
    batchNumber: 0n,
    timestamp: 0n,
    lastTradePrice: 0n,
    tradeCount: 0n,
    tradedLots: 0n,
    bid: new Map(),
    ask: new Map(),
  };
}

export function otherSide(side: Side): Side {
  return side === 'bid' ? 'ask' : 'bid';
}

/** A bid is better when its price is higher, an ask when its price is lower. */
export function isBetter(side: Side, price: bigint, than: bigint): boolean {
  return side === 'bid' ? price > than : price < than;
}

export function levelsBestFirst(state: BookState, side: Side): PriceLevel[] {
  return [...state[side].values()].sort((a, b) => (isBetter(side, a.price, b.price) ? -1 : 1));
}

export function levelsWorstFirst(state: BookState, side: Side): PriceLevel[] {
  return levelsBestFirst(state, side).reverse();
}

export function bestLevel(state: BookState, side: Side): PriceLevel | undefined {
  return levelsBestFirst(state, side)[0];
}

export function worstLevel(state: BookState, side: Side): PriceLevel | undefined {
  return levelsWorstFirst(state, side)[0];
}

export function levelVolume(level: PriceLevel): bigint {
  return level.orders.reduce((volume, order) => volume + order.remaining, 0n);
}

export function sideVolume(state: BookState, side: Side): bigint {
  return levelsBestFirst(state, side).reduce((volume, level) => volume + levelVolume(level), 0n);
}

export function ordersOfSide(state: BookState, side: Side): RestingOrder[] {
  return levelsBestFirst(state, side).flatMap((level) => level.orders);
}

export function allOrders(state: BookState): RestingOrder[] {
  return [...ordersOfSide(state, 'bid'), ...ordersOfSide(state, 'ask')];
}

export function findOrder(state: BookState, orderId: bigint): RestingOrder | undefined {
  return allOrders(state).find((order) => order.orderId === orderId);
}

/** The low 12 bits of an order id. */
export function slotOf(orderId: bigint): number {
  return Number(orderId & 4095n);
}

export function lowestFreeOrderSlot(state: BookState): number | undefined {
  const taken = new Set(allOrders(state).map((order) => slotOf(order.orderId)));
  return lowestMissing(taken, RESTING_ORDERS_MAX);
}

export function lowestFreeLevelSlot(state: BookState, side: Side): number | undefined {
  const taken = new Set([...state[side].values()].map((level) => level.slot));
  return lowestMissing(taken, LEVELS_PER_SIDE);
}

/** Puts an order at the end of its price level; a new level takes the lowest free level slot of its side. */
export function joinLevel(state: BookState, order: RestingOrder): void {
  const level = state[order.side].get(order.price);
  if (level !== undefined) {
    level.orders.push(order);
    return;
  }
  const slot = lowestFreeLevelSlot(state, order.side);
  if (slot === undefined) throw new Error(`the ${order.side} side has no free level slot`);
  state[order.side].set(order.price, { price: order.price, slot, orders: [order] });
}

/** Takes an order out of its price level; an empty level leaves the book. */
export function removeOrder(state: BookState, order: RestingOrder): void {
  const level = state[order.side].get(order.price);
  const index = level?.orders.indexOf(order) ?? -1;
  if (level === undefined || index < 0) throw new Error(`order ${order.orderId} is not in the book`);
  level.orders.splice(index, 1);
  if (level.orders.length === 0) state[order.side].delete(order.price);
}

function lowestMissing(taken: ReadonlySet<number>, count: number): number | undefined {
  for (let slot = 0; slot < count; slot += 1) if (!taken.has(slot)) return slot;
  return undefined;
}
