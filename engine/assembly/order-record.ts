// Which order records a state image may hold (protocol §6, §8, status 7). The state root binds them to what an engine
// once wrote; this keeps a made-up image from being a book that could not exist.

import { Flag, SelfTrade, Side, TimeInForce } from './codes';
import { SLOT_BITS, SLOT_MASK, VALUE_LIMIT } from './geometry';
import { isSlotTaken } from './order-slots';
import { header, Order, orderAt, sideOf, timeInForceOf, triggerPriceOf } from './records';

/** The id's slot is taken and nothing was loaded into it, and its sequence has been reached. */
export function isSlotSound(orderId: u64): bool {
  const slot = (orderId & SLOT_MASK) as u32;
  const sequence = orderId >> SLOT_BITS;
  return isSlotTaken(slot) && orderAt(slot).orderId == 0 && sequence != 0 && sequence <= header().sequence;
}

/** A resting order of this side. */
export function isRestingSound(order: Order, side: u32): bool {
  const timeInForce = timeInForceOf(order);
  const flags = order.head >> 16;
  if (sideOf(order) != side || !isQuantity(order.remaining) || order.limitPrice != 0) return false;
  if (timeInForce != TimeInForce.GoodTillCanceled && timeInForce != TimeInForce.GoodTillDate) return false;
  if (!hasExpiryOnlyIfDated(order)) return false;
  if (order.displaySize == 0) return flags == 0 && order.hiddenRemaining == 0;
  if (flags != (Flag.Extended as u32) || order.displaySize >= VALUE_LIMIT) return false;
  // Both parts together were one quantity.
  return order.remaining <= order.displaySize && order.hiddenRemaining < VALUE_LIMIT - order.remaining;
}

/** A waiting stop of either side. */
export function isStopSound(stop: Order): bool {
  const timeInForce = timeInForceOf(stop);
  const flags = stop.head >> 16;
  if (sideOf(stop) > (Side.Ask as u32) || !isQuantity(stop.remaining) || !isQuantity(triggerPriceOf(stop))) return false;
  if (timeInForce > (TimeInForce.GoodTillDate as u32) || timeInForce == TimeInForce.FillOrKill) return false;
  if (flags & ~(Flag.Market | Flag.SelfTradeMask) || (flags & Flag.SelfTradeMask) > (SelfTrade.Decrement as u32)) return false;
  if (!hasExpiryOnlyIfDated(stop) || stop.displaySize >= VALUE_LIMIT) return false;
  const isImmediate = timeInForce == TimeInForce.ImmediateOrCancel;
  if (flags & Flag.Market) return stop.limitPrice == 0 && stop.expiry == 0 && stop.displaySize == 0;
  return isQuantity(stop.limitPrice) && !(isImmediate && stop.displaySize != 0);
}

// @ts-ignore: decorator
@inline
function isQuantity(value: u64): bool {
  return value - 1 < VALUE_LIMIT - 1;
}

function hasExpiryOnlyIfDated(order: Order): bool {
  return (order.expiry != 0) == (timeInForceOf(order) == TimeInForce.GoodTillDate);
}
