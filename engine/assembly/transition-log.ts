// The transitions of the batch at hand (protocol §5). The log is bounded: `apply` stops while one more
// command is sure to fit.

import { Reason, TransitionType } from './codes';
import { MAX_TRANSITIONS, MAX_TRANSITIONS_PER_COMMAND } from './geometry';
import { Command, header, Order, transitionAt } from './records';

let count: u32 = 0;
/** Index of the command that is being applied: every transition names it. */
let commandIndex: u32 = 0;

export function transitionCount(): u32 {
  return count;
}

export function clearTransitions(): void {
  count = 0;
}

/** True when the transitions of one more command, however many, have room. */
// @ts-ignore: decorator
@inline
export function hasRoomForCommand(): bool {
  return MAX_TRANSITIONS - count >= MAX_TRANSITIONS_PER_COMMAND;
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
  const transition = transitionAt(count);
  count += 1;
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

export function logAccepted(command: Command, side: u32, flags: u32, orderId: u64): void {
  append(
    packHead(TransitionType.Accepted, side, Reason.None, flags),
    command.account,
    orderId,
    command.id,
    command.price,
    command.quantity,
    command.quantity,
    0,
  );
}

// @ts-ignore: decorator
@inline
export function logFilled(
  side: u32,
  account: u32,
  orderId: u64,
  maker: Order,
  price: u64,
  quantity: u64,
  remaining: u64,
): void {
  const head = packHead(TransitionType.Filled, side, Reason.None, 0);
  append(head, account, orderId, maker.orderId, price, quantity, remaining, maker.account);
}

/** The rest of a taker that may not rest. */
export function logTakerCanceled(command: Command, side: u32, reason: u32, orderId: u64, quantity: u64): void {
  const head = packHead(TransitionType.Canceled, side, reason, 0);
  append(head, command.account, orderId, command.id, command.price, quantity, 0, 0);
}

/** A resting order leaves the book: Canceled or Evicted. */
export function logRemoved(type: u32, reason: u32, order: Order, side: u32, price: u64): void {
  const head = packHead(type, side, reason, 0);
  append(head, order.account, order.orderId, order.clientOrderId, price, order.remaining, 0, 0);
}

/** To be called after the order was reduced. */
export function logReduced(order: Order, side: u32, price: u64, quantity: u64): void {
  const head = packHead(TransitionType.Reduced, side, Reason.None, 0);
  append(head, order.account, order.orderId, order.clientOrderId, price, quantity, order.remaining, 0);
}

/** `named` says that the command's id is an order id (Cancel, Reduce) and not a clientOrderId. */
export function logRejected(command: Command, reason: u32, named: bool): void {
  const side = (command.head >> 8) & 0xff;
  const flags = command.head >> 24;
  append(
    packHead(TransitionType.Rejected, side, reason, flags),
    command.account,
    named ? command.id : 0,
    named ? 0 : command.id,
    command.price,
    command.quantity,
    0,
    0,
  );
}
