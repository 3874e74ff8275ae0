import { type BookOrder, isWaitingStop, mayRest } from './book-order.ts';
import { type BookState, findOrder, hasLevelRoom, isExpired, lowestFreeOrderSlot } from './book-state.ts';
import { checkFillOrKill } from './fill-or-kill-checks.ts';
import { STOPS_MAX } from './geometry.ts';
import {
  FLAG,
  hasFlag,
  KIND,
  MARKET_STATE,
  type ModelCommand,
  TIME_IN_FORCE,
  termsOf,
} from './model-command.ts';
import type { ModelConfig } from './model-config.ts';
import { REASON } from './model-transition.ts';
import { type NewOrder, newOrderOf, priceAsSlid } from './new-order.ts';
import { checkPlaceFields } from './place-field-checks.ts';

/**
 * The checks of a Place or Replace (protocol §3). Making room for a Place, which is the last part of check 18,
 * is not among them: it evicts orders.
 */
export function checkPlace(config: ModelConfig, state: BookState, command: ModelCommand): bigint {
  const malformed = checkPlaceFields(config, command);
  if (malformed !== REASON.none) return malformed;
  if (isExpired(state, termsOf(command))) return REASON.expiryPassed;
  if (!isMarketOpenFor(state, command)) return REASON.marketClosed;

  const isReplace = command.kind === KIND.replace;
  const named = isReplace ? findOrder(state, command.id) : undefined;
  if (isReplace && named === undefined) return REASON.unknownOrder;
  if (named !== undefined && named.account !== command.account) return REASON.notOwner;

  const order = newOrderOf(command, named);
  if (order.triggerPrice !== 0n) return checkStop(state, named);
  const price = priceAsSlid(config, state, command, order);
  if (price === undefined) return REASON.wouldTake;
  if (command.timeInForce === TIME_IN_FORCE.fok) return checkFillOrKill(state, order);
  if (named !== undefined && mayRest(order) && !replacementHasRoom(state, { ...order, price }, named)) {
    return REASON.bookFull;
  }
  return REASON.none;
}

/** Check 12. */
function isMarketOpenFor(state: BookState, command: ModelCommand): boolean {
  if (state.marketState === MARKET_STATE.open) return true;
  return state.marketState === MARKET_STATE.postOnly && hasFlag(command, FLAG.postOnly);
}

/** Check 14. */
function checkStop(state: BookState, named: BookOrder | undefined): bigint {
  const waiting = state.stops.filter((stop) => stop !== named);
  if (waiting.length >= STOPS_MAX) return REASON.stopBookFull;
  if (named === undefined && lowestFreeOrderSlot(state) === undefined) return REASON.bookFull;
  return REASON.none;
}

/** Check 18 of a Replace: a level at its price, a free level slot, or the named order is alone on its level. */
function replacementHasRoom(state: BookState, order: NewOrder, named: BookOrder): boolean {
  const isAlone = !isWaitingStop(named) && state[named.side].get(named.price)?.orders.length === 1;
  return hasLevelRoom(state, order.side, order.price) || isAlone;
}
