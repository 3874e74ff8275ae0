// Place (protocol §3, §4): check, make room, accept, match, rest.

import { Flag, Reason, SELF_TRADE_MAX, Side, TimeInForce, TransitionType } from './codes';
import { LEVEL_ORDERS_SAFE, MAX_EVICTIONS, MAX_FILLS, NIL, NO_SLOT, ORDERS, SLOT_BITS, VALUE_LIMIT } from './geometry';
import { addOrder, openLevel, reduceOrder, removeOrder } from './order-book';
import { areSlotsFull, releaseSlot, takeSlot } from './order-slots';
import {
  areLevelsFull,
  bestCursor,
  bestLevel,
  betterness,
  crossedVolume,
  findLevel,
  levelAtCursor,
  NO_LEVEL,
  worseCursor,
  worstLevel,
} from './price-levels';
import { bookSide, Command, header, levelAt, orderAt, placeAt, queueAt, totals } from './records';
import { logAccepted, logFilled, logRejected, logRemoved, logTakerCanceled, nextSequence } from './transition-log';

/** How many makers the order at hand has met. */
let fills: u32 = 0;

export function place(command: Command, extension: u32): void {
  const reason = refusal(command, extension);
  if (reason != Reason.None) {
    logRejected(command, reason, false);
    return;
  }
  const side = sideOf(command.head);
  const flags = command.head >> 24;
  const makerSide = side ^ 1;
  const limit = flags & Flag.Market ? 0 : betterness(makerSide, command.price);

  const blocked = blockedBy(timeInForceOf(command.head), flags, makerSide, limit, command.quantity);
  if (blocked != Reason.None) {
    logRejected(command, blocked, false);
    return;
  }
  const mayRest = timeInForceOf(command.head) == TimeInForce.GoodTillCanceled && !(flags & Flag.Market);
  if (mayRest && !makeRoom(side, command.price, command.quantity)) {
    logRejected(command, Reason.BookFull, false);
    return;
  }
  const slot = mayRest ? takeSlot() : NO_SLOT;
  const orderId = (nextSequence() << SLOT_BITS) | slot;
  logAccepted(command, side, flags, orderId);

  const remaining = match(command, side, limit, orderId);
  settle(command, side, limit, orderId, slot, mayRest, remaining);
}

// @ts-ignore: decorator
@inline
function sideOf(head: u32): u32 {
  return (head >> 8) & 0xff;
}

// @ts-ignore: decorator
@inline
function timeInForceOf(head: u32): u32 {
  return (head >> 16) & 0xff;
}

/**
 * Checks 4 to 10 of protocol §3: what can be said from the command alone. `extension` is the address of the
 * second record, or 0.
 */
function refusal(command: Command, extension: u32): u32 {
  const flags = command.head >> 24;
  const timeInForce = timeInForceOf(command.head);
  const selfTrade = flags & Flag.SelfTradeMask;
  if (flags & Flag.Reserved || selfTrade > SELF_TRADE_MAX) return Reason.ReservedBits;
  if (sideOf(command.head) > (Side.Ask as u32)) return Reason.InvalidSide;
  if (timeInForce > (TimeInForce.GoodTillDate as u32)) return Reason.InvalidTimeInForce;

  const immediate = timeInForce == TimeInForce.ImmediateOrCancel || timeInForce == TimeInForce.FillOrKill;
  const isMarket = (flags & Flag.Market) != 0;
  if (flags & Flag.Slide && !(flags & Flag.PostOnly)) return Reason.InvalidCombination;
  if (flags & Flag.PostOnly && (isMarket || immediate)) return Reason.InvalidCombination;
  if (isMarket && timeInForce == TimeInForce.GoodTillDate) return Reason.InvalidCombination;

  if (isMarket ? command.price != 0 : command.price - 1 >= VALUE_LIMIT - 1) return Reason.InvalidPrice;
  if (command.quantity - 1 >= VALUE_LIMIT - 1) return Reason.InvalidQuantity;

  if (timeInForce == TimeInForce.GoodTillDate || flags & Flag.Slide || selfTrade) return Reason.Unsupported;
  if (extension && !isZeroRecord(extension)) return Reason.Unsupported;
  return Reason.None;
}

function isZeroRecord(at: u32): bool {
  return (load<u64>(at, 0) | load<u64>(at, 8) | load<u64>(at, 16) | load<u64>(at, 24)) == 0;
}

/** Checks 11 to 13 of protocol §3: what the other side of the book forbids. */
function blockedBy(timeInForce: u32, flags: u32, makerSide: u32, limit: u64, quantity: u64): u32 {
  if (flags & Flag.PostOnly) return crosses(makerSide, limit) ? Reason.WouldTake : Reason.None;
  if (timeInForce != TimeInForce.FillOrKill) return Reason.None;
  if (crossedVolume(makerSide, limit, quantity) < quantity) return Reason.Unfillable;
  return makersNeeded(makerSide, quantity) > MAX_FILLS ? Reason.MatchLimit : Reason.None;
}

/** True when the limit reaches the best level of the maker side. */
// @ts-ignore: decorator
@inline
function crosses(makerSide: u32, limit: u64): bool {
  return (
    bookSide(makerSide).levelCount != 0 && betterness(makerSide, levelAt(bestLevel(makerSide)).price) >= limit
  );
}

/** Makers that `quantity` would meet, counted no further than one more than MAX_FILLS. The volume is there. */
function makersNeeded(makerSide: u32, quantity: u64): u32 {
  let makers: u32 = 0;
  let cursor = bestCursor(makerSide);
  while (quantity != 0 && makers <= MAX_FILLS) {
    const index = levelAtCursor(makerSide, cursor);
    cursor = worseCursor(makerSide, cursor);
    const level = levelAt(index);
    if (level.volume <= quantity) {
      quantity -= level.volume;
      makers += level.orderCount as u32;
      continue;
    }
    openLevel(index);
    let slot = queueAt(index).head as u32;
    while (quantity != 0 && makers <= MAX_FILLS) {
      quantity -= min(quantity, orderAt(slot).remaining);
      makers += 1;
      slot = placeAt(slot).next as u32;
    }
  }
  return makers;
}

/** Room for an order that may rest (protocol §4.1). False: it is rejected, and what was evicted stays evicted. */
function makeRoom(side: u32, price: u64, quantity: u64): bool {
  if (ORDERS > LEVEL_ORDERS_SAFE && wouldOverflow(side, price, quantity)) return false;
  let evictions: u32 = 0;
  while (true) {
    const lacksLevel = areLevelsFull(side) && findLevel(side, price) == NO_LEVEL;
    if (!lacksLevel && !areSlotsFull()) return true;
    const other = side ^ 1;
    const victimSide = !lacksLevel && bookSide(other).orderCount > bookSide(side).orderCount ? other : side;
    const worst = worstLevel(victimSide);
    const worstPrice = levelAt(worst).price;
    if (victimSide == side && betterness(side, price) <= betterness(side, worstPrice)) return false;
    if (evictions == MAX_EVICTIONS) return false;
    evictions += 1;
    openLevel(worst);
    const newest = queueAt(worst).tail as u32;
    logRemoved(TransitionType.Evicted, Reason.None, orderAt(newest), victimSide, worstPrice);
    removeOrder(newest);
  }
}

/** The volume of the level would not fit a u64. */
function wouldOverflow(side: u32, price: u64, quantity: u64): bool {
  if (bookSide(side).orderCount < LEVEL_ORDERS_SAFE) return false;
  const level = findLevel(side, price);
  return level != NO_LEVEL && levelAt(level).volume > u64.MAX_VALUE - quantity;
}

/** Fills against the other side, best price and oldest order first (protocol §4.3). Returns what remains. */
function match(command: Command, side: u32, limit: u64, orderId: u64): u64 {
  const makerSide = side ^ 1;
  let remaining = command.quantity;
  fills = 0;
  while (remaining != 0 && fills < MAX_FILLS && crosses(makerSide, limit)) {
    const index = bestLevel(makerSide);
    openLevel(index);
    const price = levelAt(index).price;
    const slot = queueAt(index).head as u32;
    const maker = orderAt(slot);
    const quantity = min(remaining, maker.remaining);
    remaining -= quantity;
    fills += 1;
    logFilled(side, command.account, orderId, maker, price, quantity, remaining);
    if (quantity == maker.remaining) removeOrder(slot);
    else reduceOrder(slot, quantity);
    countTrade(price, quantity);
  }
  return remaining;
}

function countTrade(price: u64, quantity: u64): void {
  header().lastTradePrice = price;
  const sums = totals();
  sums.tradeCount += 1;
  sums.tradedLots += quantity;
  if (sums.tradedLots < quantity) sums.tradedLotsHigh += 1;
}

/** What becomes of the rest (protocol §4.4). */
function settle(
  command: Command,
  side: u32,
  limit: u64,
  orderId: u64,
  slot: u32,
  mayRest: bool,
  remaining: u64,
): void {
  let canceled: u32 = Reason.None;
  if (remaining != 0) {
    if (fills == MAX_FILLS && crosses(side ^ 1, limit)) canceled = Reason.MatchLimit;
    else if (!mayRest) canceled = Reason.Remainder;
  }
  if (remaining != 0 && canceled == Reason.None) {
    rest(command, side, orderId, slot, remaining);
    return;
  }
  if (canceled != Reason.None) logTakerCanceled(command, side, canceled, orderId, remaining);
  if (mayRest) releaseSlot(slot);
}

function rest(command: Command, side: u32, orderId: u64, slot: u32, remaining: u64): void {
  const order = orderAt(slot);
  order.orderId = orderId;
  order.head = side;
  order.account = command.account;
  order.remaining = remaining;
  order.clientOrderId = command.id;
  addOrder(slot, side, command.price);
}

if (NO_SLOT == NIL) ERROR('a slot of an id and the end of a list are told apart');
