import type { FixField } from '../session/fix-message.ts';
import { ORDER_TAG } from './order-tags.ts';
import type { PendingMassCancel } from './pending-request.ts';
import type { MassCancelTerms } from './request-reader.ts';

/** Most orders that one CancelAll takes (protocol §4). */
const CANCELS_MAX = 64;

/** A mass cancel that begins. */
export function beginMassCancel(terms: MassCancelTerms): PendingMassCancel {
  return { kind: 'massCancel', ...terms, affected: 0, canceledNow: 0, rejection: undefined };
}

/** One of its commands is done: counts what it canceled; true when there may be more. */
export function massCancelGoesOn(pending: PendingMassCancel): boolean {
  const wasFull = pending.canceledNow === CANCELS_MAX;
  pending.affected += pending.canceledNow;
  pending.canceledNow = 0;
  return wasFull;
}

/** The fields of an OrderMassCancelReport. @param refusal why it was not done, if it was not */
export function massCancelReport(
  { clOrdId, requestType }: MassCancelTerms,
  affected: number,
  refusal: string | undefined,
): FixField[] {
  const fields: FixField[] = [
    [ORDER_TAG.clOrdId, clOrdId],
    [ORDER_TAG.orderId, clOrdId],
    [ORDER_TAG.massCancelRequestType, requestType],
    [ORDER_TAG.massCancelResponse, refusal === undefined ? requestType : '0'],
  ];
  if (refusal !== undefined) fields.push([ORDER_TAG.massCancelRejectReason, '99'], [ORDER_TAG.text, refusal]);
  return [...fields, [ORDER_TAG.totalAffectedOrders, String(affected)]];
}
