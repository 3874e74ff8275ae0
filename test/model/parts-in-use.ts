import type { BookState } from './book-state.ts';
import { KIND, readCommand } from './model-command.ts';
import type { Opening } from './model-state-image.ts';
import { decodeTransitionList, type ModelTransition, REASON, TRANSITION } from './model-transition.ts';

/**
 * A level or the stop book that a batch used and `opening` leaves opaque, or undefined when there is none
 * (protocol §8). `before` is the state before the batch.
 */
export function closedPartInUse(
  before: BookState,
  commands: Uint8Array,
  packedTransitions: Uint8Array,
  opening: Opening,
): string | undefined {
  const transitions = decodeTransitionList(packedTransitions);
  const usesAll = transitions.some(({ commandIndex }) => looksAtAll(commands, transitions, commandIndex));
  const used = new Set(transitions.flatMap(usedOrderIds));
  for (const side of ['bid', 'ask'] as const) {
    for (const { price, orders } of before[side].values()) {
      const isUsed = usesAll || orders.some(({ orderId }) => used.has(orderId));
      if (isUsed && !opening.isLevelOpened(side, price)) return `level ${side} ${price}`;
    }
  }
  // A stop that joined in this batch needs an opened stop book, too, to leave it or to change; its owner is known without.
  const newStops = transitions.filter(({ type, price }) => type === TRANSITION.terms && price !== 0n);
  const changed = new Set(
    transitions.filter(({ type }) => type !== TRANSITION.rejected).flatMap(usedOrderIds),
  );
  const areStopsUsed =
    usesAll ||
    before.stops.some(({ orderId }) => used.has(orderId)) ||
    newStops.some(({ orderId }) => changed.has(orderId));
  const areStopsClosed = before.stops.length > 0 && !opening.areStopsOpened;
  return areStopsUsed && areStopsClosed ? 'stop book' : undefined;
}

/** A CancelAll or Sweep that comes to its last check looks at every order. */
function looksAtAll(
  commands: Uint8Array,
  transitions: readonly ModelTransition[],
  commandIndex: bigint,
): boolean {
  const { kind } = readCommand(commands, Number(commandIndex));
  if (kind !== KIND.cancelAll && kind !== KIND.sweep) return false;
  // Stops that it triggered have transitions of the same index.
  const rejected = transitions.find(
    (transition) => transition.commandIndex === commandIndex && transition.type === TRANSITION.rejected,
  );
  return rejected === undefined || rejected.reason === REASON.noOrders;
}

/** A rejected Cancel, Reduce or Replace has looked at the order it names only if it is rejected for its owner. */
function usedOrderIds({ type, reason, orderId, relatedId }: ModelTransition): bigint[] {
  if (type === TRANSITION.filled) return [orderId, relatedId];
  if (type === TRANSITION.accepted || type === TRANSITION.replaced || type === TRANSITION.terms) return [];
  return type === TRANSITION.rejected && reason !== REASON.notOwner ? [] : [orderId];
}
