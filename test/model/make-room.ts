import { lotsOf, orderFields, otherSide, type Side } from './book-order.ts';
import {
  type BookState,
  hasLevelRoom,
  isBetter,
  lowestFreeOrderSlot,
  ordersOfSide,
  removeOrder,
  worstLevel,
} from './book-state.ts';
import { EVICTIONS_MAX } from './geometry.ts';
import { TRANSITION } from './model-transition.ts';
import type { TransitionRecorder } from './transition-recorder.ts';

/**
 * Finds room for an order that may rest, evicting worse orders while there is none (protocol §4, 1).
 * False when the order is to be rejected as BookFull; the evictions stand either way.
 */
export function makeRoom(state: BookState, side: Side, price: bigint, recorder: TransitionRecorder): boolean {
  let evictionCount = 0;
  while (true) {
    const lacksLevelSlot = !hasLevelRoom(state, side, price);
    const lacksOrderSlot = lowestFreeOrderSlot(state) === undefined;
    if (!lacksLevelSlot && !lacksOrderSlot) return true;

    const victimSide = lacksLevelSlot ? side : sideWithMoreOrders(state, side);
    const level = worstLevel(state, victimSide);
    const victim = level?.orders.at(-1);
    if (level === undefined || victim === undefined) throw new Error(`the ${victimSide} side has no victim`);
    if (victimSide === side && !isBetter(side, price, level.price)) return false;
    if (evictionCount === EVICTIONS_MAX) return false;

    removeOrder(state, victim);
    recorder.record({ ...orderFields(victim), type: TRANSITION.evicted, quantity: lotsOf(victim) });
    evictionCount += 1;
  }
}

/** The other side when it has more resting orders, else the order's own. */
function sideWithMoreOrders(state: BookState, own: Side): Side {
  const other = otherSide(own);
  return ordersOfSide(state, other).length > ordersOfSide(state, own).length ? other : own;
}
