// Resting orders: how one joins, changes and leaves its price level, and what that does to the commitment
// (protocol §4, §6).

import { TimeInForce } from './codes';
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
import {
  bookSide,
  header,
  isSpecial,
  levelAt,
  orderAt,
  placeAt,
  queueAt,
  totalRemaining,
} from './records';

/** Said by `findOrder` when no order has the id. */
export const NO_ORDER: u32 = 0xffffffff;

/**
 * Says that the orders of a level, or the waiting stops, are needed. The witness of this batch will have to open them;
 * where they were not opened, this is the trap of protocol §8.
 */
export function openLevel(level: u32): void {
  if (queueAt(level).opaque) unreachable();
  markTouched(level);
}

/** The slot of the order or waiting stop with this id. A taken slot that no loaded order holds is a trap (protocol §8). */
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

/** True for what has an expiry that the batch's timestamp has reached. */
// @ts-ignore: decorator
@inline
export function isExpired(expiry: u64): bool {
  return expiry != 0 && expiry <= header().timestamp;
}

/**
 * Brings the order in `slot`, whose record is a resting order's but for its price, to rest at the end of its price level.
 * Room for the level was made before.
 */
export function restOrder(slot: u32, side: u32, price: u64): void {
  const order = orderAt(slot);
  order.limitPrice = 0;
  let index = findLevel(side, price);
  if (index == NO_LEVEL) index = insertLevel(side, price);
  appendToQueue(slot, index);
  const level = levelAt(index);
  level.volume += order.remaining;
  if (isSpecial(order)) addHidden(index, order.hiddenRemaining);
  level.orderCount += 1;
  bookSide(side).orderCount += 1;
  markDirty(index);
}

function addHidden(index: u32, quantity: u64): void {
  const level = levelAt(index);
  level.volume += quantity;
  level.hiddenVolume += quantity;
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

/** Takes `slot` out of its queue. */
export function unlink(slot: u32, index: u32): void {
  const place = placeAt(slot);
  const queue = queueAt(index);
  const previous = place.previous as u32;
  const next = place.next as u32;

  if (place.chained) {
    unchainFrom(next);
    queue.unchained = next as Handle;
  } else if (queue.unchained == slot) {
    queue.unchained = next as Handle;
  }
  if (previous == NIL) queue.head = next as Handle;
  else placeAt(previous).next = next as Handle;
  if (next == NIL) queue.tail = previous as Handle;
  else placeAt(next).previous = previous as Handle;
}

/**
 * Takes a resting order out of the book and gives its slot back. Its record stays readable until the slot is
 * taken again.
 */
export function removeOrder(slot: u32): void {
  const index = placeAt(slot).level as u32;
  unlink(slot, index);
  const order = orderAt(slot);
  const level = levelAt(index);
  level.volume -= order.remaining;
  if (isSpecial(order)) removeHidden(index, order.hiddenRemaining);
  level.orderCount -= 1;
  bookSide(sideOfLevel(index)).orderCount -= 1;
  markDirty(index);
  releaseSlot(slot);
  if (level.orderCount == 0) removeLevel(index);
}

function removeHidden(index: u32, quantity: u64): void {
  const level = levelAt(index);
  level.volume -= quantity;
  level.hiddenVolume -= quantity;
}

/** Takes `quantity` off what a resting order displays, which is more. The order keeps its place. */
export function reduceOrder(slot: u32, quantity: u64): void {
  const index = placeAt(slot).level as u32;
  rechain(slot, index);
  orderAt(slot).remaining -= quantity;
  levelAt(index).volume -= quantity;
  markDirty(index);
}

/** Takes `quantity`, less than all that remains, off a resting order, the hidden part first. The order keeps its place. */
export function reduceTotal(slot: u32, quantity: u64): void {
  const order = orderAt(slot);
  const fromHidden = min(quantity, order.hiddenRemaining);
  order.hiddenRemaining -= fromHidden;
  removeHidden(placeAt(slot).level, fromHidden);
  reduceOrder(slot, quantity - fromHidden);
}

/** An iceberg whose displayed part was filled shows its next part, at the back of its level's queue (protocol §4.3). */
export function refillOrder(slot: u32): void {
  const index = placeAt(slot).level as u32;
  unlink(slot, index);
  const order = orderAt(slot);
  const level = levelAt(index);
  level.volume -= order.remaining;
  order.remaining = min(order.displaySize, order.hiddenRemaining);
  order.hiddenRemaining -= order.remaining;
  level.hiddenVolume -= order.remaining;
  appendToQueue(slot, index);
  markDirty(index);
}

/** The order's chain digest, and those behind it, are out of date. */
export function rechain(slot: u32, index: u32): void {
  if (!placeAt(slot).chained) return;
  unchainFrom(slot);
  queueAt(index).unchained = slot as Handle;
}

/**
 * Chain digests from `slot` on are out of date. Those that are up to date are always the first orders of a
 * queue, so the walk ends at the first that is not: each order is walked over at most once for each time that
 * it is hashed.
 */
function unchainFrom(slot: u32): void {
  while (slot != NIL) {
    const place = placeAt(slot);
    if (!place.chained) break;
    place.chained = 0;
    slot = place.next as u32;
  }
}

if (2 * LEVELS_PER_SIDE != LEAF_HEADER) ERROR('levels are the first leaves of the state tree');
if ((TimeInForce.GoodTillCanceled as u32) != 0) ERROR('the head of a plain resting order is its side');
