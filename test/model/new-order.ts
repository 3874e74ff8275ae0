import type { BookOrder, WaitingStop } from './book-order.ts';
import type { BookState } from './book-state.ts';
import { crossedBestLevel } from './crossing.ts';
import { VALUE_MAX } from './geometry.ts';
import { FLAG, hasFlag, type ModelCommand, selfTradeModeOf, termsOf } from './model-command.ts';
import type { ModelConfig } from './model-config.ts';

/** The order that a Place or Replace asks for, before it has an id; triggerPrice is 0 when it is no stop. */
export type NewOrder = Omit<WaitingStop, 'orderId'>;

/** `named` is the order that a Replace names; side and, if there is no other, clientOrderId are taken from it. */
export function newOrderOf(command: ModelCommand, named: BookOrder | undefined): NewOrder {
  const { displayQuantity, triggerPrice, expiry, replacementId } = termsOf(command);
  const replacementOrNamedId = replacementId === 0n ? named?.clientOrderId : replacementId;
  return {
    side: named?.side ?? (command.side === 0n ? 'bid' : 'ask'),
    account: command.account,
    clientOrderId: named === undefined ? command.id : (replacementOrNamedId ?? 0n),
    price: command.price,
    isMarket: hasFlag(command, FLAG.market),
    timeInForce: command.timeInForce,
    selfTradeMode: selfTradeModeOf(command),
    displayQuantity,
    triggerPrice,
    expiry,
    remaining: command.quantity,
  };
}

/** Check 15 of a Place: the price of the order, as slid; undefined when it would take. */
export function priceAsSlid(
  config: ModelConfig,
  state: BookState,
  command: ModelCommand,
  order: NewOrder,
): bigint | undefined {
  const crossed = crossedBestLevel(state, order);
  if (!hasFlag(command, FLAG.postOnly) || crossed === undefined) return order.price;
  if (!hasFlag(command, FLAG.slide)) return undefined;
  const price = crossed.price + (order.side === 'bid' ? -config.tickSize : config.tickSize);
  return price >= 1n && price <= VALUE_MAX ? price : undefined;
}
