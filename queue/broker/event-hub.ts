import type { JobRow } from '../store/job-row.ts';
import type { EventCursor, EventListener, MarketEvent, PlacedEvent } from './market-events.ts';
import type { Trade } from './trade.ts';

// A book that changes ten thousand times a second is shown ten times a second.
const DEPTH_INTERVAL_MS = 100;

/** Gives the events of one market to everybody who listens, in one order. */
export class EventHub {
  readonly #listeners = new Set<EventListener>();
  #sequence: bigint;
  #changeId: number;
  #depthTimer: NodeJS.Timeout | undefined;

  constructor(start: EventCursor) {
    this.#sequence = start.sequence;
    this.#changeId = start.changeId;
  }

  get cursor(): EventCursor {
    return { sequence: this.#sequence, changeId: this.#changeId };
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  /** @returns a function that ends it */
  listen(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Commands were applied; the last transition now is `sequence`. */
  commandsApplied(trades: readonly Trade[], sequence: bigint): void {
    const events = trades.map((trade) =>
      this.#place({ name: 'trade', trade }, trade.sequence, this.#changeId),
    );
    this.#sequence = sequence;
    this.#tell(events);
    this.#depthTimer ??= setTimeout(() => {
      this.#depthTimer = undefined;
      this.#tell([this.#place({ name: 'depth' }, this.#sequence, this.#changeId)]);
    }, DEPTH_INTERVAL_MS);
  }

  /** A job changed its state; `isNew` when its batch was stored by this. */
  jobChanged(row: JobRow, changeId: number, isNew: boolean): void {
    this.#changeId = Math.max(this.#changeId, changeId);
    this.#tell([this.#place({ name: isNew ? 'batch' : 'job', row }, this.#sequence, this.#changeId)]);
  }

  /** A stage went on, which is no change that anybody has to hear of later. */
  jobMoved(row: JobRow): void {
    this.#tell([this.#place({ name: 'job', row }, this.#sequence, this.#changeId)]);
  }

  close(): void {
    clearTimeout(this.#depthTimer);
    this.#listeners.clear();
  }

  #place(event: MarketEvent, sequence: bigint, changeId: number): PlacedEvent {
    return { event, cursor: { sequence, changeId } };
  }

  #tell(events: readonly PlacedEvent[]): void {
    if (events.length === 0) return;
    for (const listener of this.#listeners) listener(events);
  }
}
