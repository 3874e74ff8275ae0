// Due stops become takers, in sequence order, until none is due or the work of the command is done (protocol §4.5).

import { Reason, TransitionType } from './codes';
import { beginWork, execute, takeWork } from './match';
import { isExpired } from './order-book';
import { releaseSlot } from './order-slots';
import { orderAt } from './records';
import { areStopsDue, firstDueStop, removeStop } from './stop-book';
import { logTaker, logTriggered } from './transition-log';

/** Stops that the last command had no work left for, in a work of their own. */
// @ts-ignore: decorator
@inline
export function triggerLeftOver(): void {
  if (!areStopsDue()) return;
  beginWork();
  cascade();
}

/** Stops that are due after a command, in what is left of its work. */
// @ts-ignore: decorator
@inline
export function triggerStops(): void {
  if (areStopsDue()) cascade();
}

function cascade(): void {
  while (areStopsDue() && takeWork()) {
    const slot = firstDueStop();
    const stop = orderAt(slot);
    removeStop(slot);
    if (isExpired(stop.expiry)) {
      logTaker(TransitionType.Expired, Reason.None, stop, stop.remaining);
      releaseSlot(slot);
    } else {
      logTriggered(stop);
      execute(slot);
    }
  }
}
