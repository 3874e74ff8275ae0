import { VALUE_MAX } from './geometry.ts';
import {
  FLAG,
  hasFlag,
  KIND,
  type ModelCommand,
  SELF_TRADE,
  selfTradeModeOf,
  TIME_IN_FORCE,
  termsOf,
} from './model-command.ts';
import type { ModelConfig } from './model-config.ts';
import { REASON } from './model-transition.ts';

/** Checks 1 to 10 of a Place or Replace: the command alone (protocol §3). */
export function checkPlaceFields(config: ModelConfig, command: ModelCommand): bigint {
  const { side, timeInForce, price, quantity } = command;
  const { displayQuantity, triggerPrice } = termsOf(command);
  const isMarket = hasFlag(command, FLAG.market);
  const replaceHasSide = command.kind === KIND.replace && side !== 0n;

  if (hasFlag(command, FLAG.reserved) || selfTradeModeOf(command) > SELF_TRADE.decrement || replaceHasSide) {
    return REASON.reservedBits;
  }
  if (side > 1n) return REASON.invalidSide;
  if (timeInForce > TIME_IN_FORCE.gtd) return REASON.invalidTimeInForce;
  if (isInvalidCombination(command)) return REASON.invalidCombination;
  if (isMarket && price !== 0n) return REASON.invalidPrice;
  if (!isMarket && !isTradeValue(price)) return REASON.invalidPrice;
  if (price % config.tickSize !== 0n) return REASON.offTick;
  if (!isTradeValue(quantity)) return REASON.invalidQuantity;
  if (quantity % config.lotSize !== 0n) return REASON.offLot;
  if (displayQuantity > quantity) return REASON.invalidDisplay;
  if (displayQuantity % config.lotSize !== 0n) return REASON.offLot;
  if (triggerPrice > VALUE_MAX) return REASON.invalidTrigger;
  if (triggerPrice % config.tickSize !== 0n) return REASON.offTick;
  return REASON.none;
}

/** Check 4, clause by clause. */
function isInvalidCombination(command: ModelCommand): boolean {
  const { displayQuantity, triggerPrice, expiry, replacementId } = termsOf(command);
  const postOnly = hasFlag(command, FLAG.postOnly);
  const market = hasFlag(command, FLAG.market);
  const ioc = command.timeInForce === TIME_IN_FORCE.ioc;
  const fok = command.timeInForce === TIME_IN_FORCE.fok;
  const gtd = command.timeInForce === TIME_IN_FORCE.gtd;
  return (
    (hasFlag(command, FLAG.slide) && !postOnly) ||
    (postOnly && (market || ioc || fok)) ||
    (market && gtd) ||
    (gtd && expiry === 0n) ||
    (expiry !== 0n && !gtd) ||
    (displayQuantity !== 0n && (market || ioc || fok)) ||
    (triggerPrice !== 0n && (postOnly || fok)) ||
    (replacementId !== 0n && command.kind === KIND.place) ||
    (market && command.kind === KIND.replace)
  );
}

/** A price or quantity in 1 .. 2^48-1. */
export function isTradeValue(value: bigint): boolean {
  return value >= 1n && value <= VALUE_MAX;
}
