// Commands one after another (protocol §3, §4): decode the kind, then do it.

import { Flag, Kind, Reason, TransitionType } from './codes';
import { COMMAND_BYTES, LOOK_AHEAD, VALUE_LIMIT } from './geometry';
import { lookAhead } from './look-ahead';
import { findOrder, NO_ORDER, reduceOrder, removeOrder } from './order-book';
import { place } from './place';
import { sideOfLevel } from './price-levels';
import { COMMANDS_BUFFER, Command, commandAt, levelAt, orderAt, placeAt } from './records';
import { beginCommand, hasRoomForCommand, logReduced, logRejected, logRemoved } from './transition-log';

/**
 * Applies the records from the command buffer while one more command is sure to fit. Returns how many records
 * were taken.
 */
export function applyCommands(recordCount: u32): u32 {
  let index: u32 = 0;
  let lookedAt: u32 = 0;
  while (index < recordCount && hasRoomForCommand()) {
    if (LOOK_AHEAD != 0 && index >= lookedAt) lookedAt = lookAhead(index, recordCount);
    beginCommand(index);
    index += applyCommand(index, recordCount - index);
  }
  return index;
}

/** Returns how many records the command took, 1 or 2. */
function applyCommand(index: u32, recordsLeft: u32): u32 {
  const command = commandAt(index);
  const kind = command.head & 0xff;
  if (kind == Kind.Cancel) {
    cancel(command);
    return 1;
  }
  if (kind == Kind.Reduce) {
    reduce(command);
    return 1;
  }
  if (kind == 0 || kind > (Kind.Sweep as u32)) {
    logRejected(command, Reason.UnknownKind, false);
    return 1;
  }
  let extension: u32 = 0;
  const isExtended = ((command.head >> 24) & Flag.Extended) != 0;
  if (isExtended && (kind == Kind.Place || kind == Kind.Replace)) {
    if (recordsLeft == 1) {
      logRejected(command, Reason.MissingExtension, false);
      return 1;
    }
    extension = COMMANDS_BUFFER + (index + 1) * COMMAND_BYTES;
  }
  if (kind == Kind.Place) place(command, extension);
  else logRejected(command, Reason.Unsupported, false);
  return extension ? 2 : 1;
}

/** Side, time in force and flags are no part of this command. */
// @ts-ignore: decorator
@inline
function hasOptions(command: Command): bool {
  return command.head >> 8 != 0;
}

function cancel(command: Command): void {
  if (hasOptions(command) || (command.price | command.quantity) != 0) {
    logRejected(command, Reason.ReservedBits, true);
    return;
  }
  const slot = ownOrder(command);
  if (slot != NO_ORDER) cancelOrder(slot);
}

function reduce(command: Command): void {
  if (hasOptions(command) || command.price != 0) {
    logRejected(command, Reason.ReservedBits, true);
    return;
  }
  if (command.quantity - 1 >= VALUE_LIMIT - 1) {
    logRejected(command, Reason.InvalidQuantity, true);
    return;
  }
  const slot = ownOrder(command);
  if (slot == NO_ORDER) return;
  if (command.quantity >= orderAt(slot).remaining) {
    cancelOrder(slot);
    return;
  }
  reduceOrder(slot, command.quantity);
  const level = placeAt(slot).level as u32;
  logReduced(orderAt(slot), sideOfLevel(level), levelAt(level).price, command.quantity);
}

/** The slot of the order that the command names and its sender owns; else the rejection is logged. */
function ownOrder(command: Command): u32 {
  const slot = findOrder(command.id);
  if (slot == NO_ORDER) {
    logRejected(command, Reason.UnknownOrder, true);
    return NO_ORDER;
  }
  if (orderAt(slot).account != command.account) {
    logRejected(command, Reason.NotOwner, true);
    return NO_ORDER;
  }
  return slot;
}

function cancelOrder(slot: u32): void {
  const level = placeAt(slot).level as u32;
  logRemoved(TransitionType.Canceled, Reason.Requested, orderAt(slot), sideOfLevel(level), levelAt(level).price);
  removeOrder(slot);
}
