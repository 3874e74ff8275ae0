import type { MarketConfig } from '../../../../../engine/market-config.ts';
import type { Transition } from '../../../../../engine/transition.ts';
import type { FixField } from '../session/fix-message.ts';
import { fixTime } from '../session/fix-time.ts';
import { type FixOrder, ORD_STATUS } from './fix-order.ts';
import type { OrderRefusal } from './order-fields.ts';
import { EXEC_TYPE, type Execution, OrderReports } from './order-reports.ts';
import type { OrderTable } from './order-table.ts';
import { ORDER_MSG, ORDER_TAG } from './order-tags.ts';
import type { ChangeRequest, PendingChange, PendingRequest } from './pending-request.ts';
import { cxlRejReason, ordRejReason } from './rejection-reasons.ts';

/** ExecRestatementReason: the market did it. */
const MARKET_OPTION = '8';

/** Whose outcomes they are, in which market. */
export interface OutcomeOptions {
  readonly account: number;
  readonly market: MarketConfig;
  readonly symbol: string;
  readonly nowMs: () => number;
}

/** Turns what the engine did into what a client is told of its orders, and keeps the orders as they are now. */
export class OrderOutcomes {
  readonly #orders: OrderTable;
  readonly #options: OutcomeOptions;
  readonly #reports: OrderReports;
  readonly #send: (type: string, fields: readonly FixField[]) => void;
  readonly #startedMs: number;
  #ownReports = 0;

  constructor(
    orders: OrderTable,
    options: OutcomeOptions,
    send: (type: string, fields: readonly FixField[]) => void,
  ) {
    this.#orders = orders;
    this.#options = options;
    this.#reports = new OrderReports(options.market, options.symbol, options.account);
    this.#send = send;
    this.#startedMs = options.nowMs();
  }

  /** @param pending what the command was sent for that made it, if the client sent it */
  apply(transition: Transition, pending: PendingRequest | undefined): void {
    const execId = String(transition.sequence);
    switch (transition.type) {
      case 'accepted':
        if (pending?.kind === 'place') this.#accepted(transition, pending.order, execId);
        break;
      case 'replaced':
        if (pending?.kind === 'replace') this.#replaced(transition, pending, execId);
        break;
      case 'filled':
        this.#filled(transition, execId);
        break;
      case 'rejected':
        if (pending !== undefined) this.#rejected(transition, pending, execId);
        break;
      default:
        this.#changed(transition, pending, execId);
    }
  }

  /** An order that the gateway does not take: the engine never saw it. */
  refuse(order: FixOrder, { reason, text }: OrderRefusal): void {
    order.status = ORD_STATUS.rejected;
    const execId = `r${++this.#ownReports}-${this.#startedMs}`;
    this.#report(order, { execType: EXEC_TYPE.rejected, execId, more: rejection(reason, text) });
  }

  cancelReject({ kind, order, clOrdId, origClOrdId }: ChangeRequest, reason: number, text: string): void {
    this.#send(ORDER_MSG.cancelReject, [
      [ORDER_TAG.orderId, order === undefined || order.orderId === 0n ? 'NONE' : String(order.orderId)],
      [ORDER_TAG.clOrdId, clOrdId],
      [ORDER_TAG.origClOrdId, origClOrdId],
      [ORDER_TAG.ordStatus, order?.status ?? ORD_STATUS.rejected],
      [ORDER_TAG.cxlRejResponseTo, kind === 'cancel' ? '1' : '2'],
      [ORDER_TAG.cxlRejReason, String(reason)],
      [ORDER_TAG.text, text],
      [ORDER_TAG.transactTime, fixTime(this.#options.nowMs())],
    ]);
  }

  #accepted(transition: Transition, order: FixOrder, execId: string): void {
    this.#orders.open(order, transition.orderId);
    this.#report(order, { execType: EXEC_TYPE.new, execId });
  }

  #replaced(transition: Transition, change: PendingChange, execId: string): void {
    const { order } = change;
    this.#orders.open(order, transition.orderId);
    this.#changeTerms(change, order.cumQty + transition.quantity, execId);
  }

  #changeTerms(
    { order, clOrdId, origClOrdId, terms }: PendingChange,
    orderQty: bigint,
    execId: string,
  ): void {
    order.orderQty = orderQty;
    if (terms !== undefined) order.terms = { ...terms, quantity: orderQty };
    this.#orders.rename(order, clOrdId);
    order.isPending = false;
    this.#report(order, { execType: EXEC_TYPE.replaced, execId, answers: { clOrdId, origClOrdId } });
  }

  /** Both sides may be the client's. */
  #filled(transition: Transition, execId: string): void {
    const { account } = this.#options;
    const taker = transition.account === account ? this.#orders.byOrderId(transition.orderId) : undefined;
    const maker =
      transition.makerAccount === account ? this.#orders.byOrderId(transition.makerOrderId) : undefined;
    for (const [order, id] of [
      [taker, execId],
      [maker, `${execId}m`],
    ] as const) {
      if (order === undefined) continue;
      order.fill(transition.price, transition.quantity);
      const more = this.#reports.fill(transition.price, transition.quantity);
      this.#report(order, { execType: EXEC_TYPE.trade, execId: id, more });
      if (!order.isLive) this.#orders.close(order);
    }
  }

  #rejected({ reason }: Transition, pending: PendingRequest, execId: string): void {
    if (pending.kind === 'massCancel') {
      if (reason !== 'noOrders') pending.rejection = reason;
    } else if (pending.kind === 'place') {
      const { order } = pending;
      order.status = ORD_STATUS.rejected;
      const more = rejection(ordRejReason(reason), reason);
      this.#report(order, { execType: EXEC_TYPE.rejected, execId, more });
      this.#orders.close(order);
    } else {
      pending.order.isPending = false;
      this.cancelReject(pending, cxlRejReason(reason), reason);
    }
  }

  #changed(transition: Transition, pending: PendingRequest | undefined, execId: string): void {
    const { type, reason } = transition;
    if (pending?.kind === 'massCancel' && type === 'canceled' && transition.account === this.#options.account)
      pending.canceledNow += 1;
    const order = this.#orders.byOrderId(transition.orderId);
    // The old half of a replacement: its new half is told.
    if (order === undefined || reason === 'replaced') return;
    const own = pending !== undefined && isChangeOf(pending, order) ? pending : undefined;
    if (type === 'canceled') this.#ended(order, own, execId, reason);
    else if (type === 'evicted')
      this.#ended(order, undefined, execId, 'evicted: a better order needed its place');
    else if (type === 'expired') this.#ended(order, undefined, execId, undefined);
    else if (type === 'triggered')
      this.#report(order, { execType: EXEC_TYPE.status, execId, more: [[ORDER_TAG.text, type]] });
    else if (type === 'reduced' && own?.kind === 'replace' && reason === 'none')
      this.#changeTerms(own, order.orderQty - transition.quantity, execId);
    else if (type === 'reduced') this.#restated(order, transition, execId);
  }

  /** @param text why, or undefined when its time was over */
  #ended(order: FixOrder, own: PendingChange | undefined, execId: string, text: string | undefined): void {
    order.status = text === undefined ? ORD_STATUS.expired : ORD_STATUS.canceled;
    const execType = text === undefined ? EXEC_TYPE.expired : EXEC_TYPE.canceled;
    const answers = own === undefined ? {} : { answers: own };
    this.#report(order, {
      execType,
      execId,
      ...answers,
      more: text === undefined ? [] : [[ORDER_TAG.text, text]],
    });
    this.#orders.close(order);
  }

  /** Two of its own orders met, and lost what they would have traded. */
  #restated(order: FixOrder, transition: Transition, execId: string): void {
    order.orderQty -= transition.quantity;
    const more: FixField[] = [
      [ORDER_TAG.execRestatementReason, MARKET_OPTION],
      [ORDER_TAG.text, transition.reason],
    ];
    this.#report(order, { execType: EXEC_TYPE.restated, execId, more });
  }

  #report(order: FixOrder, execution: Execution): void {
    this.#send(ORDER_MSG.executionReport, this.#reports.execution(order, execution, this.#options.nowMs()));
  }
}

function isChangeOf(pending: PendingRequest, order: FixOrder): pending is PendingChange {
  return (pending.kind === 'cancel' || pending.kind === 'replace') && pending.order === order;
}

function rejection(reason: number, text: string): FixField[] {
  return [
    [ORDER_TAG.ordRejReason, String(reason)],
    [ORDER_TAG.text, text],
  ];
}
