import { type BookState, findOrder, type RestingOrder, removeOrder } from './book-state.ts';
import { checkCommand } from './command-checks.ts';
import { KIND, type ModelCommand } from './model-command.ts';
import { type ModelTransition, REASON, TRANSITION } from './model-transition.ts';
import { placeOrder } from './place-order.ts';
import { TransitionRecorder } from './transition-recorder.ts';

/** Executes one command, good or bad, and returns its transitions (at least one). */
export function executeCommand(
  state: BookState,
  command: ModelCommand,
  commandIndex: number,
): readonly ModelTransition[] {
  const recorder = new TransitionRecorder(state, commandIndex);
  const failed = checkCommand(state, command);
  const reason = failed === REASON.none ? executeChecked(state, command, recorder) : failed;
  if (reason !== REASON.none) recordRejected(command, reason, recorder);
  return recorder.transitions;
}

function executeChecked(state: BookState, command: ModelCommand, recorder: TransitionRecorder): bigint {
  if (command.kind === KIND.place) return placeOrder(state, command, recorder);
  const order = findOrder(state, command.id);
  if (order === undefined) throw new Error(`order ${command.id} passed its checks and is not in the book`);
  if (command.kind === KIND.cancel) cancelOrder(state, order, recorder);
  else reduceOrder(state, order, command.quantity, recorder);
  return REASON.none;
}

function cancelOrder(state: BookState, order: RestingOrder, recorder: TransitionRecorder): void {
  removeOrder(state, order);
  recorder.record({
    ...orderFields(order),
    type: TRANSITION.canceled,
    reason: REASON.requested,
    quantity: order.remaining,
  });
}

/** Takes lots off and keeps the place; as much as remains, or more, removes the order (protocol §4). */
function reduceOrder(
  state: BookState,
  order: RestingOrder,
  quantity: bigint,
  recorder: TransitionRecorder,
): void {
  if (quantity >= order.remaining) {
    cancelOrder(state, order, recorder);
    return;
  }
  order.remaining -= quantity;
  recorder.record({
    ...orderFields(order),
    type: TRANSITION.reduced,
    quantity,
    remaining: order.remaining,
  });
}

function orderFields(order: RestingOrder) {
  return {
    side: order.side === 'bid' ? 0n : 1n,
    account: order.account,
    orderId: order.orderId,
    relatedId: order.clientOrderId,
    price: order.price,
  };
}

/** The command's own words, as sent (protocol §5, type 6). */
function recordRejected(command: ModelCommand, reason: bigint, recorder: TransitionRecorder): void {
  const namesOrder = command.kind === KIND.cancel || command.kind === KIND.reduce;
  recorder.record({
    type: TRANSITION.rejected,
    side: command.side,
    reason,
    flags: command.flags,
    account: command.account,
    orderId: namesOrder ? command.id : 0n,
    relatedId: namesOrder ? 0n : command.id,
    price: command.price,
    quantity: command.quantity,
  });
}
