// CancelAll and Sweep (protocol §4): every order slot in turn, orders and waiting stops alike.

import { Reason, Side, TransitionType } from './codes';
import { MAX_REMOVALS, ORDERS } from './geometry';
import { isExpired, openLevel } from './order-book';
import { takenSlots } from './order-slots';
import { hasOptions, isHalted, removeAny } from './own-order';
import { bestCursor, levelAtCursor, NO_CURSOR, worseCursor } from './price-levels';
import { Command, orderAt, STOPS, sideOf } from './records';

/** Side byte of a CancelAll that means both. */
const BOTH_SIDES: u32 = 2;

export function cancelAll(command: Command): u32 {
  const side = (command.head >> 8) & 0xff;
  if (command.head >> 16 != 0 || (command.id | command.price | command.quantity) != 0) return Reason.ReservedBits;
  if (side > BOTH_SIDES) return Reason.InvalidSide;
  if (isHalted()) return Reason.MarketClosed;
  return removeMatching(command.account, side, false) == 0 ? Reason.NoOrders : Reason.None;
}

export function sweep(command: Command): u32 {
  if (hasOptions(command) || (command.id | command.price | command.quantity) != 0) return Reason.ReservedBits;
  if (isHalted()) return Reason.MarketClosed;
  return removeMatching(0, BOTH_SIDES, true) == 0 ? Reason.NoOrders : Reason.None;
}

/** Removes what is expired, or what the account has on a side, and returns how many. */
function removeMatching(account: u32, side: u32, expired: bool): u32 {
  openEverything();
  let removed: u32 = 0;
  for (let word: u32 = 0; word < ORDERS / 32; ++word) {
    for (let taken = takenSlots(word); taken != 0; taken &= taken - 1) {
      const slot = (word << 5) | ctz<u32>(taken);
      const order = orderAt(slot);
      const matches = expired
        ? isExpired(order.expiry)
        : order.account == account && (side == BOTH_SIDES || sideOf(order) == side);
      if (!matches) continue;
      if (expired) removeAny(slot, TransitionType.Expired, Reason.None);
      else removeAny(slot, TransitionType.Canceled, Reason.Requested);
      removed += 1;
      if (removed == MAX_REMOVALS) return removed;
    }
  }
  return removed;
}

/** Any order might be meant: a witness of this batch opens every level and the stop book (protocol §8). */
function openEverything(): void {
  for (let side: u32 = Side.Bid; side <= (Side.Ask as u32); ++side) {
    for (let cursor = bestCursor(side); cursor != NO_CURSOR; cursor = worseCursor(side, cursor)) {
      openLevel(levelAtCursor(side, cursor));
    }
  }
  openLevel(STOPS);
}
