import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeCommands } from '../../engine/command.ts';
import { ServiceClient } from '../../queue/client/service-client.ts';
import { seededFlow } from '../../queue/order-flow/seeded-flow.ts';
import { dataPaths } from '../../queue/store/data-directory.ts';
import type { JobRow } from '../../queue/store/job-row.ts';
import { decodeMarketLog } from '../../queue/store/market-log-content.ts';
import { Random } from '../model/random.ts';
import { requestsInOrder } from './compare-log.ts';
import { type AckedRequest, HttpClient, type WantedRequest } from './http-client.ts';
import { HttpService } from './http-service.ts';
import type { DriverSettings, RoundDriver } from './round-driver.ts';

const CLIENTS = 3;
const REQUESTS_PER_CLIENT = 7;
const REAL_REQUESTS_PER_CLIENT = 2;
const COMMANDS_MAX = 6;
// Of so many requests in a hundred a second copy is sent at the same time, as an impatient client does.
const SENT_TWICE_PERCENT = 20;
const TEND_INTERVAL_MS = 1_000;

/** Several clients of `proofbook serve`, each with its own requests in its own order, every one under a key. */
export class HttpDriver implements RoundDriver {
  readonly service: HttpService;
  readonly #settings: DriverSettings;
  readonly #client: HttpClient;
  readonly #random: Random;
  readonly #requests: readonly (readonly WantedRequest[])[];
  readonly #acked: AckedRequest[] = [];
  #tendedAtMs = 0;

  constructor(settings: DriverSettings) {
    const { root, seed, kind, patienceMs } = settings;
    this.#settings = settings;
    this.#random = new Random(seed);
    this.#requests = seededRequests(
      this.#random,
      kind === 'app' ? REAL_REQUESTS_PER_CLIENT : REQUESTS_PER_CLIENT,
    );
    this.service = new HttpService(root, settings);
    this.#client = new HttpClient(this.service, patienceMs);
  }

  get submissionCount(): number {
    return this.#requests.flat().length;
  }

  get acceptedCount(): number {
    return this.#acked.length;
  }

  readonly compareLog = requestsInOrder(this.#acked, (path) => decodeMarketLog(path, readFileSync(path)));

  async submitAll(): Promise<void> {
    const clients = this.#requests.map(async (requests) => {
      for (const request of requests) {
        this.#acked.push(await this.#submit(request));
        await delay(this.#settings.pauseMs());
      }
    });
    const results = await Promise.allSettled(clients);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  isStored(jobs: readonly JobRow[]): boolean {
    const path = dataPaths(this.service.options.data).commandLog;
    const { batches, tail } = decodeMarketLog(path, readFileSync(path));
    return tail.length === 0 && jobs.length >= batches.length;
  }

  async tend(): Promise<void> {
    const { url } = this.service;
    if (url === undefined || Date.now() - this.#tendedAtMs < TEND_INTERVAL_MS) return;
    this.#tendedAtMs = Date.now();
    const readiness = await new ServiceClient({ url }).readiness().catch(() => undefined);
    const isStopped = readiness?.faults.some(({ check }) => / log$/.test(check)) === true;
    if (isStopped) await this.service.stop();
  }

  /** Whoever lost an answer asks for it again, after days perhaps: it is the same one. */
  async askAgain(): Promise<void> {
    for (const request of this.#acked) {
      const again = await this.#client.submit(request);
      if (again.answer === request.answer) continue;
      throw new Error(`${request.idempotencyKey} was answered ${request.answer}, and then ${again.answer}`);
    }
  }

  async #submit(request: WantedRequest): Promise<AckedRequest> {
    if (!this.#random.chance(SENT_TWICE_PERCENT)) return this.#client.submit(request);
    const [first, second] = await Promise.all([this.#client.submit(request), this.#client.submit(request)]);
    if (first.answer === second.answer) return first;
    throw new Error(
      `${request.idempotencyKey}, sent twice, was answered ${first.answer} and ${second.answer}`,
    );
  }
}

function seededRequests(random: Random, perClient: number): readonly (readonly WantedRequest[])[] {
  const counts = Array.from({ length: CLIENTS * perClient }, () => 1 + random.below(COMMANDS_MAX));
  const { commands } = seededFlow(
    random.u64(),
    counts.reduce((sum, count) => sum + count, 0),
  );
  let at = 0;
  const requests = counts.map((count, index): WantedRequest => {
    const own = commands.slice(at, at + count).map(({ command }) => command);
    at += count;
    return { client: index % CLIENTS, idempotencyKey: `request-${index}`, records: encodeCommands(own) };
  });
  return Array.from({ length: CLIENTS }, (_, client) => requests.filter((one) => one.client === client));
}
