import type { Command, PlaceCommand, ReplaceCommand } from '../../../../../engine/command.ts';
import type { SelfTradeModeName } from '../../../../../engine/protocol-codes.ts';
import type { FixOrder } from './fix-order.ts';
import type { OrderRefusal } from './order-fields.ts';
import { CXL_REJ } from './order-tags.ts';
import type { OrderTerms } from './order-terms.ts';

/** Whose commands they are, and what happens when two of its orders meet. */
export interface CommandOwner {
  readonly account: number;
  readonly selfTradeMode: SelfTradeModeName;
}

/** @param clientOrderId u64, of the gateway's own counting: a ClOrdID is a text */
export function placeCommand(owner: CommandOwner, terms: OrderTerms, clientOrderId: bigint): PlaceCommand {
  const { side, isMarket } = terms;
  return {
    kind: 'place',
    side,
    clientOrderId,
    market: isMarket,
    ...commonFields(owner, terms, terms.quantity),
  };
}

/**
 * The command that gives an order other terms. Fewer lots and nothing else is a Reduce, which keeps the order's place; what was filled
 * counts, as of now.
 */
export function changeCommand(owner: CommandOwner, order: FixOrder, terms: OrderTerms): Command {
  const { account } = owner;
  const { orderId } = order;
  if (isReduction(order, terms))
    return { kind: 'reduce', account, orderId, quantity: order.orderQty - terms.quantity };
  const replacement: ReplaceCommand = {
    kind: 'replace',
    orderId,
    ...commonFields(owner, terms, terms.quantity - order.cumQty),
  };
  return replacement;
}

/** Why an order cannot be canceled or replaced now: a CxlRejReason. @param terms undefined for a cancel */
export function changeRefusal(order: FixOrder, terms: OrderTerms | undefined): OrderRefusal | undefined {
  if (!order.isLive) return { reason: CXL_REJ.tooLate, text: 'the order is over' };
  if (order.isPending) return { reason: CXL_REJ.pending, text: 'another request for the order is in flight' };
  if (terms === undefined) return undefined;
  if (terms.side !== order.terms.side || terms.ordType !== order.terms.ordType)
    return { reason: CXL_REJ.other, text: 'Side and OrdType stay as they are' };
  if (terms.isMarket) return { reason: CXL_REJ.other, text: 'a market order cannot be replaced' };
  if (terms.quantity <= order.cumQty)
    return { reason: CXL_REJ.tooLate, text: 'OrderQty is not above what is filled' };
  return undefined;
}

function isReduction(order: FixOrder, terms: OrderTerms): boolean {
  const old = order.terms;
  return (
    terms.quantity < order.orderQty &&
    terms.price === old.price &&
    terms.timeInForce === old.timeInForce &&
    terms.expiry === old.expiry &&
    terms.displayQuantity === old.displayQuantity &&
    terms.triggerPrice === old.triggerPrice &&
    terms.postOnly === old.postOnly
  );
}

function commonFields({ account, selfTradeMode }: CommandOwner, terms: OrderTerms, quantity: bigint) {
  const { timeInForce, postOnly, price, displayQuantity, triggerPrice, expiry } = terms;
  const base = { account, selfTradeMode, timeInForce, postOnly, price, quantity };
  // A second record only for who needs it.
  return displayQuantity + triggerPrice + expiry === 0n
    ? base
    : { ...base, displayQuantity, triggerPrice, expiry };
}
