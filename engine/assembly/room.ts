// Room for an order that may rest (protocol §4.1).

import { Reason, TransitionType } from './codes';
import { MAX_EVICTIONS } from './geometry';
import { openLevel, removeOrder } from './order-book';
import { areSlotsFull } from './order-slots';
import { areLevelsFull, betterness, findLevel, NO_LEVEL, rankedLevel } from './price-levels';
import { bookSide, levelAt, orderAt, placeAt, queueAt } from './records';
import { logResting } from './transition-log';

/** True when an order of this price would find no level and no free level slot. */
export function lacksLevel(side: u32, price: u64): bool {
  return areLevelsFull(side) && findLevel(side, price) == NO_LEVEL;
}

/** The same for a Replace, which gives back the level slot of an order that is alone on its level. */
export function lacksLevelWithout(leaving: u32, side: u32, price: u64): bool {
  return lacksLevel(side, price) && levelAt(placeAt(leaving).level).orderCount != 1;
}

/** Makes room by evictions. False: the order is rejected, and what was evicted stays evicted. */
export function makeRoom(side: u32, price: u64): bool {
  let evictions: u32 = 0;
  while (true) {
    const needsLevel = lacksLevel(side, price);
    if (!needsLevel && !areSlotsFull()) return true;
    const other = side ^ 1;
    const victimSide = !needsLevel && bookSide(other).orderCount > bookSide(side).orderCount ? other : side;
    const worst = rankedLevel(victimSide, 0);
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
