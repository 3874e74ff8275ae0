import { orderFields, type WaitingStop } from './book-order.ts';
import { type BookState, isExpired, removeOrder } from './book-state.ts';
import { FILLS_MAX } from './geometry.ts';
import { matchTaker, settleTaker, type Work } from './match-taker.ts';
import { MARKET_STATE } from './model-command.ts';
import { TRANSITION } from './model-transition.ts';
import type { TransitionRecorder } from './transition-recorder.ts';

/** Protocol §4.5: triggers due stops, one after the other, while work is left. */
export function triggerDueStops(state: BookState, work: Work, recorder: TransitionRecorder): void {
  while (work.done < FILLS_MAX) {
    const stop = firstDueStop(state);
    if (stop === undefined) return;
    work.done += 1;
    removeOrder(state, stop);
    if (isExpired(state, stop)) {
      recorder.record({ ...orderFields(stop), type: TRANSITION.expired, quantity: stop.remaining });
      continue;
    }
    recorder.record({
      ...orderFields(stop),
      type: TRANSITION.triggered,
      quantity: stop.remaining,
      remaining: stop.triggerPrice,
    });
    matchTaker(state, stop, work, recorder);
    settleTaker(state, stop, work, recorder);
  }
}

/** The due stop with the lowest sequence. */
function firstDueStop(state: BookState): WaitingStop | undefined {
  if (state.marketState !== MARKET_STATE.open || state.lastTradePrice === 0n) return undefined;
  const due = state.stops.filter((stop) => isDue(stop, state.lastTradePrice));
  return due.sort((a, b) => (a.orderId >> 12n < b.orderId >> 12n ? -1 : 1))[0];
}

function isDue({ side, triggerPrice }: WaitingStop, lastTradePrice: bigint): boolean {
  return side === 'bid' ? triggerPrice <= lastTradePrice : triggerPrice >= lastTradePrice;
}
