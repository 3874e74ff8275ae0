import type { JobRow } from '../store/job-row.ts';
import type { Trade } from './trade.ts';

/**
 * Where a reader of a market's events is: everything up to this sequence and this change of a job was told. Both only grow, and
 * both are in the store, so a reader goes on where it was after a restart of either side.
 */
export interface EventCursor {
  readonly sequence: bigint;
  readonly changeId: number;
}

/** What happens in a market. */
export type MarketEvent =
  | { readonly name: 'trade'; readonly trade: Trade }
  | { readonly name: 'depth' }
  /** A batch was sealed and stored. */
  | { readonly name: 'batch'; readonly row: JobRow }
  /** A job changed its state or its stage. */
  | { readonly name: 'job'; readonly row: JobRow };

/** An event and the cursor of a reader who has it. */
export interface PlacedEvent {
  readonly event: MarketEvent;
  readonly cursor: EventCursor;
}

export type EventListener = (events: readonly PlacedEvent[]) => void;

/** `SEQUENCE-CHANGE`, the id of an event. */
export function cursorText({ sequence, changeId }: EventCursor): string {
  return `${sequence}-${changeId}`;
}

/** Reads what `cursorText` wrote; undefined when it is something else. */
export function parseCursor(text: string): EventCursor | undefined {
  const match = /^(\d{1,19})-(\d{1,15})$/.exec(text);
  if (match === null) return undefined;
  return { sequence: BigInt(match[1] ?? 0), changeId: Number(match[2]) };
}
