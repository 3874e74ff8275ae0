import {
  type BookOrder,
  isWaitingStop,
  lotsOf,
  type RestingOrder,
  type Side,
  slotOf,
  type WaitingStop,
} from './book-order.ts';
import { LEVELS_PER_SIDE, ORDER_SLOTS } from './geometry.ts';

/** A price level: its orders are in queue order; it is never empty. */
export interface PriceLevel {
  readonly price: bigint;
  readonly slot: number;
  readonly orders: RestingOrder[];
}

/** Everything the state commits to (protocol §6); nothing derived is stored. */
export interface BookState {
  sequence: bigint;
  batchNumber: bigint;
  /** Of the last batch, or of this one while its commands are executed. */
  timestamp: bigint;
  marketState: bigint;
  lastTradePrice: bigint;
  tradeCount: bigint;
  tradedLots: bigint;
  readonly bid: Map<bigint, PriceLevel>;
  readonly ask: Map<bigint, PriceLevel>;
  /** The stop book: a stop joins its end, so it is in sequence order. */
  readonly stops: WaitingStop[];
}

export function emptyBookState(): BookState {
  return {
    sequence: 0n,
    batchNumber: 0n,
    timestamp: 0n,
    marketState: 0n,
    lastTradePrice: 0n,
    tradeCount: 0n,
    tradedLots: 0n,
    bid: new Map(),
    ask: new Map(),
    stops: [],
  };
}

/** Expired: the expiry is not 0 and not above the timestamp of the batch (protocol §3). */
export function isExpired(state: BookState, { expiry }: { readonly expiry: bigint }): boolean {
  return expiry !== 0n && expiry <= state.timestamp;
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

/** Hidden parts included. */
export function levelVolume(level: PriceLevel): bigint {
  return level.orders.reduce((volume, order) => volume + lotsOf(order), 0n);
}

export function levelHiddenVolume(level: PriceLevel): bigint {
  return level.orders.reduce((volume, order) => volume + order.hidden, 0n);
}

export function sideVolume(state: BookState, side: Side): bigint {
  return levelsBestFirst(state, side).reduce((volume, level) => volume + levelVolume(level), 0n);
}

export function ordersOfSide(state: BookState, side: Side): RestingOrder[] {
  return levelsBestFirst(state, side).flatMap((level) => level.orders);
}

export function restingOrders(state: BookState): RestingOrder[] {
  return [...ordersOfSide(state, 'bid'), ...ordersOfSide(state, 'ask')];
}

/** Every resting order and every waiting stop, in the order of their slots. */
export function ordersBySlot(state: BookState): BookOrder[] {
  return [...restingOrders(state), ...state.stops].sort((a, b) => slotOf(a.orderId) - slotOf(b.orderId));
}

/** The resting order or waiting stop that has this id. */
export function findOrder(state: BookState, orderId: bigint): BookOrder | undefined {
  return [...restingOrders(state), ...state.stops].find((order) => order.orderId === orderId);
}

export function lowestFreeOrderSlot(state: BookState): number | undefined {
  const taken = new Set([...restingOrders(state), ...state.stops].map((order) => slotOf(order.orderId)));
  return lowestMissing(taken, ORDER_SLOTS);
}

export function lowestFreeLevelSlot(state: BookState, side: Side): number | undefined {
  const taken = new Set([...state[side].values()].map((level) => level.slot));
  return lowestMissing(taken, LEVELS_PER_SIDE);
}

/** True when an order of this side and price has a level to join, or a free level slot to make one. */
export function hasLevelRoom(state: BookState, side: Side, price: bigint): boolean {
  return state[side].has(price) || lowestFreeLevelSlot(state, side) !== undefined;
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

/** Takes an order out of its price level or the stop book; an empty level leaves the book. */
export function removeOrder(state: BookState, order: BookOrder): void {
  const level = isWaitingStop(order) ? undefined : state[order.side].get(order.price);
  const queue: BookOrder[] = isWaitingStop(order) ? state.stops : (level?.orders ?? []);
  const index = queue.indexOf(order);
  if (index < 0) throw new Error(`order ${order.orderId} is not in the book`);
  queue.splice(index, 1);
  if (level !== undefined && level.orders.length === 0) state[order.side].delete(order.price);
}

/** Puts a resting order at the back of its level's queue. */
export function moveToBack(state: BookState, order: RestingOrder): void {
  const orders = state[order.side].get(order.price)?.orders;
  if (orders === undefined || !orders.includes(order))
    throw new Error(`order ${order.orderId} is not resting`);
  orders.push(...orders.splice(orders.indexOf(order), 1));
}

function lowestMissing(taken: ReadonlySet<number>, count: number): number | undefined {
  for (let slot = 0; slot < count; slot += 1) if (!taken.has(slot)) return slot;
  return undefined;
}
