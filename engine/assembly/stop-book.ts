// Waiting stops (protocol §4.5, §6): a queue in sequence order like a price level's, and the two trigger prices that
// say, without a look at the stops, whether one is due.

import { MarketState, Side } from './codes';
import { MAX_STOPS, NIL } from './geometry';
import { appendToQueue, openLevel, rechain, unlink } from './order-book';
import { clearDigest } from './empty-level';
import { markDirty } from './price-levels';
import { header, Order, orderAt, placeAt, queueAt, STOPS, sideOf, stopBook, triggerPriceOf } from './records';

// @ts-ignore: decorator
@inline
export function isWaitingStop(slot: u32): bool {
  return placeAt(slot).level == STOPS;
}

/** True when no more stops may wait. `leaving` of those that do are about to leave. */
export function areStopsFull(leaving: u32): bool {
  return stopBook().count - leaving >= MAX_STOPS;
}

/** The stop in `slot`, whose record is written, joins the end of the stop book. */
export function addStop(slot: u32): void {
  appendToQueue(slot, STOPS);
  stopBook().count += 1;
  noteTrigger(orderAt(slot));
  markDirty(STOPS);
}

/** The stop leaves the stop book. It keeps its slot. */
export function removeStop(slot: u32): void {
  openLevel(STOPS);
  unlink(slot, STOPS);
  const book = stopBook();
  book.count -= 1;
  markDirty(STOPS);
  if (book.count == 0) clearDigest(STOPS);
  const trigger = triggerPriceOf(orderAt(slot));
  if (trigger == book.bidTrigger || trigger == book.askTrigger) findTriggers();
}

/** Takes `quantity`, less than what remains, off a stop, which keeps its place. */
export function reduceStop(slot: u32, quantity: u64): void {
  openLevel(STOPS);
  rechain(slot, STOPS);
  orderAt(slot).remaining -= quantity;
  markDirty(STOPS);
}

/** True when the last trade price triggers a waiting stop. */
// @ts-ignore: decorator
@inline
export function areStopsDue(): bool {
  return stopBook().count != 0 && isAnyDue();
}

function isAnyDue(): bool {
  const price = header().lastTradePrice;
  if (price == 0 || header().marketState != (MarketState.Open as u64)) return false;
  const book = stopBook();
  return (book.bidTrigger != 0 && book.bidTrigger <= price) || book.askTrigger >= price;
}

/** The slot of the due stop with the lowest sequence. There is one. */
export function firstDueStop(): u32 {
  openLevel(STOPS);
  const price = header().lastTradePrice;
  let slot = queueAt(STOPS).head as u32;
  while (!isDue(orderAt(slot), price)) {
    slot = placeAt(slot).next as u32;
    if (slot == NIL) unreachable();
  }
  return slot;
}

function isDue(stop: Order, price: u64): bool {
  const trigger = triggerPriceOf(stop);
  return sideOf(stop) == Side.Bid ? trigger <= price : trigger >= price;
}

/** Computes both trigger prices anew. */
export function findTriggers(): void {
  const book = stopBook();
  book.bidTrigger = 0;
  book.askTrigger = 0;
  for (let slot = queueAt(STOPS).head as u32; slot != NIL; slot = placeAt(slot).next as u32) noteTrigger(orderAt(slot));
}

function noteTrigger(stop: Order): void {
  const book = stopBook();
  const trigger = triggerPriceOf(stop);
  if (sideOf(stop) == Side.Ask) book.askTrigger = max(book.askTrigger, trigger);
  else if (book.bidTrigger == 0 || trigger < book.bidTrigger) book.bidTrigger = trigger;
}
