import { type BookOrder, lotsOf, orderFields, takeOff } from './book-order.ts';
import { type BookState, findOrder, removeOrder } from './book-state.ts';
import { checkCommand } from './command-checks.ts';
import { cancelAll, sweep } from './mass-removal.ts';
import type { Work } from './match-taker.ts';
import { KIND, type ModelCommand } from './model-command.ts';
import type { ModelConfig } from './model-config.ts';
import { type ModelTransition, REASON, TRANSITION } from './model-transition.ts';
import { placeOrder, replaceOrder } from './place-order.ts';
import { TransitionRecorder } from './transition-recorder.ts';
import { triggerDueStops } from './trigger-stops.ts';

/**
 * Executes one command, good or bad, in a batch at `state.timestamp`, with the stops that are due before and
 * after it (protocol §4, One command). Returns its transitions, at least one.
 */
export function executeCommand(
  config: ModelConfig,
  state: BookState,
  command: ModelCommand,
  commandIndex: number,
): readonly ModelTransition[] {
  const recorder = new TransitionRecorder(state, commandIndex);
  triggerDueStops(state, { done: 0 }, recorder);
  const work: Work = { done: 0 };
  const failed = checkCommand(config, state, command);
  const reason = failed === REASON.none ? executeChecked(config, state, command, work, recorder) : failed;
  if (reason !== REASON.none) recordRejected(command, reason, recorder);
  triggerDueStops(state, work, recorder);
  return recorder.transitions;
}

function executeChecked(
  config: ModelConfig,
  state: BookState,
  command: ModelCommand,
  work: Work,
  recorder: TransitionRecorder,
): bigint {
  switch (command.kind) {
    case KIND.place:
      return placeOrder(config, state, command, work, recorder);
    case KIND.replace:
      replaceOrder(config, state, command, work, recorder);
      break;
    case KIND.cancel:
      cancelOrder(state, orderNamedBy(state, command), recorder);
      break;
    case KIND.reduce:
      reduceOrder(state, orderNamedBy(state, command), command.quantity, recorder);
      break;
    case KIND.cancelAll:
      cancelAll(state, command, recorder);
      break;
    case KIND.setMarketState:
      setMarketState(state, command, recorder);
      break;
    default:
      sweep(state, recorder);
  }
  return REASON.none;
}

function orderNamedBy(state: BookState, command: ModelCommand): BookOrder {
  const order = findOrder(state, command.id);
  if (order === undefined) throw new Error(`order ${command.id} passed its checks and is not in the book`);
  return order;
}

function cancelOrder(state: BookState, order: BookOrder, recorder: TransitionRecorder): void {
  removeOrder(state, order);
  const canceled = { type: TRANSITION.canceled, reason: REASON.requested, quantity: lotsOf(order) };
  recorder.record({ ...orderFields(order), ...canceled });
}

/** Takes lots off and keeps the place; as much as remains, or more, removes the order (protocol §4). */
function reduceOrder(
  state: BookState,
  order: BookOrder,
  quantity: bigint,
  recorder: TransitionRecorder,
): void {
  if (quantity >= lotsOf(order)) {
    cancelOrder(state, order, recorder);
    return;
  }
  takeOff(order, quantity);
  recorder.record({
    ...orderFields(order),
    type: TRANSITION.reduced,
    quantity,
    remaining: lotsOf(order),
  });
}

function setMarketState(state: BookState, command: ModelCommand, recorder: TransitionRecorder): void {
  const { account, quantity: newState } = command;
  const changed = { account, quantity: newState, remaining: state.marketState };
  state.marketState = newState;
  recorder.record({ type: TRANSITION.marketStateChanged, ...changed });
}

/** The command's own words, as sent (protocol §5, type 6). */
function recordRejected(command: ModelCommand, reason: bigint, recorder: TransitionRecorder): void {
  const namesOrder =
    command.kind === KIND.cancel || command.kind === KIND.reduce || command.kind === KIND.replace;
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
