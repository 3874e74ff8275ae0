// A level as it is opened: a price, and nothing resting at it.

import { Handle, NIL } from './geometry';
import { levelAt, ordersDigestOf, queueAt } from './records';

export function clearLevel(index: u32, price: u64): void {
  const level = levelAt(index);
  level.price = price;
  level.volume = 0;
  level.orderCount = 0;
  level.orderCountHigh = 0;
  level.hiddenVolume = 0;
  clearDigest(index);
  clearQueue(index);
}

/** No order is loaded, and none is missing. */
export function clearQueue(index: u32): void {
  const queue = queueAt(index);
  queue.head = NIL as Handle;
  queue.tail = NIL as Handle;
  queue.unchained = NIL as Handle;
  queue.opaque = 0;
}

/** D_0 of protocol §6. */
export function clearDigest(level: u32): void {
  const digest = ordersDigestOf(level);
  store<u64>(digest, 0, 0);
  store<u64>(digest, 0, 8);
  store<u64>(digest, 0, 16);
  store<u64>(digest, 0, 24);
}
