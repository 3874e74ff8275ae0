import type { ServerResponse } from 'node:http';
import type { Market } from '../broker/market.ts';
import { cursorText, type EventCursor, type MarketEvent, type PlacedEvent } from '../broker/market-events.ts';
import { batchBody, depthBody, jobBody, tradeBody } from './bodies.ts';

const LEVELS = 20;
const KEEP_ALIVE_MS = 15_000;
const RECONNECT_MS = 1_000;
// A reader that lets so much pile up is let go: it comes back with its last id, and reads on from the store.
const BUFFERED_BYTES_MAX = 1024 * 1024;
const REPLAY_MAX = 2_000;

/** One reader's stream of events: first what it missed, from the store, then what happens. */
export class EventStream {
  /** Settles when the stream has ended. */
  readonly done: Promise<void>;
  readonly #market: Market;
  readonly #response: ServerResponse;
  readonly #keepAlive: NodeJS.Timeout;
  #stopListening: () => void = () => undefined;

  constructor(market: Market, response: ServerResponse, headers: Readonly<Record<string, unknown>>) {
    this.#market = market;
    this.#response = response;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(`retry: ${RECONNECT_MS}\n\n`);
    this.#keepAlive = setInterval(() => this.#write(': \n\n'), KEEP_ALIVE_MS);
    this.done = new Promise((settle) => {
      response.once('close', () => {
        clearInterval(this.#keepAlive);
        this.#stopListening();
        settle();
      });
    });
  }

  /** @param from what the reader has; undefined begins with the book as it is now */
  start(from: EventCursor | undefined): void {
    const now = this.#market.hub.cursor;
    const isReplayed = from === undefined || this.#replay(from);
    if (!isReplayed) {
      // There is more than one answer's worth: the reader comes again for the rest.
      this.end();
      return;
    }
    this.#send([{ event: { name: 'depth' }, cursor: now }]);
    this.#stopListening = this.#market.hub.listen((events) => this.#send(events));
  }

  end(): void {
    this.#response.end();
  }

  /** Nothing is applied meanwhile, so nothing falls between this and listening. @returns whether that was all */
  #replay(from: EventCursor): boolean {
    const { trades, directory, hub } = this.#market;
    const missed = trades.after(from.sequence, REPLAY_MAX);
    this.#send(
      missed.map((trade) => ({
        event: { name: 'trade', trade },
        cursor: { sequence: trade.sequence, changeId: from.changeId },
      })),
    );
    if (missed.length === REPLAY_MAX) return false;
    const { sequence, changeId: until } = hub.cursor;
    const changes = directory.batches.changesAfter(from.changeId, REPLAY_MAX);
    for (const { changeId, jobId, state, claimToken } of changes) {
      // What the watch has not told yet it will tell.
      if (changeId > until) return true;
      const row = directory.rows.find(jobId);
      if (row === undefined) continue;
      const name = state === 'queued' && claimToken === 0 ? 'batch' : 'job';
      this.#send([{ event: { name, row }, cursor: { sequence, changeId } }]);
    }
    return changes.length < REPLAY_MAX;
  }

  #send(events: readonly PlacedEvent[]): void {
    let text = '';
    for (const { event, cursor } of events) {
      text += `id: ${cursorText(cursor)}\nevent: ${event.name}\ndata: ${JSON.stringify(this.#body(event))}\n\n`;
    }
    this.#write(text);
  }

  #write(text: string): void {
    if (text === '' || this.#response.writableEnded) return;
    this.#response.write(text);
    if (this.#response.writableLength > BUFFERED_BYTES_MAX) this.#response.destroy();
  }

  #body(event: MarketEvent): unknown {
    const { marketId } = this.#market.config;
    switch (event.name) {
      case 'trade':
        return tradeBody(event.trade);
      case 'depth':
        return depthBody(this.#market.book, LEVELS);
      case 'batch':
        return batchBody(marketId, event.row);
      case 'job':
        return jobBody(marketId, event.row);
    }
  }
}
