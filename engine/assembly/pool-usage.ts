// How full the pools are and were. Slots are taken lowest first and a record stays until its slot is taken again, so the
// highest slot that holds a record says how many were taken at once: no command pays for a counter. The deep module
// counts instead (order-slots-deep.ts, price-index-deep.ts): its pools are too large to look through.

import { LEVELS_PER_SIDE, ORDERS } from './geometry';
import { bookSide, levelAt, orderAt, stopBook } from './records';

/** Order slots that are taken, by resting orders and waiting stops. */
export function ordersInUse(): u32 {
  return bookSide(0).orderCount + bookSide(1).orderCount + stopBook().count;
}

/** The most order slots that were taken at once since the module was opened. */
export function ordersHighWater(): u32 {
  let slots = ORDERS;
  while (slots != 0 && orderAt(slots - 1).orderId == 0) slots -= 1;
  return slots;
}

/** The most level slots of a side that were taken at once since the module was opened. */
export function levelsHighWater(side: u32): u32 {
  let slots = LEVELS_PER_SIDE;
  while (slots != 0 && levelAt((side & 1) * LEVELS_PER_SIDE + slots - 1).price == 0) slots -= 1;
  return slots;
}

export function ordersCapacity(): u32 {
  return ORDERS;
}

export function levelsCapacity(): u32 {
  return LEVELS_PER_SIDE;
}
