// Commands one after another (protocol §3, §4): decode the kind, then do it.

import { Flag, Kind, MarketState, Reason } from './codes';
import { COMMAND_BYTES, IS_PROVEN, LOOK_AHEAD } from './geometry';
import { lookAhead } from './look-ahead';
import { operatorAccount } from './market-config';
import { cancelAll, sweep } from './mass-removal';
import { beginWork } from './match';
import { cancel, hasOptions, reduce } from './own-order';
import { isPlainPlace, place, placePlain, replace } from './place';
import { Command, commandAt, header } from './records';
import { hashNewRecords } from './record-stream';
import { beginCommand, hasRoomForCommand, logMarketState, logRejected } from './transition-log';
import { triggerLeftOver, triggerStops } from './trigger-stops';

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
    triggerLeftOver();
    beginWork();
    index += applyCommand(index, recordCount - index);
    triggerStops();
    if (IS_PROVEN) hashNewRecords(index);
  }
  return index;
}

/**
 * Returns how many records the command took, 1 or 2. What is not accepted is rejected here, and nowhere else. Most commands
 * are a Place or a Cancel without options: they are told by the whole head at once.
 */
function applyCommand(index: u32, recordsLeft: u32): u32 {
  const command = commandAt(index);
  let reason: u32;
  let extension: u32 = 0;
  if (isPlainPlace(command)) reason = placePlain(command);
  else if (command.head == Kind.Cancel) reason = cancel(command);
  else if (!isExtended(command)) reason = applyOther(command, 0);
  else if (recordsLeft == 1) reason = Reason.MissingExtension;
  else {
    extension = changetype<u32>(command) + COMMAND_BYTES;
    reason = applyOther(command, extension);
  }
  if (reason != Reason.None) logRejected(command, reason);
  return extension ? 2 : 1;
}

function isExtended(command: Command): bool {
  const kind = command.head & 0xff;
  return (kind == Kind.Place || kind == Kind.Replace) && ((command.head >> 24) & Flag.Extended) != 0;
}

function applyOther(command: Command, extension: u32): u32 {
  const kind = command.head & 0xff;
  if (kind == Kind.Place) return place(command, extension);
  if (kind == Kind.Cancel) return cancel(command);
  if (kind == Kind.Reduce) return reduce(command);
  if (kind == Kind.Replace) return replace(command, extension);
  if (kind == Kind.CancelAll) return cancelAll(command);
  if (kind == Kind.SetMarketState) return setMarketState(command);
  return kind == Kind.Sweep ? sweep(command) : (Reason.UnknownKind as u32);
}

function setMarketState(command: Command): u32 {
  const state = command.quantity;
  if (hasOptions(command) || (command.id | command.price) != 0) return Reason.ReservedBits;
  if (state > (MarketState.Halted as u64)) return Reason.InvalidMarketState;
  if (command.account != operatorAccount()) return Reason.NotOperator;
  logMarketState(command, state, header().marketState);
  header().marketState = state;
  return Reason.None;
}
