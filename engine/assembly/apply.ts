// Commands one after another (protocol §3, §4): decode the kind, then do it.

import { Flag, Kind, MarketState, Reason } from './codes';
import { COMMAND_BYTES, LOOK_AHEAD } from './geometry';
import { lookAhead } from './look-ahead';
import { operatorAccount } from './market-config';
import { cancelAll, sweep } from './mass-removal';
import { beginWork } from './match';
import { cancel, hasOptions, reduce } from './own-order';
import { place, replace } from './place';
import { COMMANDS_BUFFER, Command, commandAt, header } from './records';
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
  }
  return index;
}

/** Returns how many records the command took, 1 or 2. What is not accepted is rejected here, and nowhere else. */
function applyCommand(index: u32, recordsLeft: u32): u32 {
  const command = commandAt(index);
  const kind = command.head & 0xff;
  let reason: u32 = Reason.UnknownKind;
  let extension: u32 = 0;
  if (kind == Kind.Cancel) reason = cancel(command);
  else if (kind == Kind.Place || kind == Kind.Replace) {
    const isExtended = ((command.head >> 24) & Flag.Extended) != 0;
    if (isExtended && recordsLeft == 1) reason = Reason.MissingExtension;
    else {
      if (isExtended) extension = COMMANDS_BUFFER + (index + 1) * COMMAND_BYTES;
      reason = kind == Kind.Place ? place(command, extension) : replace(command, extension);
    }
  } else if (kind == Kind.Reduce) reason = reduce(command);
  else if (kind == Kind.CancelAll) reason = cancelAll(command);
  else if (kind == Kind.SetMarketState) reason = setMarketState(command);
  else if (kind == Kind.Sweep) reason = sweep(command);
  if (reason != Reason.None) logRejected(command, reason);
  return extension ? 2 : 1;
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
