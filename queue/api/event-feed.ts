import { decodeJournal } from '../../engine/journal.ts';
import type { ContentStore } from '../store/content-store.ts';
import type { JobRow } from '../store/job-row.ts';
import type { JobRows, NumberedChange } from '../store/job-rows.ts';
import { batchView, jobView } from './batch-view.ts';
import { type Depth, tradesOf } from './market-data.ts';

/** One server-sent event. What has an id can be replayed from the store; the rest only tells how things are now. */
export interface FeedEvent {
  readonly id: number | undefined;
  readonly name: 'batch' | 'job' | 'depth' | 'trade';
  readonly data: unknown;
}

const POLL_INTERVAL_MS = 200;
const CHANGES_AT_ONCE = 500;
/** A reader that was away longer takes a new snapshot. */
const REPLAYED_CHANGES_MAX = 20_000;

/**
 * What happens to a market, in one order. Workers are other processes, so the rows are the only place where all of it
 * can be seen: every change of a job's state has a number there, and that is the id of its event.
 */
export class EventFeed {
  readonly #rows: JobRows;
  readonly #content: ContentStore;
  readonly #depth: () => Depth;
  readonly #listeners = new Set<(event: FeedEvent) => void>();
  readonly #stages = new Map<string, string>();
  #lastChange: number;
  readonly #timer: NodeJS.Timeout;

  constructor(rows: JobRows, content: ContentStore, depth: () => Depth) {
    this.#rows = rows;
    this.#content = content;
    this.#depth = depth;
    this.#lastChange = rows.lastChange();
    this.#timer = setInterval(() => this.poll(), POLL_INTERVAL_MS);
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  /** Tells everything from now on, and before that what came behind `lastEventId`. @returns how to stop */
  subscribe(lastEventId: number | undefined, listener: (event: FeedEvent) => void): () => void {
    if (lastEventId !== undefined) this.#replay(lastEventId, listener);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks into the rows now; also called on a timer. */
  poll(): void {
    for (const change of this.#rows.changesAfter(this.#lastChange, CHANGES_AT_ONCE)) {
      this.#lastChange = change.changeId;
      if (this.#listeners.size > 0) this.#emit(this.#eventsOf(change, true));
    }
    if (this.#listeners.size > 0) this.#emit(this.#stageEvents());
  }

  close(): void {
    clearInterval(this.#timer);
    this.#listeners.clear();
  }

  #replay(lastEventId: number, listener: (event: FeedEvent) => void): void {
    const from = Math.max(lastEventId, this.#lastChange - REPLAYED_CHANGES_MAX);
    const missed = this.#rows.changesAfter(from, REPLAYED_CHANGES_MAX);
    for (const change of missed) {
      if (change.changeId > this.#lastChange) break;
      for (const event of this.#eventsOf(change, false)) listener(event);
    }
    if (missed.length > 0) listener({ id: undefined, name: 'depth', data: this.#depth() });
  }

  #eventsOf({ changeId, jobId, state, reason }: NumberedChange, isNow: boolean): readonly FeedEvent[] {
    const row = this.#rows.find(jobId);
    if (row === undefined) return [];
    if (state === 'proven' || state === 'failed') this.#stages.delete(jobId);
    if (state !== 'queued' || reason !== 'sealed') return [jobEvent(changeId, row)];
    const { timestamp } = decodeJournal(row.journal);
    const trades = tradesOf(row.batchNumber, timestamp, this.#content.get(row.transitionsDigest));
    return [
      ...trades.map((data): FeedEvent => ({ id: undefined, name: 'trade', data })),
      ...(isNow ? [{ id: undefined, name: 'depth', data: this.#depth() } as const] : []),
      { id: changeId, name: 'batch', data: batchView(row) },
    ];
  }

  /** Stages move without a change of state: they are told, but have no number. */
  #stageEvents(): readonly FeedEvent[] {
    const events: FeedEvent[] = [];
    for (const row of this.#rows.listOpen()) {
      if (row.state === 'queued') continue;
      const stage = `${row.state} ${row.stage} ${row.stageDone} ${row.stageTotal}`;
      if (this.#stages.get(row.jobId) === stage) continue;
      this.#stages.set(row.jobId, stage);
      events.push(jobEvent(undefined, row));
    }
    return events;
  }

  #emit(events: readonly FeedEvent[]): void {
    for (const event of events) for (const listener of this.#listeners) listener(event);
  }
}

function jobEvent(id: number | undefined, row: JobRow): FeedEvent {
  return { id, name: 'job', data: jobView(row) };
}
