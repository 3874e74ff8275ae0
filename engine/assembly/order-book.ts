// Resting orders: how one joins, changes and leaves its price level, and what that does to the commitment
// (protocol §4, §6).

import { Handle, LEAF_HEADER, LEVELS_PER_SIDE, NIL, SLOT_MASK } from './geometry';
import { markTouched } from './level-marks';
import { isSlotTaken, releaseSlot } from './order-slots';
import {
  findLevel,
  insertLevel,
  markDirty,
  NO_LEVEL,
  removeLevel,
  sideOfLevel,
} from './price-levels';
import { bookSide, levelAt, Order, orderAt, placeAt, queueAt } from './records';

/** Said by `findOrder` when no resting order has the id. */
export const NO_ORDER: u32 = 0xffffffff;

/**
 * Says that the orders of a level are needed. The witness of this batch will have to open the level; where it was not
 * opened, this is the trap of protocol §8.
 */
export function openLevel(level: u32): void {
  if (queueAt(level).opaque) unreachable();
  markTouched(level);
}

/** The slot of the resting order with this id. A taken slot that no loaded order holds is a trap (protocol §8). */
export function findOrder(orderId: u64): u32 {
  const slot = (orderId & SLOT_MASK) as u32;
  if (!isSlotTaken(slot)) return NO_ORDER;
  const order = orderAt(slot);
  // The slots of orders that are not loaded hold no id.
  if (order.orderId == 0) unreachable();
  const place = placeAt(slot);
  // An order of an earlier batch, asked for by its own or a stale id: only its level's list can say which.
  if (place.chained) openLevel(place.level);
  return order.orderId == orderId ? slot : NO_ORDER;
}

/**
 * Adds the order in `slot`, whose record is written, to the end of its price level. Room for the level was
 * made before.
 */
export function addOrder(slot: u32, side: u32, price: u64): void {
  let index = findLevel(side, price);
  if (index == NO_LEVEL) index = insertLevel(side, price);
  const order = orderAt(slot);
  appendToQueue(slot, index);

  const level = levelAt(index);
  level.volume += order.remaining;
  level.orderCount += 1;
  bookSide(side).orderCount += 1;
  markDirty(index);
}

/** Links `slot` behind the last loaded order of a level. */
export function appendToQueue(slot: u32, index: u32): void {
  const queue = queueAt(index);
  const place = placeAt(slot);
  const tail = queue.tail as u32;
  place.next = NIL as Handle;
  place.previous = tail as Handle;
  place.level = index as Handle;
  place.chained = 0;
  if (tail == NIL) queue.head = slot as Handle;
  else placeAt(tail).next = slot as Handle;
  queue.tail = slot as Handle;
  if (queue.unchained == NIL) queue.unchained = slot as Handle;
}

/**
 * Takes a resting order out of the book and gives its slot back. Its record stays readable until the slot is
 * taken again.
 */
export function removeOrder(slot: u32): void {
  const place = placeAt(slot);
  const index = place.level as u32;
  const queue = queueAt(index);
  const previous = place.previous as u32;
  const next = place.next as u32;

  if (place.chained) {
    unchainFrom(index, next);
    queue.unchained = next as Handle;
  } else if (queue.unchained == slot) {
    queue.unchained = next as Handle;
  }
  if (previous == NIL) queue.head = next as Handle;
  else placeAt(previous).next = next as Handle;
  if (next == NIL) queue.tail = previous as Handle;
  else placeAt(next).previous = previous as Handle;

  const level = levelAt(index);
  level.volume -= orderAt(slot).remaining;
  level.orderCount -= 1;
  bookSide(sideOfLevel(index)).orderCount -= 1;
  markDirty(index);
  releaseSlot(slot);
  if (level.orderCount == 0) removeLevel(index);
}

/** Takes `quantity` off a resting order, which keeps its place. `quantity` is less than what remains. */
export function reduceOrder(slot: u32, quantity: u64): void {
  const place = placeAt(slot);
  const index = place.level as u32;
  if (place.chained) {
    unchainFrom(index, slot);
    queueAt(index).unchained = slot as Handle;
  }
  const order: Order = orderAt(slot);
  order.remaining -= quantity;
  levelAt(index).volume -= quantity;
  markDirty(index);
}

/**
 * Chain digests from `slot` on are out of date. Those that are up to date are always the first orders of a
 * queue, so the walk ends at the first that is not: each order is walked over at most once for each time that
 * it is hashed.
 */
function unchainFrom(index: u32, slot: u32): void {
  while (slot != NIL) {
    const place = placeAt(slot);
    if (!place.chained) break;
    place.chained = 0;
    slot = place.next as u32;
  }
}

if (2 * LEVELS_PER_SIDE != LEAF_HEADER) ERROR('levels are the first leaves of the state tree');
