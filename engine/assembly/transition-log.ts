// The transitions of the batch at hand (protocol §5). The log is bounded: `apply` stops while one more
// command is sure to fit.

import { Kind, Reason, TransitionType } from './codes';
import { IS_PROVEN, MAX_TRANSITIONS, MAX_TRANSITIONS_PER_COMMAND, SLOT_BITS, TRANSITION_BYTES } from './geometry';
import { Command, header, Order, sideOf, timeInForceOf, totalRemaining, Transition, TRANSITIONS_BUFFER, triggerPriceOf } from './records';

/** Address of the next transition. */
let cursor: u32 = TRANSITIONS_BUFFER;
/** Bytes of transitions that are in no buffer any more: their hashes are taken (record-stream.ts). */
let goneBytes: u32 = 0;
/** Index of the command that is being applied: every transition names it. */
let commandIndex: u32 = 0;

export function transitionCount(): u32 {
  return (goneBytes + cursor - TRANSITIONS_BUFFER) / TRANSITION_BYTES;
}

export function clearTransitions(): void {
  cursor = TRANSITIONS_BUFFER;
  goneBytes = 0;
}

/** Where the transitions that are in the buffer end. */
// @ts-ignore: decorator
@inline
export function transitionsEnd(): u32 {
  return cursor;
}

/** Empties the buffer. What was in it still counts. */
// @ts-ignore: decorator
@inline
export function releaseTransitions(): void {
  goneBytes += cursor - TRANSITIONS_BUFFER;
  cursor = TRANSITIONS_BUFFER;
}

/** True when the transitions of one more command, however many, have room. */
// @ts-ignore: decorator
@inline
export function hasRoomForCommand(): bool {
  const end = IS_PROVEN ? cursor + goneBytes : cursor;
  return end <= TRANSITIONS_BUFFER + (MAX_TRANSITIONS - MAX_TRANSITIONS_PER_COMMAND) * TRANSITION_BYTES;
}

// @ts-ignore: decorator
@inline
export function beginCommand(index: u32): void {
  commandIndex = index;
}

// @ts-ignore: decorator
@inline
function append(
  head: u32,
  account: u32,
  orderId: u64,
  otherId: u64,
  price: u64,
  quantity: u64,
  remaining: u64,
  makerAccount: u32,
): u64 {
  const sequence = header().sequence + 1;
  header().sequence = sequence;
  const transition = changetype<Transition>(cursor);
  cursor += TRANSITION_BYTES;
  transition.head = head;
  transition.account = account;
  transition.sequence = sequence;
  transition.orderId = orderId;
  transition.otherId = otherId;
  transition.price = price;
  transition.quantity = quantity;
  transition.remaining = remaining;
  transition.makerAccount = makerAccount;
  transition.commandIndex = commandIndex;
  return sequence;
}

/** type u8 | side u8 | reason u8 | flags u8 */
// @ts-ignore: decorator
@inline
function packHead(type: u32, side: u32, reason: u32, flags: u32): u32 {
  return type | (side << 8) | (reason << 16) | (flags << 24);
}

/** The sequence that the next transition will have; an order id is made of its Accepted's. */
// @ts-ignore: decorator
@inline
export function nextSequence(): u64 {
  return header().sequence + 1;
}

/** Accepted, of an order without options that takes `slot`. Returns its id. */
// @ts-ignore: decorator
@inline
export function logPlaced(slot: u32, side: u32, account: u32, clientOrderId: u64, price: u64, quantity: u64): u64 {
  const orderId = (nextSequence() << SLOT_BITS) | slot;
  const head = packHead(TransitionType.Accepted, side, Reason.None, 0);
  append(head, account, orderId, clientOrderId, price, quantity, quantity, 0);
  return orderId;
}

/** Accepted or Replaced. The flags are the command's. */
export function logAccepted(type: u32, order: Order, flags: u32): void {
  const head = packHead(type, sideOf(order), Reason.None, flags);
  const quantity = order.remaining;
  append(head, order.account, order.orderId, order.clientOrderId, order.limitPrice, quantity, quantity, 0);
}

/** What an extended order's Accepted has no room for. */
export function logTerms(order: Order): void {
  const head = packHead(TransitionType.Terms, sideOf(order), Reason.None, 0);
  const timeInForce = timeInForceOf(order) as u64;
  append(head, order.account, order.orderId, order.displaySize, triggerPriceOf(order), order.expiry, timeInForce, 0);
}

/** To be called when the taker has lost the lots and the maker not yet. */
// @ts-ignore: decorator
@inline
export function logFilled(taker: Order, maker: Order, price: u64, quantity: u64): void {
  const head = packHead(TransitionType.Filled, sideOf(taker), Reason.None, 0);
  append(head, taker.account, taker.orderId, maker.orderId, price, quantity, taker.remaining, maker.account);
}

/** Lots of a taker or a waiting stop go, and it with them: Canceled or Expired. */
export function logTaker(type: u32, reason: u32, order: Order, quantity: u64): void {
  const head = packHead(type, sideOf(order), reason, 0);
  append(head, order.account, order.orderId, order.clientOrderId, order.limitPrice, quantity, 0, 0);
}

/** A resting order is about to leave the book: Canceled, Expired or Evicted. */
export function logResting(type: u32, reason: u32, order: Order, price: u64): void {
  const head = packHead(type, sideOf(order), reason, 0);
  append(head, order.account, order.orderId, order.clientOrderId, price, totalRemaining(order), 0, 0);
}

/** `remaining` is what the order still has, the hidden part included. */
export function logReduced(reason: u32, order: Order, price: u64, quantity: u64, remaining: u64): void {
  const head = packHead(TransitionType.Reduced, sideOf(order), reason, 0);
  append(head, order.account, order.orderId, order.clientOrderId, price, quantity, remaining, 0);
}

export function logTriggered(stop: Order): void {
  const head = packHead(TransitionType.Triggered, sideOf(stop), Reason.None, 0);
  const trigger = triggerPriceOf(stop);
  append(head, stop.account, stop.orderId, stop.clientOrderId, stop.limitPrice, stop.remaining, trigger, 0);
}

export function logMarketState(command: Command, state: u64, previous: u64): void {
  append(packHead(TransitionType.MarketStateChanged, 0, Reason.None, 0), command.account, 0, 0, 0, state, previous, 0);
}

/** The id of a Cancel, Reduce or Replace is an order id, any other's a clientOrderId. */
export function logRejected(command: Command, reason: u32): void {
  const kind = command.head & 0xff;
  const isNamed = kind == Kind.Cancel || kind == Kind.Reduce || kind == Kind.Replace;
  const head = packHead(TransitionType.Rejected, (command.head >> 8) & 0xff, reason, command.head >> 24);
  const orderId = isNamed ? command.id : 0;
  append(head, command.account, orderId, command.id - orderId, command.price, command.quantity, 0, 0);
}
