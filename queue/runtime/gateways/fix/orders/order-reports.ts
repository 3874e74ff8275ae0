import { FixedPoint, requireDecimals } from '../../../../../engine/fixed-point.ts';
import type { MarketConfig } from '../../../../../engine/market-config.ts';
import { priceOfTicks } from '../../../../../engine/market-units.ts';
import type { FixField } from '../session/fix-message.ts';
import { fixTime } from '../session/fix-time.ts';
import { meanPrice } from './fix-decimal.ts';
import type { FixOrder } from './fix-order.ts';
import { ORDER_TAG } from './order-tags.ts';

/** ExecType (150). */
export const EXEC_TYPE = {
  new: '0',
  canceled: '4',
  replaced: '5',
  rejected: '8',
  expired: 'C',
  restated: 'D',
  trade: 'F',
  status: 'I',
} as const;

/** What happened to an order. */
export interface Execution {
  readonly execType: (typeof EXEC_TYPE)[keyof typeof EXEC_TYPE];
  readonly execId: string;
  /** The cancel or replacement that it answers. */
  readonly answers?: { readonly clOrdId: string; readonly origClOrdId: string };
  /** More fields: of a fill, of a rejection. */
  readonly more?: readonly FixField[];
}

/** Writes the venue's messages about orders of one market, in the decimal texts of FIX. */
export class OrderReports {
  readonly #market: MarketConfig;
  readonly #symbol: string;
  readonly #account: string;

  constructor(market: MarketConfig, symbol: string, account: number) {
    this.#market = market;
    this.#symbol = symbol;
    this.#account = String(account);
  }

  /** The fields of an ExecutionReport. */
  execution(order: FixOrder, execution: Execution, nowMs: number): FixField[] {
    const { terms } = order;
    const fields: FixField[] = [
      [ORDER_TAG.orderId, order.orderId === 0n ? 'NONE' : String(order.orderId)],
      [ORDER_TAG.clOrdId, execution.answers?.clOrdId ?? order.clOrdId],
    ];
    if (execution.answers !== undefined) fields.push([ORDER_TAG.origClOrdId, execution.answers.origClOrdId]);
    fields.push(
      [ORDER_TAG.execId, execution.execId],
      [ORDER_TAG.execType, execution.execType],
      [ORDER_TAG.ordStatus, order.status],
      [ORDER_TAG.account, this.#account],
      [ORDER_TAG.symbol, this.#symbol],
      [ORDER_TAG.side, terms.side === 'bid' ? '1' : '2'],
      [ORDER_TAG.orderQty, this.lots(order.orderQty)],
      [ORDER_TAG.ordType, terms.ordType],
    );
    if (terms.price > 0n) fields.push([ORDER_TAG.price, this.ticks(terms.price)]);
    if (terms.triggerPrice > 0n) fields.push([ORDER_TAG.stopPx, this.ticks(terms.triggerPrice)]);
    if (terms.displayQuantity > 0n) fields.push([ORDER_TAG.maxFloor, this.lots(terms.displayQuantity)]);
    fields.push(
      [ORDER_TAG.timeInForce, terms.fixTimeInForce],
      [ORDER_TAG.leavesQty, this.lots(order.leavesQty)],
      [ORDER_TAG.cumQty, this.lots(order.cumQty)],
      [ORDER_TAG.avgPx, meanPrice(order.paid, order.cumQty, this.#market.priceDecimals)],
      [ORDER_TAG.transactTime, fixTime(nowMs)],
    );
    return [...fields, ...(execution.more ?? [])];
  }

  /** The fields of a fill's own part. */
  fill(ticks: bigint, lots: bigint): FixField[] {
    return [
      [ORDER_TAG.lastQty, this.lots(lots)],
      [ORDER_TAG.lastPx, this.ticks(ticks)],
    ];
  }

  ticks(ticks: bigint): string {
    return priceOfTicks(this.#market, ticks);
  }

  /** A quantity: 0, too, and what is more than can be asked for, which fills on the way of a replacement may add up to. */
  lots(lots: bigint): string {
    return lots > 0n ? FixedPoint.ofRaw(lots, requireDecimals(this.#market.quantityDecimals)).format() : '0';
  }
}
