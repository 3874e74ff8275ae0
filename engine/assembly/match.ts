// Matching (protocol §4.3, §4.4): a taker, whose record is written, meets the makers of the other side; what remains
// rests or is canceled.

import { Flag, Reason, SelfTrade, TimeInForce, TransitionType } from './codes';
import { MAX_FILLS } from './geometry';
import {
  isExpired,
  openLevel,
  reduceOrder,
  reduceTotal,
  refillOrder,
  removeOrder,
  restOrder,
} from './order-book';
import { releaseSlot } from './order-slots';
import { bestLevel, betterness } from './price-levels';
import {
  bookSide,
  header,
  isSpecial,
  levelAt,
  Order,
  orderAt,
  queueAt,
  sideOf,
  timeInForceOf,
  totalRemaining,
  totals,
  UNSLOTTED,
} from './records';
import { lacksLevel, wouldOverflow } from './room';
import { logFilled, logReduced, logResting, logTaker } from './transition-log';

/** Makers met and stops triggered so far, MAX_FILLS at most (protocol §4). */
let work: u32 = 0;

// @ts-ignore: decorator
@inline
export function beginWork(): void {
  work = 0;
}

/** Takes one unit of work, unless all is done. */
export function takeWork(): bool {
  if (work == MAX_FILLS) return false;
  work += 1;
  return true;
}

// @ts-ignore: decorator
@inline
function flagsOf(taker: Order): u32 {
  return taker.head >> 16;
}

/** How good a maker's price must be for the taker: a betterness on the makers' side, 0 for a market order. */
// @ts-ignore: decorator
@inline
export function limitOf(makerSide: u32, flags: u32, price: u64): u64 {
  return flags & Flag.Market ? 0 : betterness(makerSide, price);
}

/** True when the limit reaches the best level of the maker side. */
// @ts-ignore: decorator
@inline
export function crosses(makerSide: u32, limit: u64): bool {
  return (
    bookSide(makerSide).levelCount != 0 && betterness(makerSide, levelAt(bestLevel(makerSide)).price) >= limit
  );
}

/** Matches the taker in `slot` (`UNSLOTTED` if it may not rest) and settles what remains of it. */
export function execute(slot: u32): void {
  const taker = orderAt(slot);
  const makerSide = sideOf(taker) ^ 1;
  const limit = limitOf(makerSide, flagsOf(taker), taker.limitPrice);
  match(taker, makerSide, limit);
  if (taker.remaining != 0 && settle(slot, makerSide, limit)) return;
  if (slot != UNSLOTTED) releaseSlot(slot);
}

/** Best price and oldest order first, while something remains. */
function match(taker: Order, makerSide: u32, limit: u64): void {
  const selfTrade = flagsOf(taker) & Flag.SelfTradeMask;
  while (taker.remaining != 0 && work < MAX_FILLS && crosses(makerSide, limit)) {
    const index = bestLevel(makerSide);
    openLevel(index);
    const slot = queueAt(index).head as u32;
    const maker = orderAt(slot);
    const price = levelAt(index).price;
    work += 1;
    if (selfTrade != SelfTrade.None && maker.account == taker.account && !isPast(maker)) {
      meetOwn(taker, slot, price, selfTrade);
    } else if (isSpecial(maker)) {
      meetSpecial(taker, slot, price);
    } else {
      const quantity = trade(taker, maker, price);
      if (quantity != maker.remaining) reduceOrder(slot, quantity);
      else removeOrder(slot);
    }
  }
}

// @ts-ignore: decorator
@inline
function isPast(maker: Order): bool {
  return isSpecial(maker) && isExpired(maker.expiry);
}

/** The maker has an expiry or a display size. */
function meetSpecial(taker: Order, slot: u32, price: u64): void {
  const maker = orderAt(slot);
  if (isExpired(maker.expiry)) {
    logResting(TransitionType.Expired, Reason.None, maker, price);
    removeOrder(slot);
    return;
  }
  const quantity = trade(taker, maker, price);
  if (quantity != maker.remaining) reduceOrder(slot, quantity);
  else if (maker.hiddenRemaining != 0) refillOrder(slot);
  else removeOrder(slot);
}

/** Fills what both have, at the maker's price, and returns it. The maker's record is yet to change. */
// @ts-ignore: decorator
@inline
function trade(taker: Order, maker: Order, price: u64): u64 {
  const quantity = min(taker.remaining, maker.remaining);
  taker.remaining -= quantity;
  logFilled(taker, maker, price, quantity);
  header().lastTradePrice = price;
  const sums = totals();
  sums.tradeCount += 1;
  sums.tradedLots += quantity;
  if (sums.tradedLots < quantity) sums.tradedLotsHigh += 1;
  return quantity;
}

/** The taker meets an order of its own account. */
function meetOwn(taker: Order, slot: u32, price: u64, selfTrade: u32): void {
  const maker = orderAt(slot);
  if (selfTrade == SelfTrade.Decrement) {
    decrementBoth(taker, slot, price);
    return;
  }
  if (selfTrade != SelfTrade.CancelTaker) {
    logResting(TransitionType.Canceled, Reason.SelfTrade, maker, price);
    removeOrder(slot);
  }
  if (selfTrade != SelfTrade.CancelMaker) {
    logTaker(TransitionType.Canceled, Reason.SelfTrade, taker, taker.remaining);
    taker.remaining = 0;
  }
}

/** Both lose the same lots without a trade: first the maker, then the taker. */
function decrementBoth(taker: Order, slot: u32, price: u64): void {
  const maker = orderAt(slot);
  const quantity = min(taker.remaining, totalRemaining(maker));
  if (quantity == totalRemaining(maker)) {
    logResting(TransitionType.Canceled, Reason.SelfTrade, maker, price);
    removeOrder(slot);
  } else {
    reduceTotal(slot, quantity);
    logReduced(Reason.SelfTrade, maker, price, quantity, totalRemaining(maker));
  }
  if (quantity == taker.remaining) {
    logTaker(TransitionType.Canceled, Reason.SelfTrade, taker, quantity);
    taker.remaining = 0;
  } else {
    taker.remaining -= quantity;
    logReduced(Reason.SelfTrade, taker, taker.limitPrice, quantity, taker.remaining);
  }
}

/** What becomes of the rest (protocol §4.4). True when it came to rest. */
function settle(slot: u32, makerSide: u32, limit: u64): bool {
  const taker = orderAt(slot);
  let canceled: u32 = Reason.None;
  if (work == MAX_FILLS && crosses(makerSide, limit)) canceled = Reason.MatchLimit;
  else if (!mayRest(timeInForceOf(taker), flagsOf(taker))) canceled = Reason.Remainder;
  else if (lacksLevel(makerSide ^ 1, taker.limitPrice) || overflows(makerSide ^ 1, taker)) canceled = Reason.BookFull;
  if (canceled == Reason.None) {
    becomeResting(taker);
    restOrder(slot, makerSide ^ 1, taker.limitPrice);
    return true;
  }
  logTaker(TransitionType.Canceled, canceled, taker, taker.remaining);
  return false;
}

/** Only a triggered stop can come to a level that has grown since it was accepted. */
// @ts-ignore: decorator
@inline
function overflows(side: u32, taker: Order): bool {
  return wouldOverflow(side, taker.limitPrice, taker.remaining);
}

/** A taker's record becomes a resting order's: an iceberg shows its display size and hides the other part. */
function becomeResting(order: Order): void {
  order.head &= 0xffff;
  order.hiddenRemaining = 0;
  if (order.displaySize == 0) return;
  order.head |= Flag.Extended << 16;
  const displayed = min(order.displaySize, order.remaining);
  order.hiddenRemaining = order.remaining - displayed;
  order.remaining = displayed;
}

/** Protocol §3. */
// @ts-ignore: decorator
@inline
export function mayRest(timeInForce: u32, flags: u32): bool {
  const resting = timeInForce == TimeInForce.GoodTillCanceled || timeInForce == TimeInForce.GoodTillDate;
  return resting && !(flags & Flag.Market);
}
