import { type BookOrder, lotsOf, mayRest, orderFields, type Taker } from './book-order.ts';
import { type BookState, findOrder, lowestFreeOrderSlot, removeOrder } from './book-state.ts';
import { NO_SLOT } from './geometry.ts';
import { makeRoom } from './make-room.ts';
import { matchTaker, settleTaker, type Work } from './match-taker.ts';
import type { ModelCommand } from './model-command.ts';
import type { ModelConfig } from './model-config.ts';
import { REASON, TRANSITION } from './model-transition.ts';
import { type NewOrder, newOrderOf, priceAsSlid } from './new-order.ts';
import type { TransitionRecorder } from './transition-recorder.ts';

/**
 * Executes a Place that passed its checks; returns BookFull when it finds no room, else none (protocol §4).
 */
export function placeOrder(
  config: ModelConfig,
  state: BookState,
  command: ModelCommand,
  work: Work,
  recorder: TransitionRecorder,
): bigint {
  const order = checkedOrderOf(config, state, command, undefined);
  const needsRoom = mayRest(order) && order.triggerPrice === 0n;
  if (needsRoom && !makeRoom(state, order.side, order.price, recorder)) return REASON.bookFull;
  enterOrder(state, order, { type: TRANSITION.accepted, flags: command.flags }, work, recorder);
  return REASON.none;
}

/** Executes a Replace that passed its checks: out with the named order, and on as a Place from step 2. */
export function replaceOrder(
  config: ModelConfig,
  state: BookState,
  command: ModelCommand,
  work: Work,
  recorder: TransitionRecorder,
): void {
  const named = findOrder(state, command.id);
  if (named === undefined) throw new Error(`order ${command.id} passed its checks and is not in the book`);
  const order = checkedOrderOf(config, state, command, named);
  removeOrder(state, named);
  const canceled = { type: TRANSITION.canceled, reason: REASON.replaced, quantity: lotsOf(named) };
  recorder.record({ ...orderFields(named), ...canceled });
  enterOrder(state, order, { type: TRANSITION.replaced, flags: command.flags }, work, recorder);
}

function checkedOrderOf(
  config: ModelConfig,
  state: BookState,
  command: ModelCommand,
  named: BookOrder | undefined,
): NewOrder {
  const order = newOrderOf(command, named);
  const price = priceAsSlid(config, state, command, order);
  if (price === undefined) throw new Error('an order that would take passed its checks');
  return { ...order, price };
}

/** Protocol §4, steps 2 to 4. */
function enterOrder(
  state: BookState,
  { triggerPrice, ...order }: NewOrder,
  accepted: { readonly type: bigint; readonly flags: bigint },
  work: Work,
  recorder: TransitionRecorder,
): void {
  const isStop = triggerPrice !== 0n;
  const slot = mayRest(order) || isStop ? lowestFreeOrderSlot(state) : NO_SLOT;
  if (slot === undefined) throw new Error('no free order slot after room was made');
  const taker: Taker = { ...order, orderId: ((state.sequence + 1n) << 12n) | BigInt(slot) };
  const { displayQuantity, expiry, timeInForce, remaining } = taker;
  recorder.record({ ...orderFields(taker), ...accepted, quantity: remaining, remaining });
  if (displayQuantity !== 0n || isStop || expiry !== 0n) {
    const terms = { price: triggerPrice, quantity: expiry, remaining: timeInForce };
    recorder.record({
      ...orderFields(taker),
      type: TRANSITION.terms,
      relatedId: displayQuantity,
      ...terms,
    });
  }
  if (isStop) {
    state.stops.push({ ...taker, triggerPrice });
    return;
  }
  matchTaker(state, taker, work, recorder);
  settleTaker(state, taker, work, recorder);
}
