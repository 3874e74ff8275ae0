// Resting orders: how one joins, changes and leaves its price level, and what that does to the commitment
// (protocol §4, §6).

import { LEVELS_PER_SIDE, NIL, SLOT_MASK } from './geometry';
import { isSlotTaken, releaseSlot } from './order-slots';
import {
  findLevel,
  insertLevel,
  markDirty,
  NO_LEVEL,
  removeLevel,
  sideOfLevel,
} from './price-levels';
import { bookSide, levelAt, Order, orderAt, placeAt, queueAt, touchedFlagOf } from './records';

/** Said by `findOrder` when no resting order has the id. */
export const NO_ORDER: u32 = 0xffffffff;

/**
 * Says that the orders of a level are needed. The witness of this batch will have to open the level; where it was not
 * opened, this is the trap of protocol §8.
 */
export function openLevel(level: u32): void {
  if (queueAt(level).opaque) unreachable();
  store<u8>(touchedFlagOf(level), 1);
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
  place.next = NIL as u16;
  place.previous = tail as u16;
  place.level = index as u16;
  place.chained = 0;
  if (tail == NIL) queue.head = slot as u16;
  else placeAt(tail).next = slot as u16;
  queue.tail = slot as u16;
  if (queue.unchained == NIL) queue.unchained = slot as u16;
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
    queue.unchained = next as u16;
  } else if (queue.unchained == slot) {
    queue.unchained = next as u16;
  }
  if (previous == NIL) queue.head = next as u16;
  else placeAt(previous).next = next as u16;
  if (next == NIL) queue.tail = previous as u16;
  else placeAt(next).previous = previous as u16;

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
    queueAt(index).unchained = slot as u16;
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

if (2 * LEVELS_PER_SIDE > 128) ERROR('levels are the first 128 leaves of the state tree');
