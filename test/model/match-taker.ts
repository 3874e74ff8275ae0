import { lotsOf, mayRest, orderFields, type RestingOrder, type Taker, takeOff } from './book-order.ts';
import { type BookState, hasLevelRoom, isExpired, joinLevel, moveToBack, removeOrder } from './book-state.ts';
import { crossedBestLevel } from './crossing.ts';
import { FILLS_MAX } from './geometry.ts';
import { SELF_TRADE } from './model-command.ts';
import { REASON, TRANSITION } from './model-transition.ts';
import type { TransitionRecorder } from './transition-recorder.ts';

/** Makers met and stops triggered so far, at most MAX_FILLS (protocol §4). */
export interface Work {
  done: number;
}

/** Protocol §4.3: the taker meets makers while something remains, work is left and it crosses the best level. */
export function matchTaker(state: BookState, taker: Taker, work: Work, recorder: TransitionRecorder): void {
  while (taker.remaining > 0n && work.done < FILLS_MAX) {
    const level = crossedBestLevel(state, taker);
    if (level === undefined) return;
    const maker = level.orders[0];
    if (maker === undefined) throw new Error(`price level ${level.price} has no order`);
    work.done += 1;
    const isOwn = maker.account === taker.account;
    if (isExpired(state, maker)) expireMaker(state, maker, recorder);
    else if (isOwn && taker.selfTradeMode !== SELF_TRADE.none) preventTrade(state, taker, maker, recorder);
    else fill(state, taker, maker, recorder);
  }
}

/** Protocol §4.4: what remains of the taker is canceled or comes to rest. */
export function settleTaker(state: BookState, taker: Taker, work: Work, recorder: TransitionRecorder): void {
  if (taker.remaining === 0n) return;
  const stillCrosses = crossedBestLevel(state, taker) !== undefined;
  if (work.done === FILLS_MAX && stillCrosses) cancelTaker(taker, REASON.matchLimit, recorder);
  else if (!mayRest(taker)) cancelTaker(taker, REASON.remainder, recorder);
  // Only a triggered stop can find no room: for any other order it was looked for before (protocol §4.5).
  else if (!hasLevelRoom(state, taker.side, taker.price)) cancelTaker(taker, REASON.bookFull, recorder);
  else restTaker(state, taker);
}

/** Joins the end of its price level; an iceberg displays the least of displayQuantity and the rest. */
export function restTaker(state: BookState, taker: Taker): void {
  const { displayQuantity, remaining: rest } = taker;
  const displayed = displayQuantity === 0n ? rest : least(displayQuantity, rest);
  const { orderId, side, account, clientOrderId, price, timeInForce, expiry } = taker;
  const terms = { timeInForce, expiry, displayQuantity };
  const lots = { remaining: displayed, hidden: rest - displayed };
  joinLevel(state, { orderId, side, account, clientOrderId, price, ...terms, ...lots });
}

function expireMaker(state: BookState, maker: RestingOrder, recorder: TransitionRecorder): void {
  removeOrder(state, maker);
  recorder.record({ ...orderFields(maker), type: TRANSITION.expired, quantity: lotsOf(maker) });
}

/** The taker meets an order of its own account (protocol §4.3). */
function preventTrade(
  state: BookState,
  taker: Taker,
  maker: RestingOrder,
  recorder: TransitionRecorder,
): void {
  switch (taker.selfTradeMode) {
    case SELF_TRADE.cancelTaker:
      cancelTaker(taker, REASON.selfTrade, recorder);
      break;
    case SELF_TRADE.cancelMaker:
      cancelMaker(state, maker, recorder);
      break;
    case SELF_TRADE.cancelBoth:
      cancelMaker(state, maker, recorder);
      cancelTaker(taker, REASON.selfTrade, recorder);
      break;
    default:
      decrementBoth(state, taker, maker, recorder);
  }
}

/** Both lose the same lots without a trade; who loses all of them is canceled. */
function decrementBoth(
  state: BookState,
  taker: Taker,
  maker: RestingOrder,
  recorder: TransitionRecorder,
): void {
  const quantity = least(taker.remaining, lotsOf(maker));
  const reduced = { type: TRANSITION.reduced, reason: REASON.selfTrade, quantity };
  if (lotsOf(maker) === quantity) {
    cancelMaker(state, maker, recorder);
  } else {
    takeOff(maker, quantity);
    recorder.record({ ...orderFields(maker), ...reduced, remaining: lotsOf(maker) });
  }
  if (taker.remaining === quantity) {
    cancelTaker(taker, REASON.selfTrade, recorder);
  } else {
    taker.remaining -= quantity;
    recorder.record({ ...orderFields(taker), ...reduced, remaining: taker.remaining });
  }
}

/** A trade at the maker's price. */
function fill(state: BookState, taker: Taker, maker: RestingOrder, recorder: TransitionRecorder): void {
  const quantity = least(taker.remaining, maker.remaining);
  taker.remaining -= quantity;
  maker.remaining -= quantity;
  if (maker.remaining === 0n) {
    if (maker.hidden === 0n) removeOrder(state, maker);
    else refill(state, maker);
  }
  state.lastTradePrice = maker.price;
  state.tradeCount += 1n;
  state.tradedLots += quantity;
  recorder.record({
    ...orderFields(taker),
    type: TRANSITION.filled,
    relatedId: maker.orderId,
    price: maker.price,
    quantity,
    remaining: taker.remaining,
    makerAccount: maker.account,
  });
}

/** An iceberg shows its next part, and loses its place in the queue for it. */
export function refill(state: BookState, maker: RestingOrder): void {
  maker.remaining = least(maker.displayQuantity, maker.hidden);
  maker.hidden -= maker.remaining;
  moveToBack(state, maker);
}

function cancelMaker(state: BookState, maker: RestingOrder, recorder: TransitionRecorder): void {
  removeOrder(state, maker);
  const canceled = { type: TRANSITION.canceled, reason: REASON.selfTrade, quantity: lotsOf(maker) };
  recorder.record({ ...orderFields(maker), ...canceled });
}

function cancelTaker(taker: Taker, reason: bigint, recorder: TransitionRecorder): void {
  const canceled = { type: TRANSITION.canceled, reason, quantity: taker.remaining };
  taker.remaining = 0n;
  recorder.record({ ...orderFields(taker), ...canceled });
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
