import type { ApiClient, RequestFailure } from './api-client.ts';
import { EventStream } from './event-stream.ts';
import type { MarketModel } from './market-model.ts';
import type { ServerSentEvent } from './server-sent-events.ts';
import {
  type Batch,
  readBatch,
  readBatches,
  readDepth,
  readJob,
  readMarket,
  readTrade,
  readTrades,
  record,
  u64,
} from './wire.ts';

const LEVELS = 20;
const TRADES = 60;
/** Batches that a snapshot holds, and that "older" adds. */
export const BATCH_PAGE = 60;

/** Keeps a market's model up to date: a snapshot once the event stream is open, and every event from then on. */
export class MarketFeed {
  readonly #client: ApiClient;
  readonly #model: MarketModel;
  readonly #path: string;
  readonly #stream: EventStream;
  readonly #failed: (failure: unknown) => void;
  #isStopped = false;

  /** @param failed is told what the service refused, or said that this page does not understand */
  constructor(client: ApiClient, model: MarketModel, failed: (failure: unknown) => void) {
    this.#client = client;
    this.#model = model;
    this.#failed = failed;
    this.#path = `markets/${model.market.marketId}`;
    this.#stream = new EventStream(client, `${this.#path}/events`, {
      opened: (isResumed) => void this.#opened(isResumed),
      received: (event) => this.#attempt(() => this.#receive(event)),
      lost: (failure, retryAtMs) => this.#lost(failure, retryAtMs),
    });
  }

  start(): void {
    void this.#stream.run();
  }

  stop(): void {
    this.#isStopped = true;
    this.#stream.stop();
  }

  retryNow(): void {
    this.#stream.retryNow();
  }

  /** Adds the page of batches before the oldest known one. @throws RequestFailure */
  async loadOlder(): Promise<void> {
    const oldest = this.#model.batches().at(-1)?.batchNumber ?? 1n;
    this.#model.addBatches(await this.#batchesBefore(oldest));
  }

  async #opened(isResumed: boolean): Promise<void> {
    // A resumed stream replays what was missed. The snapshot is still taken: it is small, and heals what no event tells.
    if (isResumed && this.#model.isLoaded) this.#model.setConnection({ kind: 'live' });
    try {
      await this.#loadSnapshot();
      if (this.#isStopped) return;
      this.#model.setConnection({ kind: 'live' });
      this.#model.setLoaded();
    } catch (failure) {
      if (!this.#isStopped) this.#failed(failure);
    }
  }

  async #loadSnapshot(): Promise<void> {
    const market = readMarket(await this.#client.json(this.#path));
    const [batches, depth, trades] = await Promise.all([
      this.#batchesBefore(market.batchNumber + 1n),
      this.#client.json(`${this.#path}/depth?levels=${LEVELS}`).then(readDepth),
      this.#client.json(`${this.#path}/trades?limit=${TRADES}`).then(readTrades),
    ]);
    this.#model.setMarket(market);
    // Too much was missed for one page: what is known from before would leave a hole in the list.
    const newest = this.#model.batches()[0]?.batchNumber ?? 0n;
    if ((batches[0]?.batchNumber ?? 0n) > newest + 1n) this.#model.forgetBatches();
    this.#model.addBatches(batches);
    this.#model.setDepth(depth);
    this.#model.addTrades(trades);
  }

  async #batchesBefore(batchNumber: bigint): Promise<readonly Batch[]> {
    const page = BigInt(BATCH_PAGE);
    const after = batchNumber > page ? batchNumber - 1n - page : 0n;
    const limit = batchNumber - 1n - after;
    if (limit < 1n) return [];
    return readBatches(await this.#client.json(`${this.#path}/batches?after=${after}&limit=${limit}`));
  }

  #receive({ name, data }: ServerSentEvent): void {
    const value: unknown = JSON.parse(data);
    if (name === 'batch') this.#model.addBatches([readBatch(value)]);
    else if (name === 'job') this.#model.setJob(u64(record(value, 'job'), 'batchNumber'), readJob(value));
    else if (name === 'depth') this.#model.setDepth(readDepth(value));
    else if (name === 'trade') this.#model.addTrades([readTrade(value)]);
  }

  #lost(failure: RequestFailure, retryAtMs: number): void {
    // Refused is not lost: no retry helps who has no key.
    if (failure.status === 401 || failure.status === 403) {
      this.stop();
      this.#failed(failure);
      return;
    }
    const { connection } = this.#model;
    const sinceMs = connection.kind === 'lost' ? connection.sinceMs : Date.now();
    this.#model.setConnection({ kind: 'lost', sinceMs, retryAtMs, failure });
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (failure) {
      this.#failed(failure);
    }
  }
}
