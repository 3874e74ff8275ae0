import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { dashboardHeaders, loadDashboardAssets } from '../../queue/api/dashboard-assets.ts';
import { asJson, StandInMarket } from './stand-in-market.ts';

const ASSETS = loadDashboardAssets();

/** An answer: JSON, bytes, or a problem by its code. */
type Answer =
  | { readonly json: unknown }
  | { readonly bytes: Uint8Array }
  | { readonly status: number; readonly code: string; readonly detail: string };

const NOT_FOUND: Answer = { status: 404, code: 'NOT_FOUND', detail: 'There is nothing here.' };
const NO_KEY: Answer = { status: 401, code: 'KEY_MISSING', detail: 'No API key that this service knows.' };

/**
 * The HTTP surface that the dashboard reads, over markets of a real engine. It stands in for the service where a test needs
 * what a service cannot be made to do at will; it proves nothing, and its receipts are of kind `fake`.
 */
export class StandInService {
  /** When set, every request below `/v1` must carry it. */
  key: string | undefined;
  readonly #markets = new Map<string, StandInMarket>();
  readonly #streams = new Set<ServerResponse>();
  #server: Server | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Adds a market, empty at first. */
  createMarket(marketId = 1n): StandInMarket {
    const market = new StandInMarket(marketId);
    this.#markets.set(String(marketId), market);
    return market;
  }

  removeMarkets(): void {
    this.#markets.clear();
  }

  /** Listens; after `stop` on the port that it had. */
  async start(): Promise<void> {
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Ends every connection at once, as a killed process does. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    for (const stream of this.#streams) stream.destroy();
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const asset = ASSETS.get(pathname);
    if (asset !== undefined) {
      response.writeHead(200, dashboardHeaders(asset)).end(asset.body);
      return;
    }
    const [root, name, marketId, ...rest] = pathname.split('/').slice(1);
    const market = this.#markets.get(marketId ?? '');
    const isAllowed = this.key === undefined || request.headers.authorization === `Bearer ${this.key}`;
    if (!isAllowed) send(response, NO_KEY);
    else if (root !== 'v1' || name !== 'markets') send(response, NOT_FOUND);
    else if (marketId === undefined) send(response, { json: { markets: this.#views() } });
    else if (market === undefined) send(response, NOT_FOUND);
    else if (rest[0] === 'events') this.#stream(market, request, response);
    else send(response, answerOf(market, rest, searchParams));
  }

  #views() {
    return [...this.#markets.values()].map((market) => market.view());
  }

  #stream(market: StandInMarket, request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': open\n\n');
    const last = request.headers['last-event-id'];
    if (last !== undefined) for (const event of market.events.slice(Number(last))) response.write(event);
    const end = market.listen((event) => response.write(event));
    this.#streams.add(response);
    response.once('close', () => {
      end();
      this.#streams.delete(response);
    });
  }
}

function answerOf(market: StandInMarket, path: readonly string[], query: URLSearchParams): Answer {
  const [name, id, leaf] = path;
  const number = Number(id);
  if (name === undefined) return { json: market.view() };
  if (name === 'depth') return { json: market.depth() };
  if (name === 'trades') return { json: { trades: market.trades() } };
  if (name === 'orders' && id !== undefined) return orderAnswer(market, id);
  if (name !== 'batches') return NOT_FOUND;
  if (id === undefined) {
    return { json: { batches: market.batches(Number(query.get('after')), Number(query.get('limit'))) } };
  }
  if (!(number >= 1 && number <= market.batchCount)) return NOT_FOUND;
  if (leaf === undefined) return { json: market.batch(number) };
  if (leaf === 'inclusion') {
    const sequence = query.get('sequence') ?? '';
    const detail = `Batch ${number} has no transition with sequence ${sequence}.`;
    const proof = market.inclusion(number, BigInt(sequence));
    return proof === undefined ? { status: 404, code: 'RECORD_UNKNOWN', detail } : { json: proof };
  }
  const bytes = market.file(number, leaf);
  return bytes === undefined ? NOT_FOUND : { bytes };
}

function orderAnswer(market: StandInMarket, orderId: string): Answer {
  const transitions = market.orderInclusion(BigInt(orderId));
  const detail = `No batch has a transition of order ${orderId}.`;
  return transitions.length === 0
    ? { status: 404, code: 'ORDER_UNKNOWN', detail }
    : { json: { orderId, transitions } };
}

function send(response: ServerResponse, answer: Answer): void {
  if ('bytes' in answer) {
    response.setHeader('content-type', 'application/octet-stream');
    response.end(answer.bytes);
  } else if ('json' in answer) {
    response.setHeader('content-type', 'application/json');
    response.end(asJson(answer.json));
  } else {
    response.writeHead(answer.status, { 'content-type': 'application/problem+json' });
    response.end(asJson({ type: 'about:blank', title: answer.code, ...answer }));
  }
}

/** Resolves once every batch of a market is shown as proven. */
export async function untilProven(market: StandInMarket): Promise<void> {
  while (!market.areAllProven) await sleep(20);
}
