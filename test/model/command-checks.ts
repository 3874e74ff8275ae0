import { type BookState, findOrder, levelVolume, otherSide } from './book-state.ts';
import { crossedLevels, hasFlag, takerSide } from './crossing.ts';
import { FILLS_MAX, VALUE_MAX } from './geometry.ts';
import { FLAG, KIND, type ModelCommand, TIME_IN_FORCE, takesExtension } from './model-command.ts';
import { REASON } from './model-transition.ts';

/**
 * The reason that the first failing check gives, or `REASON.none` (protocol §3).
 * Room in the book (check 14) is not among them: looking for it evicts orders.
 */
export function checkCommand(state: BookState, command: ModelCommand): bigint {
  if (command.kind < KIND.place || command.kind > KIND.sweep) return REASON.unknownKind;
  if (takesExtension(command.kind, command.flags) && command.extension === undefined) {
    return REASON.missingExtension;
  }
  if (command.kind >= KIND.replace) return REASON.unsupported;
  if (command.kind === KIND.cancel) return checkCancel(state, command);
  if (command.kind === KIND.reduce) return checkReduce(state, command);
  const malformed = checkPlaceFields(command);
  return malformed === REASON.none ? checkPlaceAgainstBook(state, command) : malformed;
}

/** Checks 4 to 10 of a Place: the command alone. */
function checkPlaceFields(command: ModelCommand): bigint {
  const { side, timeInForce, flags, price, quantity } = command;
  const selfTradeMode = (flags >> 4n) & 7n;
  const postOnly = hasFlag(command, FLAG.postOnly);
  const slide = hasFlag(command, FLAG.slide);
  const market = hasFlag(command, FLAG.market);
  const immediate = timeInForce === TIME_IN_FORCE.ioc || timeInForce === TIME_IN_FORCE.fok;

  if (hasFlag(command, FLAG.reserved) || selfTradeMode > 4n) return REASON.reservedBits;
  if (side > 1n) return REASON.invalidSide;
  if (timeInForce > TIME_IN_FORCE.gtd) return REASON.invalidTimeInForce;
  if (slide && !postOnly) return REASON.invalidCombination;
  if (postOnly && (market || immediate)) return REASON.invalidCombination;
  if (market && timeInForce === TIME_IN_FORCE.gtd) return REASON.invalidCombination;
  if (market && price !== 0n) return REASON.invalidPrice;
  if (!market && !isTradeValue(price)) return REASON.invalidPrice;
  if (!isTradeValue(quantity)) return REASON.invalidQuantity;
  if (timeInForce === TIME_IN_FORCE.gtd || slide || selfTradeMode !== 0n) return REASON.unsupported;
  if (command.extension?.some((word) => word !== 0n)) return REASON.unsupported;
  return REASON.none;
}

/** Checks 11 to 13 of a Place: what it would meet. */
function checkPlaceAgainstBook(state: BookState, command: ModelCommand): bigint {
  const crossed = crossedLevels(state, command, otherSide(takerSide(command)));
  if (hasFlag(command, FLAG.postOnly) && crossed.length > 0) return REASON.wouldTake;
  if (command.timeInForce !== TIME_IN_FORCE.fok) return REASON.none;

  const volume = crossed.reduce((sum, level) => sum + levelVolume(level), 0n);
  if (volume < command.quantity) return REASON.unfillable;
  const makers = crossed.flatMap((level) => level.orders).slice(0, FILLS_MAX);
  const reachable = makers.reduce((sum, maker) => sum + maker.remaining, 0n);
  return reachable < command.quantity ? REASON.matchLimit : REASON.none;
}

function checkCancel(state: BookState, command: ModelCommand): bigint {
  const { side, timeInForce, flags, price, quantity } = command;
  if ([side, timeInForce, flags, price, quantity].some((field) => field !== 0n)) return REASON.reservedBits;
  return checkOwner(state, command);
}

function checkReduce(state: BookState, command: ModelCommand): bigint {
  const { side, timeInForce, flags, price, quantity } = command;
  if ([side, timeInForce, flags, price].some((field) => field !== 0n)) return REASON.reservedBits;
  if (!isTradeValue(quantity)) return REASON.invalidQuantity;
  return checkOwner(state, command);
}

function checkOwner(state: BookState, command: ModelCommand): bigint {
  const order = findOrder(state, command.id);
  if (order === undefined) return REASON.unknownOrder;
  return order.account === command.account ? REASON.none : REASON.notOwner;
}

function isTradeValue(value: bigint): boolean {
  return value >= 1n && value <= VALUE_MAX;
}
