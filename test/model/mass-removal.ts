import { type BookOrder, lotsOf, orderFields, sideCode } from './book-order.ts';
import { type BookState, isExpired, ordersBySlot, removeOrder } from './book-state.ts';
import { MASS_REMOVALS_MAX } from './geometry.ts';
import { BOTH_SIDES, type ModelCommand } from './model-command.ts';
import { REASON, TRANSITION } from './model-transition.ts';
import type { TransitionRecorder } from './transition-recorder.ts';

/** What a CancelAll is about, in the order of the slots. */
export function ordersOfAccount(state: BookState, command: ModelCommand): BookOrder[] {
  return ordersBySlot(state).filter(
    ({ account, side }) =>
      account === command.account && (command.side === BOTH_SIDES || command.side === sideCode(side)),
  );
}

/** What a Sweep is about, in the order of the slots. */
export function expiredOrders(state: BookState): BookOrder[] {
  return ordersBySlot(state).filter((order) => isExpired(state, order));
}

export function cancelAll(state: BookState, command: ModelCommand, recorder: TransitionRecorder): void {
  const canceled = { type: TRANSITION.canceled, reason: REASON.requested };
  removeMany(state, ordersOfAccount(state, command), canceled, recorder);
}

export function sweep(state: BookState, recorder: TransitionRecorder): void {
  removeMany(state, expiredOrders(state), { type: TRANSITION.expired }, recorder);
}

/** 64 at most; the next command of the kind gets the others. */
function removeMany(
  state: BookState,
  orders: readonly BookOrder[],
  fields: { readonly type: bigint; readonly reason?: bigint },
  recorder: TransitionRecorder,
): void {
  for (const order of orders.slice(0, MASS_REMOVALS_MAX)) {
    removeOrder(state, order);
    recorder.record({ ...orderFields(order), ...fields, quantity: lotsOf(order) });
  }
}
