import type { Taker } from './book-order.ts';
import { type BookState, levelVolume } from './book-state.ts';
import { crossedLevels } from './crossing.ts';
import { FILLS_MAX } from './geometry.ts';
import { matchTaker } from './match-taker.ts';
import { REASON } from './model-transition.ts';
import type { NewOrder } from './new-order.ts';
import { TransitionRecorder } from './transition-recorder.ts';

/** Checks 16 and 17: whether a FOK would be filled whole, found out by filling it in a copy of the book. */
export function checkFillOrKill(state: BookState, order: NewOrder): bigint {
  const volume = crossedLevels(state, order).reduce((sum, level) => sum + levelVolume(level), 0n);
  if (volume < order.remaining) return REASON.unfillable;

  const copy = structuredClone(state);
  const recorder = new TransitionRecorder(copy, 0);
  const work = { done: 0 };
  // No order has the id 0, so what has happened to the taker can be told from what has happened to makers.
  const taker: Taker = { ...order, orderId: 0n };
  matchTaker(copy, taker, work, recorder);

  // Any self-trade that costs the taker lots is one after which it cannot be filled whole.
  const lostLots = recorder.transitions.some(
    ({ orderId, reason }) => orderId === taker.orderId && reason === REASON.selfTrade,
  );
  if (lostLots) return REASON.selfTrade;
  if (taker.remaining === 0n) return REASON.none;
  return work.done === FILLS_MAX ? REASON.matchLimit : REASON.unfillable;
}
