// What can be said of a Place or Replace from the command alone (protocol §3, checks 1 to 12).

import { Flag, MarketState, Reason, SelfTrade, Side, TimeInForce } from './codes';
import { VALUE_LIMIT } from './geometry';
import { isOnLot, isOnTick } from './market-config';
import { isExpired } from './order-book';
import { Command, Extension, header } from './records';

// @ts-ignore: decorator
@inline
export function isValue(value: u64): bool {
  return value - 1 < VALUE_LIMIT - 1;
}

/** All that has to be checked of a Place without options. */
// @ts-ignore: decorator
@inline
export function whyNotValues(command: Command): u32 {
  if (!isValue(command.price)) return Reason.InvalidPrice;
  if (!isOnTick(command.price)) return Reason.OffTick;
  if (!isValue(command.quantity)) return Reason.InvalidQuantity;
  if (!isOnLot(command.quantity)) return Reason.OffLot;
  return (header().marketState as u32) == MarketState.Open ? Reason.None : Reason.MarketClosed;
}

/** `extension` is the address of the second record, or 0. */
export function whyNotPlaceable(command: Command, extension: u32, isReplace: bool): u32 {
  const flags = command.head >> 24;
  const timeInForce = (command.head >> 16) & 0xff;
  const side = (command.head >> 8) & 0xff;
  if (flags & Flag.Reserved || (flags & Flag.SelfTradeMask) > (SelfTrade.Decrement as u32)) return Reason.ReservedBits;
  if (isReplace && side != 0) return Reason.ReservedBits;
  if (side > (Side.Ask as u32)) return Reason.InvalidSide;
  if (timeInForce > (TimeInForce.GoodTillDate as u32)) return Reason.InvalidTimeInForce;
  if (isContradictory(flags, timeInForce, isReplace)) return Reason.InvalidCombination;
  if (extension) {
    if (isExtensionContradictory(changetype<Extension>(extension), flags, timeInForce, isReplace)) {
      return Reason.InvalidCombination;
    }
  } else if (timeInForce == TimeInForce.GoodTillDate) {
    return Reason.InvalidCombination;
  }
  if (!(flags & Flag.Market)) {
    if (!isValue(command.price)) return Reason.InvalidPrice;
    if (!isOnTick(command.price)) return Reason.OffTick;
  } else if (command.price != 0) {
    return Reason.InvalidPrice;
  }
  if (!isValue(command.quantity)) return Reason.InvalidQuantity;
  if (!isOnLot(command.quantity)) return Reason.OffLot;
  if (extension) {
    const reason = whyNotExtendable(changetype<Extension>(extension), command.quantity);
    if (reason != Reason.None) return reason;
  }
  const state = header().marketState as u32;
  if (state == MarketState.Open || (state == MarketState.PostOnly && flags & Flag.PostOnly)) return Reason.None;
  return Reason.MarketClosed;
}

// @ts-ignore: decorator
@inline
function isImmediate(timeInForce: u32): bool {
  return timeInForce == TimeInForce.ImmediateOrCancel || timeInForce == TimeInForce.FillOrKill;
}

// @ts-ignore: decorator
@inline
function isContradictory(flags: u32, timeInForce: u32, isReplace: bool): bool {
  if ((flags & (Flag.PostOnly | Flag.Slide | Flag.Market)) == 0) return false;
  if (flags & Flag.Slide && !(flags & Flag.PostOnly)) return true;
  if (flags & Flag.PostOnly && (flags & Flag.Market || isImmediate(timeInForce))) return true;
  return (flags & Flag.Market) != 0 && (isReplace || timeInForce == TimeInForce.GoodTillDate);
}

function isExtensionContradictory(extension: Extension, flags: u32, timeInForce: u32, isReplace: bool): bool {
  if ((timeInForce == TimeInForce.GoodTillDate) != (extension.expiry != 0)) return true;
  if (extension.displayQuantity != 0 && (flags & Flag.Market || isImmediate(timeInForce))) return true;
  if (extension.triggerPrice != 0 && (flags & Flag.PostOnly || timeInForce == TimeInForce.FillOrKill)) return true;
  return !isReplace && extension.clientOrderId != 0;
}

function whyNotExtendable(extension: Extension, quantity: u64): u32 {
  if (extension.displayQuantity > quantity) return Reason.InvalidDisplay;
  if (!isOnLot(extension.displayQuantity)) return Reason.OffLot;
  if (extension.triggerPrice >= VALUE_LIMIT) return Reason.InvalidTrigger;
  if (!isOnTick(extension.triggerPrice)) return Reason.OffTick;
  return isExpired(extension.expiry) ? Reason.ExpiryPassed : Reason.None;
}
