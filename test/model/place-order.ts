import {
  type BookState,
  bestLevel,
  joinLevel,
  lowestFreeOrderSlot,
  otherSide,
  removeOrder,
} from './book-state.ts';
import { crosses, hasFlag, mayRest, takerSide } from './crossing.ts';
import { FILLS_MAX, NO_SLOT } from './geometry.ts';
import { makeRoom } from './make-room.ts';
import { FLAG, type ModelCommand } from './model-command.ts';
import { REASON, TRANSITION } from './model-transition.ts';
import type { TransitionRecorder } from './transition-recorder.ts';

/** The result of matching a taker: what remains of it and how many makers it met. */
interface MatchResult {
  readonly remaining: bigint;
  readonly makerCount: number;
}

/**
 * Executes a Place that passed its checks; returns BookFull when it finds no room, else none (protocol §4).
 */
export function placeOrder(state: BookState, command: ModelCommand, recorder: TransitionRecorder): bigint {
  const side = takerSide(command);
  if (mayRest(command) && !makeRoom(state, side, command.price, recorder)) return REASON.bookFull;

  const slot = mayRest(command) ? lowestFreeOrderSlot(state) : NO_SLOT;
  if (slot === undefined) throw new Error('no free order slot after room was made');
  const orderId = ((state.sequence + 1n) << 12n) | BigInt(slot);
  const price = hasFlag(command, FLAG.market) ? 0n : command.price;
  const order = { side: command.side, account: command.account, orderId };
  recorder.record({
    ...order,
    type: TRANSITION.accepted,
    flags: command.flags,
    relatedId: command.id,
    price,
    quantity: command.quantity,
    remaining: command.quantity,
  });

  const { remaining, makerCount } = matchTaker(state, command, orderId, recorder);
  if (remaining === 0n) return REASON.none;
  const best = bestLevel(state, otherSide(side));
  const stillCrosses = best !== undefined && crosses(command, best);
  const atMatchLimit = makerCount === FILLS_MAX && stillCrosses;
  if (atMatchLimit || !mayRest(command)) {
    const reason = atMatchLimit ? REASON.matchLimit : REASON.remainder;
    const canceled = { ...order, relatedId: command.id, price, quantity: remaining };
    recorder.record({ ...canceled, type: TRANSITION.canceled, reason });
  } else {
    const { account, id: clientOrderId } = command;
    joinLevel(state, { orderId, side, account, clientOrderId, price, remaining });
  }
  return REASON.none;
}

/** Fills a taker against the best level, the oldest order first, at the maker's price (protocol §4, 3). */
function matchTaker(
  state: BookState,
  command: ModelCommand,
  orderId: bigint,
  recorder: TransitionRecorder,
): MatchResult {
  const side = takerSide(command);
  let remaining = command.quantity;
  let makerCount = 0;
  while (remaining > 0n && makerCount < FILLS_MAX) {
    const level = bestLevel(state, otherSide(side));
    if (level === undefined || !crosses(command, level)) break;
    const maker = level.orders[0];
    if (maker === undefined) throw new Error(`price level ${level.price} has no order`);

    const makerIsFilledWhole = maker.remaining <= remaining;
    const filled = makerIsFilledWhole ? maker.remaining : remaining;
    remaining -= filled;
    maker.remaining -= filled;
    makerCount += 1;
    if (makerIsFilledWhole) removeOrder(state, maker);
    state.lastTradePrice = maker.price;
    state.tradeCount += 1n;
    state.tradedLots += filled;
    recorder.record({
      type: TRANSITION.filled,
      side: command.side,
      account: command.account,
      orderId,
      relatedId: maker.orderId,
      price: maker.price,
      quantity: filled,
      remaining,
      makerAccount: maker.account,
    });
  }
  return { remaining, makerCount };
}
