import type { BookOrder } from './book-order.ts';
import { type BookState, findOrder } from './book-state.ts';
import { expiredOrders, ordersOfAccount } from './mass-removal.ts';
import { BOTH_SIDES, KIND, MARKET_STATE, type ModelCommand, takesExtension } from './model-command.ts';
import type { ModelConfig } from './model-config.ts';
import { REASON } from './model-transition.ts';
import { checkPlace } from './place-checks.ts';
import { isTradeValue } from './place-field-checks.ts';

/** The reason that the first failing check gives, or `REASON.none` (protocol §3). */
export function checkCommand(config: ModelConfig, state: BookState, command: ModelCommand): bigint {
  if (takesExtension(command.kind, command.flags) && command.extension === undefined) {
    return REASON.missingExtension;
  }
  switch (command.kind) {
    case KIND.place:
    case KIND.replace:
      return checkPlace(config, state, command);
    case KIND.cancel:
      return checkCancel(state, command);
    case KIND.reduce:
      return checkReduce(config, state, command);
    case KIND.cancelAll:
      return checkCancelAll(state, command);
    case KIND.setMarketState:
      return checkSetMarketState(config, command);
    case KIND.sweep:
      return checkSweep(state, command);
    default:
      return REASON.unknownKind;
  }
}

function checkCancel(state: BookState, command: ModelCommand): bigint {
  const { side, timeInForce, flags, price, quantity } = command;
  if (isAnySet(side, timeInForce, flags, price, quantity)) return REASON.reservedBits;
  if (isHalted(state)) return REASON.marketClosed;
  return checkOwner(findOrder(state, command.id), command);
}

function checkReduce(config: ModelConfig, state: BookState, command: ModelCommand): bigint {
  const { side, timeInForce, flags, price, quantity } = command;
  if (isAnySet(side, timeInForce, flags, price)) return REASON.reservedBits;
  if (!isTradeValue(quantity)) return REASON.invalidQuantity;
  if (quantity % config.lotSize !== 0n) return REASON.offLot;
  if (isHalted(state)) return REASON.marketClosed;
  return checkOwner(findOrder(state, command.id), command);
}

function checkCancelAll(state: BookState, command: ModelCommand): bigint {
  const { side, timeInForce, flags, id, price, quantity } = command;
  if (isAnySet(timeInForce, flags, id, price, quantity)) return REASON.reservedBits;
  if (side > BOTH_SIDES) return REASON.invalidSide;
  if (isHalted(state)) return REASON.marketClosed;
  return ordersOfAccount(state, command).length === 0 ? REASON.noOrders : REASON.none;
}

function checkSetMarketState(config: ModelConfig, command: ModelCommand): bigint {
  const { side, timeInForce, flags, id, price, quantity } = command;
  if (isAnySet(side, timeInForce, flags, id, price)) return REASON.reservedBits;
  if (quantity > MARKET_STATE.halted) return REASON.invalidMarketState;
  return command.account === BigInt(config.operatorAccount) ? REASON.none : REASON.notOperator;
}

function checkSweep(state: BookState, command: ModelCommand): bigint {
  const { side, timeInForce, flags, id, price, quantity } = command;
  if (isAnySet(side, timeInForce, flags, id, price, quantity)) return REASON.reservedBits;
  if (isHalted(state)) return REASON.marketClosed;
  return expiredOrders(state).length === 0 ? REASON.noOrders : REASON.none;
}

function checkOwner(order: BookOrder | undefined, command: ModelCommand): bigint {
  if (order === undefined) return REASON.unknownOrder;
  return order.account === command.account ? REASON.none : REASON.notOwner;
}

function isAnySet(...fields: readonly bigint[]): boolean {
  return fields.some((field) => field !== 0n);
}

function isHalted(state: BookState): boolean {
  return state.marketState === MARKET_STATE.halted;
}
