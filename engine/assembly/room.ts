// Room for an order that may rest (protocol §4.1).

import { Reason, TransitionType } from './codes';
import { LEVEL_ORDERS_SAFE, MAX_EVICTIONS, ORDERS } from './geometry';
import { openLevel, removeOrder } from './order-book';
import { areSlotsFull } from './order-slots';
import { areLevelsFull, betterness, findLevel, NO_LEVEL, worstLevel } from './price-levels';
import { bookSide, levelAt, orderAt, placeAt, queueAt } from './records';
import { isWaitingStop } from './stop-book';
import { logResting } from './transition-log';

/** True when an order of this price would find no level and no free level slot. */
export function lacksLevel(side: u32, price: u64): bool {
  return areLevelsFull(side) && findLevel(side, price) == NO_LEVEL;
}

/** The volume of the level would not fit a u64. It always does where orders are few. */
// @ts-ignore: decorator
@inline
export function wouldOverflow(side: u32, price: u64, quantity: u64): bool {
  return ORDERS > LEVEL_ORDERS_SAFE && wouldOverflowLevel(side, price, quantity);
}

function wouldOverflowLevel(side: u32, price: u64, quantity: u64): bool {
  if (bookSide(side).orderCount < LEVEL_ORDERS_SAFE) return false;
  const level = findLevel(side, price);
  return level != NO_LEVEL && levelAt(level).volume > u64.MAX_VALUE - quantity;
}

/** `lacksLevel` for a Replace, which gives back the level slot of an order that is alone on its level. A stop is on none. */
export function lacksLevelWithout(leaving: u32, side: u32, price: u64): bool {
  return lacksLevel(side, price) && (isWaitingStop(leaving) || levelAt(placeAt(leaving).level).orderCount != 1);
}

/** Makes room by evictions. False: the order is rejected, and what was evicted stays evicted. */
export function makeRoom(side: u32, price: u64): bool {
  let evictions: u32 = 0;
  while (true) {
    const needsLevel = lacksLevel(side, price);
    if (!needsLevel && !areSlotsFull()) return true;
    const other = side ^ 1;
    const victimSide = !needsLevel && bookSide(other).orderCount > bookSide(side).orderCount ? other : side;
    const worst = worstLevel(victimSide);
    const worstPrice = levelAt(worst).price;
    if (victimSide == side && betterness(side, price) <= betterness(side, worstPrice)) return false;
    if (evictions == MAX_EVICTIONS) return false;
    evictions += 1;
    openLevel(worst);
    const last = queueAt(worst).tail as u32;
    logResting(TransitionType.Evicted, Reason.None, orderAt(last), worstPrice);
    removeOrder(last);
  }
}
