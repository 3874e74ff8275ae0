import type { TransitionReason } from '../../../../../engine/transition.ts';
import { CXL_REJ, ORD_REJ } from './order-tags.ts';

const ORDER_REASONS: Readonly<Partial<Record<TransitionReason, number>>> = {
  marketClosed: ORD_REJ.exchangeClosed,
  bookFull: ORD_REJ.exceedsLimit,
  stopBookFull: ORD_REJ.exceedsLimit,
  expiryPassed: ORD_REJ.tooLate,
  invalidQuantity: ORD_REJ.badQuantity,
  offLot: ORD_REJ.badQuantity,
  invalidDisplay: ORD_REJ.badQuantity,
};

/** The OrdRejReason of what the engine rejected an order for. */
export function ordRejReason(reason: TransitionReason): number {
  return ORDER_REASONS[reason] ?? ORD_REJ.other;
}

/** The CxlRejReason of what the engine rejected a cancel or a replacement for; an order that is gone was filled or canceled before. */
export function cxlRejReason(reason: TransitionReason): number {
  if (reason === 'unknownOrder') return CXL_REJ.tooLate;
  return reason === 'marketClosed' ? CXL_REJ.broker : CXL_REJ.other;
}
