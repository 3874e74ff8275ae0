// Commands about orders that are there (protocol §3, §4): Cancel, Reduce, and what Replace shares with them.

import { MarketState, Reason, TransitionType } from './codes';
import { isOnLot } from './market-config';
import { findOrder, NO_ORDER, reduceTotal, removeOrder } from './order-book';
import { isValue } from './order-checks';
import { releaseSlot } from './order-slots';
import { Command, header, levelAt, orderAt, placeAt, totalRemaining } from './records';
import { isWaitingStop, reduceStop, removeStop } from './stop-book';
import { logReduced, logResting, logTaker } from './transition-log';

/** Side, time in force and flags are no part of this command. */
// @ts-ignore: decorator
@inline
export function hasOptions(command: Command): bool {
  return command.head >> 8 != 0;
}

// @ts-ignore: decorator
@inline
export function isHalted(): bool {
  return (header().marketState as u32) == MarketState.Halted;
}

export function cancel(command: Command): u32 {
  if (hasOptions(command) || (command.price | command.quantity) != 0) return Reason.ReservedBits;
  if (isHalted()) return Reason.MarketClosed;
  const slot = findOrder(command.id);
  const reason = whyNotOwn(slot, command.account);
  if (reason != Reason.None) return reason;
  if (isWaitingStop(slot)) removeWaiting(slot, TransitionType.Canceled, Reason.Requested);
  else removeResting(slot, TransitionType.Canceled, Reason.Requested);
  return Reason.None;
}

export function reduce(command: Command): u32 {
  if (hasOptions(command) || command.price != 0) return Reason.ReservedBits;
  if (!isValue(command.quantity)) return Reason.InvalidQuantity;
  if (!isOnLot(command.quantity)) return Reason.OffLot;
  if (isHalted()) return Reason.MarketClosed;
  const slot = findOrder(command.id);
  const reason = whyNotOwn(slot, command.account);
  if (reason == Reason.None) reduceAny(slot, command.quantity);
  return reason;
}

/** What speaks against a command about the order in `slot`, which `findOrder` gave. */
// @ts-ignore: decorator
@inline
export function whyNotOwn(slot: u32, account: u32): u32 {
  if (slot == NO_ORDER) return Reason.UnknownOrder;
  return orderAt(slot).account == account ? Reason.None : Reason.NotOwner;
}

function reduceAny(slot: u32, quantity: u64): void {
  const order = orderAt(slot);
  const isStop = isWaitingStop(slot);
  if (quantity >= (isStop ? order.remaining : totalRemaining(order))) {
    removeAny(slot, TransitionType.Canceled, Reason.Requested);
  } else if (isStop) {
    reduceStop(slot, quantity);
    logReduced(Reason.None, order, order.limitPrice, quantity, order.remaining);
  } else {
    reduceTotal(slot, quantity);
    logReduced(Reason.None, order, levelAt(placeAt(slot).level).price, quantity, totalRemaining(order));
  }
}

/** Takes a resting order or a waiting stop out, logged as `type` with `reason`. */
export function removeAny(slot: u32, type: u32, reason: u32): void {
  if (isWaitingStop(slot)) removeWaiting(slot, type, reason);
  else removeResting(slot, type, reason);
}

function removeWaiting(slot: u32, type: u32, reason: u32): void {
  const stop = orderAt(slot);
  removeStop(slot);
  logTaker(type, reason, stop, stop.remaining);
  releaseSlot(slot);
}

// @ts-ignore: decorator
@inline
function removeResting(slot: u32, type: u32, reason: u32): void {
  logResting(type, reason, orderAt(slot), levelAt(placeAt(slot).level).price);
  removeOrder(slot);
}
