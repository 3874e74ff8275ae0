// Brings the orders that the next messages name into the cache before they are needed: they lie anywhere among a
// million, and several such reads at once take no longer than one. It changes nothing, and has no branches that a
// random flow could make a processor guess wrongly.

import { bucketOf } from './client-ids';
import { messageAt } from './message';
import { levelAt, orderAt, placeAt, queueAt } from './records';

const AHEAD: u32 = 16;
const SLOT_BYTES: u32 = 4;
/** The slots that the messages ahead lead to. */
const SLOTS: u32 = memory.data(AHEAD * SLOT_BYTES, 64) as u32;

/** Keeps the reads from being dropped by a compiler. */
let seen: u32 = 0;

/** Reads what the next messages from `first` on name, as far as `end`. Returns the message after them. */
export function lookAhead(first: u32, end: u32): u32 {
  const last = min(first + AHEAD, end);
  for (let index = first; index < last; ++index) {
    const link = load<u32>(bucketOf(messageAt(index).orderId));
    // No order: slot 0 will do. Another one of the bucket: its reads are in vain.
    store<u32>(SLOTS + (index - first) * SLOT_BYTES, max(link, 1) - 1);
  }
  let sum: u32 = 0;
  for (let index = first; index < last; ++index) {
    const slot = load<u32>(SLOTS + (index - first) * SLOT_BYTES);
    const level = placeAt(slot).level as u32;
    sum += orderAt(slot).head + (queueAt(level).head as u32) + levelAt(level).orderCount;
  }
  seen += sum;
  return last;
}
