import type {
  Accepted,
  Batch,
  BatchList,
  BatchPart,
  Book,
  Depth,
  Inclusion,
  Job,
  JobList,
  JsonCommand,
  Market,
  MarketList,
  NewMarket,
  OrderInclusion,
  Readiness,
  Ticker,
  TradeList,
} from './client-types.ts';
import { type ClientEvent, readEvents } from './event-reader.ts';
import { failureOf, RequestFailure } from './request-failure.ts';

/** How a client reaches a service. */
export interface ClientOptions {
  /** Such as `http://127.0.0.1:8787`. */
  readonly url: string;
  /** `pbk_...`; not needed where the service runs with `--no-auth`. */
  readonly apiKey?: string;
}

/** How commands are submitted. */
export interface SubmitOptions {
  /** With it a retry is safe: the same commands under it are taken once. */
  readonly idempotencyKey?: string;
  /** `none` leaves the acks out; all of them by default. */
  readonly acks?: 'all' | 'none';
  /** Seals the commands at once as one batch. */
  readonly asBatch?: boolean;
}

type Query = Readonly<Record<string, string | number | undefined>>;

/**
 * The service, typed. u64 are decimal texts, as they are on the wire.
 *
 * @example
 * ```ts
 * const client = new ServiceClient({ url: 'http://127.0.0.1:8787' });
 * const { acks } = await client.submit('1', [
 *   { kind: 'place', side: 'bid', clientOrderId: '7', timeInForce: 'GTC', account: 1, price: '100', quantity: '5' },
 * ]);
 * ```
 */
export class ServiceClient {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ url, apiKey }: ClientOptions) {
    this.#url = url.replace(/\/$/, '');
    this.#headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  }

  markets(): Promise<MarketList> {
    return this.#get('/v1/markets');
  }

  market(marketId: string): Promise<Market> {
    return this.#get(`/v1/markets/${marketId}`);
  }

  /** Starts a market; the key needs the scope `admin`. */
  createMarket(market: NewMarket): Promise<Market> {
    return this.#post('/v1/markets', market);
  }

  /** Submits commands, as JSON or packed; when it resolves they are on the service's disk. */
  submit(
    marketId: string,
    commands: readonly JsonCommand[] | Uint8Array,
    { idempotencyKey, acks, asBatch = false }: SubmitOptions = {},
  ): Promise<Accepted> {
    const path = `/v1/markets/${marketId}/${asBatch ? 'batches' : 'commands'}${queryText({ acks })}`;
    const headers = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
    return this.#post(path, commands instanceof Uint8Array ? commands : { commands }, headers);
  }

  /** @param query `after` a batch number, at most `limit` */
  batches(
    marketId: string,
    query: { readonly after?: string; readonly limit?: number } = {},
  ): Promise<BatchList> {
    return this.#get(`/v1/markets/${marketId}/batches${queryText(query)}`);
  }

  batch(marketId: string, batchNumber: string): Promise<Batch> {
    return this.#get(`/v1/markets/${marketId}/batches/${batchNumber}`);
  }

  /** The bytes of a batch; of `state` they are JSON text. */
  async batchBytes(marketId: string, batchNumber: string, part: BatchPart): Promise<Uint8Array> {
    const response = await this.#send(`/v1/markets/${marketId}/batches/${batchNumber}/${part}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  inclusion(marketId: string, batchNumber: string, sequence: string): Promise<Inclusion> {
    return this.#get(`/v1/markets/${marketId}/batches/${batchNumber}/inclusion${queryText({ sequence })}`);
  }

  orderInclusion(marketId: string, orderId: string): Promise<OrderInclusion> {
    return this.#get(`/v1/markets/${marketId}/orders/${orderId}/inclusion`);
  }

  depth(marketId: string, levels?: number): Promise<Depth> {
    return this.#get(`/v1/markets/${marketId}/depth${queryText({ levels })}`);
  }

  book(marketId: string): Promise<Book> {
    return this.#get(`/v1/markets/${marketId}/book`);
  }

  trades(marketId: string, limit?: number): Promise<TradeList> {
    return this.#get(`/v1/markets/${marketId}/trades${queryText({ limit })}`);
  }

  ticker(marketId: string): Promise<Ticker> {
    return this.#get(`/v1/markets/${marketId}/ticker`);
  }

  jobs(query: { readonly state?: string; readonly limit?: number } = {}): Promise<JobList> {
    return this.#get(`/v1/jobs${queryText(query)}`);
  }

  cancelJob(jobId: string): Promise<Job> {
    return this.#post(`/v1/jobs/${jobId}/cancel`);
  }

  requeueJob(jobId: string): Promise<Job> {
    return this.#post(`/v1/jobs/${jobId}/requeue`);
  }

  pauseQueue(): Promise<{ readonly paused: boolean }> {
    return this.#post('/v1/queue/pause');
  }

  resumeQueue(): Promise<{ readonly paused: boolean }> {
    return this.#post('/v1/queue/resume');
  }

  /** Whether the service could take and prove commands now; it says so of itself, ready or not. */
  async readiness(): Promise<Readiness> {
    const response = await fetch(`${this.#url}/ready`);
    return (await response.json()) as Readiness;
  }

  /** Events of a market as they happen, behind `lastEventId` when it is given, until `signal` aborts or the connection ends. */
  async *events(
    marketId: string,
    { lastEventId, signal }: { readonly lastEventId?: string; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ClientEvent> {
    const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const init = { headers, ...(signal === undefined ? {} : { signal }) };
    yield* readEvents(await this.#send(`/v1/markets/${marketId}/events`, init));
  }

  async #get<Answer>(path: string): Promise<Answer> {
    return (await (await this.#send(path)).json()) as Answer;
  }

  async #post<Answer>(
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await this.#send(path, { method: 'POST', ...bodyOf(body, headers) });
    return (await response.json()) as Answer;
  }

  /** @throws RequestFailure for every answer that is no success, and for none */
  async #send(path: string, init: RequestInit = {}): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`${this.#url}${path}`, {
        ...init,
        headers: { ...this.#headers, ...init.headers },
      });
    } catch (cause) {
      const message = `the service at ${this.#url} does not answer`;
      throw new RequestFailure(0, 'UNREACHABLE', message, undefined, { cause });
    }
    if (!response.ok) throw await failureOf(response);
    return response;
  }
}

function bodyOf(body: object | undefined, headers: Readonly<Record<string, string>>): RequestInit {
  if (body === undefined) return { headers };
  const isPacked = body instanceof Uint8Array;
  const type = isPacked ? 'application/octet-stream' : 'application/json';
  return {
    headers: { ...headers, 'content-type': type },
    body: isPacked ? Uint8Array.from(body) : JSON.stringify(body),
  };
}

function queryText(query: Query): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? '' : `?${given}`;
}
