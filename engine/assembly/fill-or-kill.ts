// Fill or kill looks before it leaps (protocol §3, checks 16 and 17): the same walk as matching, changing nothing.

import { Reason, SelfTrade } from './codes';
import { MAX_FILLS, NIL } from './geometry';
import { isExpired, openLevel } from './order-book';
import { bestCursor, betterness, crossedVolume, levelAtCursor, NO_CURSOR, worseCursor } from './price-levels';
import { levelAt, orderAt, placeAt, queueAt } from './records';

/** An iceberg that would be refilled and stand at the back of the queue. */
@unmanaged
class Refill {
  hiddenRemaining: u64;
  displaySize: u64;
}

const REFILL_BYTES: u32 = 16;
/** Each maker that is met adds at most one. */
const REFILLS: u32 = memory.data(MAX_FILLS * REFILL_BYTES, 16) as u32;

if (offsetof<Refill>() != REFILL_BYTES) ERROR('a Refill is 16 bytes');

/** What the walk still looks for, and how many makers it has met. */
let wanted: u64 = 0;
let met: u32 = 0;
let refills: u32 = 0;

/** Why an order could not be filled whole, or None. `limit` is a betterness on the makers' side. */
export function whyNotFillable(makerSide: u32, limit: u64, quantity: u64, account: u32, selfTrade: u32): u32 {
  if (crossedVolume(makerSide, limit, quantity) < quantity) return Reason.Unfillable;
  wanted = quantity;
  met = 0;
  for (let cursor = bestCursor(makerSide); cursor != NO_CURSOR; cursor = worseCursor(makerSide, cursor)) {
    const index = levelAtCursor(makerSide, cursor);
    if (betterness(makerSide, levelAt(index).price) < limit) break;
    openLevel(index);
    const reason = walkQueue(index, account, selfTrade);
    if (reason != Reason.None || wanted == 0) return reason;
    if (!walkRefills()) return Reason.MatchLimit;
    if (wanted == 0) return Reason.None;
  }
  return met == MAX_FILLS ? Reason.MatchLimit : Reason.Unfillable;
}

function walkQueue(index: u32, account: u32, selfTrade: u32): u32 {
  refills = 0;
  for (let slot = queueAt(index).head as u32; slot != NIL; slot = placeAt(slot).next as u32) {
    if (met == MAX_FILLS) return Reason.MatchLimit;
    met += 1;
    const maker = orderAt(slot);
    if (isExpired(maker.expiry)) continue;
    if (selfTrade != SelfTrade.None && maker.account == account) {
      if (selfTrade != SelfTrade.CancelMaker) return Reason.SelfTrade;
      continue;
    }
    take(maker.remaining, maker.hiddenRemaining, maker.displaySize);
    if (wanted == 0) return Reason.None;
  }
  return Reason.None;
}

/** The refilled icebergs of a level, each at the back of the queue in its turn. False: too many makers. */
function walkRefills(): bool {
  for (let next: u32 = 0; next < refills && wanted != 0; ++next) {
    if (met == MAX_FILLS) return false;
    met += 1;
    const iceberg = changetype<Refill>(REFILLS + next * REFILL_BYTES);
    const displayed = min(iceberg.displaySize, iceberg.hiddenRemaining);
    take(displayed, iceberg.hiddenRemaining - displayed, iceberg.displaySize);
  }
  return true;
}

function take(displayed: u64, hidden: u64, displaySize: u64): void {
  wanted -= min(wanted, displayed);
  if (wanted == 0 || hidden == 0) return;
  const iceberg = changetype<Refill>(REFILLS + refills * REFILL_BYTES);
  iceberg.hiddenRemaining = hidden;
  iceberg.displaySize = displaySize;
  refills += 1;
}
