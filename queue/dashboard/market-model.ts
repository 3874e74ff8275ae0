import type { RequestFailure } from './api-client.ts';
import type { Batch, Depth, Job, Market, Trade } from './wire.ts';

/** How much is kept, so that a tab may stay open for weeks; older batches are fetched again when asked for. */
const TRADES_MAX = 60;
const BATCHES_MAX = 5_000;
const EARLY_JOBS_MAX = 1_000;

/** What a view can wait for. */
export type Topic = 'market' | 'depth' | 'batches' | 'trades' | 'connection' | 'clock';

export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | {
      readonly kind: 'lost';
      readonly sinceMs: number;
      readonly retryAtMs: number;
      readonly failure: RequestFailure;
    };

/** What is known of one market. Snapshot and events may come in any order and twice: the newer one stays. */
export class MarketModel {
  #market: Market;
  #depth: Depth | undefined;
  #connection: Connection = { kind: 'connecting' };
  #isLoaded = false;
  readonly #batches = new Map<bigint, Batch>();
  #sorted: readonly Batch[] | undefined;
  /** Jobs that were heard of before their batches. */
  readonly #jobs = new Map<bigint, Job>();
  readonly #trades = new Map<bigint, Trade>();
  readonly #listeners = new Set<(topic: Topic) => void>();

  constructor(market: Market) {
    this.#market = market;
  }

  get market(): Market {
    return this.#market;
  }

  /** False until the first snapshot is there: until then "empty" means nothing. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  get depth(): Depth | undefined {
    return this.#depth;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** Known batches, newest first. */
  batches(): readonly Batch[] {
    // Every view asks for them in every frame: they are sorted once for each change.
    this.#sorted ??= [...this.#batches.values()].sort((a, b) => (a.batchNumber < b.batchNumber ? 1 : -1));
    return this.#sorted;
  }

  batch(batchNumber: bigint): Batch | undefined {
    return this.#batches.get(batchNumber);
  }

  /** Latest trades, newest first. */
  trades(): readonly Trade[] {
    return [...this.#trades.values()].sort((a, b) => (a.sequence < b.sequence ? 1 : -1));
  }

  /** The last batch up to which every one is proven, as the service said or as the batches known since then show. */
  provenThrough(): bigint {
    let last = this.#market.highestProvenBatch;
    while (this.#batches.get(last + 1n)?.job?.state === 'proven') last += 1n;
    return last;
  }

  /** The last sealed batch. */
  sealedThrough(): bigint {
    let last = this.#market.batchNumber;
    for (const batchNumber of this.#batches.keys()) if (batchNumber > last) last = batchNumber;
    return last;
  }

  watch(listener: (topic: Topic) => void): void {
    this.#listeners.add(listener);
  }

  setMarket(market: Market): void {
    this.#market = market;
    this.#tell('market');
  }

  setLoaded(): void {
    this.#isLoaded = true;
    for (const topic of ['market', 'depth', 'batches', 'trades'] as const) this.#tell(topic);
  }

  setDepth(depth: Depth): void {
    if (this.#depth !== undefined && depth.sequence < this.#depth.sequence) return;
    this.#depth = depth;
    this.#tell('depth');
  }

  addBatches(batches: readonly Batch[]): void {
    for (const batch of batches) {
      const known = this.#batches.get(batch.batchNumber)?.job ?? this.#jobs.get(batch.batchNumber);
      this.#jobs.delete(batch.batchNumber);
      this.#batches.set(batch.batchNumber, { ...batch, job: newerJob(known, batch.job) });
    }
    this.#sorted = undefined;
    for (const { batchNumber } of this.#surplus()) this.#batches.delete(batchNumber);
    this.#batchesChanged();
  }

  forgetBatches(): void {
    this.#batches.clear();
    this.#batchesChanged();
  }

  setJob(batchNumber: bigint, job: Job): void {
    const batch = this.#batches.get(batchNumber);
    if (batch === undefined) this.#keepForLater(batchNumber, job);
    else this.#batches.set(batchNumber, { ...batch, job: newerJob(batch.job, job) });
    this.#batchesChanged();
  }

  addTrades(trades: readonly Trade[]): void {
    for (const trade of trades) this.#trades.set(trade.sequence, trade);
    for (const trade of this.trades().slice(TRADES_MAX)) this.#trades.delete(trade.sequence);
    this.#tell('trades');
  }

  setConnection(connection: Connection): void {
    this.#connection = connection;
    this.#tell('connection');
  }

  /** Time went on: what shows ages and windows of time is drawn again. */
  tick(): void {
    this.#tell('clock');
  }

  #batchesChanged(): void {
    this.#sorted = undefined;
    this.#tell('batches');
  }

  /** The oldest batches, as many as there are too many. */
  #surplus(): readonly Batch[] {
    return this.#batches.size > BATCHES_MAX ? this.batches().slice(BATCHES_MAX) : [];
  }

  #keepForLater(batchNumber: bigint, job: Job): void {
    this.#jobs.set(batchNumber, newerJob(this.#jobs.get(batchNumber), job) ?? job);
    const [first] = this.#jobs.keys();
    if (this.#jobs.size > EARLY_JOBS_MAX && first !== undefined) this.#jobs.delete(first);
  }

  #tell(topic: Topic): void {
    for (const listener of this.#listeners) listener(topic);
  }
}

function newerJob(known: Job | undefined, other: Job | undefined): Job | undefined {
  if (known === undefined || other === undefined) return known ?? other;
  return other.updatedAtMs >= known.updatedAtMs ? other : known;
}
