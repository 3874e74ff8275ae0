// Place and Replace (protocol §3, §4): check, make room, accept, match, rest.

import { Flag, Reason, Side, TimeInForce, TransitionType } from './codes';
import { whyNotFillable } from './fill-or-kill';
import { NIL, NO_SLOT, SLOT_BITS, VALUE_LIMIT } from './geometry';
import { tickSize } from './market-config';
import { crosses, execute, limitOf, mayRest } from './match';
import { findOrder, restOrder } from './order-book';
import { whyNotPlaceable, whyNotValues } from './order-checks';
import { areSlotsFull, takeSlot } from './order-slots';
import { removeAny, whyNotOwn } from './own-order';
import { areLevelsFull, bestLevel, betterness } from './price-levels';
import { Command, Extension, levelAt, orderAt, sideOf, UNSLOTTED } from './records';
import { lacksLevelWithout, makeRoom, wouldOverflow } from './room';
import { addStop, areStopsFull, isWaitingStop } from './stop-book';
import { logAccepted, logTerms, nextSequence } from './transition-log';

/** The order's price, which a slide may change. */
let price: u64 = 0;

/** `extension` is the address of the second record, or 0. Returns why the order is rejected, or None. */
export function place(command: Command, extension: u32): u32 {
  if (command.head >> 9 == 0) return placePlain(command);
  const side = (command.head >> 8) & 0xff;
  const reason = whyNotPlaceable(command, extension, false);
  if (reason != Reason.None) return reason;
  const blocked = whyNotAcceptable(command, extension, side, NIL);
  if (blocked == Reason.None) accept(command, extension, side, command.id, TransitionType.Accepted);
  return blocked;
}

/**
 * Most orders are good till canceled and have no options: of the checks, only those of price, quantity and market state have
 * something to look at. A path of its own, since the guest pays for every instruction.
 */
function placePlain(command: Command): u32 {
  const reason = whyNotValues(command);
  if (reason != Reason.None) return reason;
  const side = command.head >> 8;
  if (wouldOverflow(side, command.price, command.quantity)) return Reason.BookFull;
  if ((areSlotsFull() || areLevelsFull(side)) && !makeRoom(side, command.price)) return Reason.BookFull;
  const slot = takeSlot();
  const order = orderAt(slot);
  order.orderId = (nextSequence() << SLOT_BITS) | slot;
  order.head = side;
  order.account = command.account;
  order.remaining = command.quantity;
  order.hiddenRemaining = 0;
  order.displaySize = 0;
  order.expiry = 0;
  order.clientOrderId = command.id;
  order.limitPrice = command.price;
  logAccepted(TransitionType.Accepted, order, 0);
  if (crosses(side ^ 1, betterness(side ^ 1, command.price))) execute(slot);
  else restOrder(slot, side, command.price);
  return Reason.None;
}

export function replace(command: Command, extension: u32): u32 {
  const reason = whyNotPlaceable(command, extension, true);
  if (reason != Reason.None) return reason;
  const slot = findOrder(command.id);
  const foreign = whyNotOwn(slot, command.account);
  if (foreign != Reason.None) return foreign;
  const named = orderAt(slot);
  const side = sideOf(named);
  const blocked = whyNotAcceptable(command, extension, side, slot);
  if (blocked != Reason.None) return blocked;
  const replacement = extension ? changetype<Extension>(extension).clientOrderId : 0;
  const clientOrderId = replacement != 0 ? replacement : named.clientOrderId;
  removeAny(slot, TransitionType.Canceled, Reason.Replaced);
  accept(command, extension, side, clientOrderId, TransitionType.Replaced);
  return Reason.None;
}

// @ts-ignore: decorator
@inline
function isStop(extension: u32): bool {
  return extension != 0 && changetype<Extension>(extension).triggerPrice != 0;
}

/** Checks 14 to 18 of protocol §3, and the price after a slide. `leaving` is the slot that a Replace names, or NIL. */
function whyNotAcceptable(command: Command, extension: u32, side: u32, leaving: u32): u32 {
  const flags = command.head >> 24;
  const timeInForce = (command.head >> 16) & 0xff;
  price = command.price;
  if (isStop(extension)) {
    if (areStopsFull(leaving != NIL && isWaitingStop(leaving) ? 1 : 0)) return Reason.StopBookFull;
    return leaving == NIL && areSlotsFull() ? Reason.BookFull : Reason.None;
  }
  const makerSide = side ^ 1;
  const limit = limitOf(makerSide, flags, price);
  if (flags & Flag.PostOnly) {
    if (crosses(makerSide, limit) && !(flags & Flag.Slide && slide(side))) return Reason.WouldTake;
  } else if (timeInForce == TimeInForce.FillOrKill) {
    return whyNotFillable(makerSide, limit, command.quantity, command.account, flags & Flag.SelfTradeMask);
  }
  if (!mayRest(timeInForce, flags)) return Reason.None;
  if (wouldOverflow(side, price, command.quantity)) return Reason.BookFull;
  if (leaving == NIL) return makeRoom(side, price) ? Reason.None : Reason.BookFull;
  return lacksLevelWithout(leaving, side, price) ? Reason.BookFull : Reason.None;
}

/** Moves the price to one tick behind the best of the other side. False: there is no such price. */
function slide(side: u32): bool {
  const best = levelAt(bestLevel(side ^ 1)).price;
  price = side == Side.Bid ? best - tickSize() : best + tickSize();
  return price != 0 && price < VALUE_LIMIT;
}

/** Every check has passed: the order gets its id and its record, and is a waiting stop or a taker. */
function accept(command: Command, extension: u32, side: u32, clientOrderId: u64, type: u32): void {
  const flags = command.head >> 24;
  const timeInForce = (command.head >> 16) & 0xff;
  const isSlotted = isStop(extension) || mayRest(timeInForce, flags);
  const slot = isSlotted ? takeSlot() : UNSLOTTED;
  const order = orderAt(slot);
  order.orderId = (nextSequence() << SLOT_BITS) | (isSlotted ? slot : NO_SLOT);
  order.head = side | (timeInForce << 8) | ((flags & (Flag.Market | Flag.SelfTradeMask)) << 16);
  order.account = command.account;
  order.remaining = command.quantity;
  order.clientOrderId = clientOrderId;
  order.limitPrice = price;
  logAccepted(type, order, flags);
  if (extension) {
    const terms = changetype<Extension>(extension);
    order.hiddenRemaining = terms.triggerPrice;
    order.displaySize = terms.displayQuantity;
    order.expiry = terms.expiry;
    if ((terms.triggerPrice | terms.displayQuantity | terms.expiry) != 0) logTerms(order);
  } else {
    order.displaySize = 0;
    order.expiry = 0;
  }
  if (isStop(extension)) addStop(slot);
  else execute(slot);
}

if (NO_SLOT == NIL) ERROR('a slot of an id and the end of a list are told apart');
