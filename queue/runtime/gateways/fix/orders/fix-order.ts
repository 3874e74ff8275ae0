import type { OrderTerms } from './order-terms.ts';

/** OrdStatus (39). */
export const ORD_STATUS = {
  new: '0',
  partiallyFilled: '1',
  filled: '2',
  canceled: '4',
  rejected: '8',
  pendingNew: 'A',
  expired: 'C',
} as const;
type OrdStatus = (typeof ORD_STATUS)[keyof typeof ORD_STATUS];

const LIVE: ReadonlySet<OrdStatus> = new Set([
  ORD_STATUS.new,
  ORD_STATUS.partiallyFilled,
  ORD_STATUS.pendingNew,
]);

/** An order of a FIX client, as its reports tell it. */
export class FixOrder {
  /** The id that the client last gave it, and all that it had. */
  clOrdId: string;
  readonly ids: string[];
  terms: OrderTerms;
  /** The engine's id, 0 until it is accepted. Another one after a replacement. */
  orderId = 0n;
  status: OrdStatus = ORD_STATUS.pendingNew;
  /** Lots: asked for in all, and filled; and the sum of ticks times lots of the fills. */
  orderQty: bigint;
  cumQty = 0n;
  paid = 0n;
  /** Whether a cancel or a replacement of it is in flight. */
  isPending = false;
  /** Requests that came before it was accepted: they name an order that has no id yet. */
  readonly deferred: (() => void)[] = [];

  constructor(clOrdId: string, terms: OrderTerms) {
    this.clOrdId = clOrdId;
    this.ids = [clOrdId];
    this.terms = terms;
    this.orderQty = terms.quantity;
  }

  get isLive(): boolean {
    return LIVE.has(this.status);
  }

  get leavesQty(): bigint {
    return this.isLive ? this.orderQty - this.cumQty : 0n;
  }

  fill(ticks: bigint, lots: bigint): void {
    this.cumQty += lots;
    this.paid += ticks * lots;
    this.status = this.cumQty >= this.orderQty ? ORD_STATUS.filled : ORD_STATUS.partiallyFilled;
  }

  /** The engine took it, or a replacement of it. */
  open(orderId: bigint): void {
    this.orderId = orderId;
    this.status = this.cumQty > 0n ? ORD_STATUS.partiallyFilled : ORD_STATUS.new;
  }
}
