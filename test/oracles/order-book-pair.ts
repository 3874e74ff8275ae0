import {
  type IOrder,
  type IProcessOrder,
  type LimitOrderOptions,
  OrderBook,
  SelfTradePreventionMode,
  Side,
} from 'nodejs-order-book';
import { expect } from 'vitest';
import type { SelfTradeModeName } from '../../engine/protocol-codes.ts';
import { NamedBook, type NamedFill, type NamedOrder, type NamedOutcome } from './named-book.ts';

const SIDES = { bid: Side.BUY, ask: Side.SELL } as const;
const STP_MODES: Readonly<Partial<Record<SelfTradeModeName, SelfTradePreventionMode>>> = {
  none: SelfTradePreventionMode.NONE,
  cancelTaker: SelfTradePreventionMode.EXPIRE_TAKER,
  cancelMaker: SelfTradePreventionMode.EXPIRE_MAKER,
  cancelBoth: SelfTradePreventionMode.EXPIRE_BOTH,
};

/** The engine and nodejs-order-book, given the same commands; whatever one does and the other does not is an assertion that fails. */
export class OrderBookPair {
  readonly ours = new NamedBook();
  readonly theirs = new OrderBook();

  place(order: NamedOrder): NamedOutcome {
    return this.#compare(this.ours.place(order), order.id, placeTheirs(this.theirs, order));
  }

  modify(id: bigint, price: bigint, quantity: bigint): NamedOutcome {
    const result = this.theirs.modify(String(id), { price: Number(price), size: Number(quantity) });
    return this.#compare(this.ours.replace(id, price, quantity), id, result);
  }

  cancel(id: bigint): NamedOutcome {
    const outcome = this.ours.cancel(id);
    const isUnknown = this.theirs.cancel(String(id)) === undefined;
    expect({ id, isUnknown: outcome.rejected === 'unknownOrder' }).toEqual({ id, isUnknown });
    this.#compareQueues();
    return outcome;
  }

  #compare(outcome: NamedOutcome, taker: bigint, result: IProcessOrder): NamedOutcome {
    expect({
      fills: outcome.fills,
      isRefused: outcome.rejected !== undefined || outcome.prevented.includes(taker),
      makersRemoved: outcome.prevented.filter((id) => id !== taker),
    }).toEqual({
      fills: fillsOf(result, taker),
      isRefused: result.err !== null,
      makersRemoved: (result.stpExpired ?? []).map(({ id }) => BigInt(id)),
    });
    this.#compareQueues();
    return outcome;
  }

  #compareQueues(): void {
    for (const side of ['bid', 'ask'] as const) {
      const ours = this.ours.resting(side).map(({ id, price, quantity }) => ({ id, price, quantity }));
      expect(ours).toEqual(theirQueue(this.theirs, side));
    }
  }
}

export function placeTheirs(book: OrderBook, order: NamedOrder): IProcessOrder {
  const { id, side, timeInForce, price, quantity, account, postOnly = false, selfTradeMode = 'none' } = order;
  const stpMode = STP_MODES[selfTradeMode];
  if (stpMode === undefined) throw new Error(`nodejs-order-book has no self-trade mode ${selfTradeMode}`);
  const options = {
    id: String(id),
    side: SIDES[side],
    size: Number(quantity),
    ...(account === undefined ? {} : { accountId: String(account), stpMode }),
  };
  if (price === 0n) return book.market(options);
  // The package does not export its own names for these three.
  const theirTimeInForce = timeInForce as NonNullable<LimitOrderOptions['timeInForce']>;
  return book.limit({ ...options, price: Number(price), timeInForce: theirTimeInForce, postOnly });
}

/** Resting orders of a side, in the order in which they would be met. */
export function theirQueue(book: OrderBook, side: 'bid' | 'ask') {
  const { bids, asks } = book.snapshot();
  return (side === 'bid' ? bids : asks).flatMap(({ price, orders }) =>
    orders.map(({ id, size }) => ({ id: BigInt(id), price: BigInt(price), quantity: BigInt(size) })),
  );
}

/** Makers that were filled whole, and after them the one that was not. */
export function fillsOf(result: IProcessOrder, taker: bigint): readonly NamedFill[] {
  const { done, partial, partialQuantityProcessed } = result;
  const fills = done
    .filter(({ id }) => id !== String(taker))
    .map((maker) => fillOf(maker, maker.size, taker));
  if (partial !== null && partial.id !== String(taker)) {
    fills.push(fillOf(partial, partialQuantityProcessed, taker));
  }
  return fills;
}

function fillOf(maker: IOrder, quantity: number, taker: bigint): NamedFill {
  if (!('price' in maker)) throw new Error(`maker ${maker.id} has no price`);
  return { maker: BigInt(maker.id), taker, price: BigInt(maker.price), quantity: BigInt(quantity) };
}
