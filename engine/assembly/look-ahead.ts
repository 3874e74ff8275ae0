// Brings what the next commands are about into the cache before they need it: an order that is canceled lies anywhere
// among a million, and several such reads at once take no longer than one. It changes nothing.

import { Kind } from './codes';
import { LOOK_AHEAD, ORDERS, SLOT_MASK } from './geometry';
import { commandAt, orderAt, placeAt } from './records';

/** Keeps the reads from being dropped by a compiler. */
let seen: u64 = 0;

/** Reads the orders that the next LOOK_AHEAD records from `index` on name. Returns the record after them. */
export function lookAhead(index: u32, recordCount: u32): u32 {
  const end = min(index + LOOK_AHEAD, recordCount);
  let sum: u64 = 0;
  for (; index < end; ++index) {
    const command = commandAt(index);
    if ((command.head & 0xff) == Kind.Place) continue;
    // A record that is no command of this kind names some slot, too.
    const slot = (command.id & SLOT_MASK) as u32;
    sum += orderAt(slot).orderId + (placeAt(slot).level as u64);
  }
  seen += sum;
  return end;
}

if (LOOK_AHEAD != 0 && (ORDERS as u64) != SLOT_MASK + 1) ERROR('the slot bits of any id name a slot');
