import type { SidesName } from '../../../../../engine/protocol-codes.ts';
import type { FixOrder } from './fix-order.ts';
import type { OrderTerms } from './order-terms.ts';

/** A request to cancel or to replace an order. */
export interface ChangeRequest {
  readonly kind: 'cancel' | 'replace';
  /** Undefined when no order has that id. */
  readonly order: FixOrder | undefined;
  readonly clOrdId: string;
  readonly origClOrdId: string;
}

/** One whose command is in flight. */
export interface PendingChange extends ChangeRequest {
  readonly order: FixOrder;
  /** What the order asks for when it is replaced. */
  readonly terms: OrderTerms | undefined;
}

/** A mass cancel: one command after another, until one finds less than it may cancel. */
export interface PendingMassCancel {
  readonly kind: 'massCancel';
  readonly clOrdId: string;
  readonly requestType: string;
  readonly side: SidesName;
  /** Orders canceled by all its commands, and by the one in flight. */
  affected: number;
  canceledNow: number;
  /** Why nothing was canceled, other than that there was nothing. */
  rejection: string | undefined;
}

/** What a command in flight was sent for. */
export type PendingRequest =
  | { readonly kind: 'place'; readonly order: FixOrder }
  | PendingChange
  | PendingMassCancel;
