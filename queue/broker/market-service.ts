import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MarketConfig } from '../../engine/market-config.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { QueueBackend } from '../redis/queue-backend.ts';
import { resolveBackend } from '../redis/resolve-backend.ts';
import { dataPaths } from '../store/data-directory.ts';
import { DirectoryLock } from '../store/directory-lock.ts';
import { Market, type MarketSettings } from './market.ts';
import { WorkerSupervisor } from './worker-supervisor.ts';

/** How a service runs. */
export interface ServiceSettings extends Omit<MarketSettings, 'backend'> {
  /** Directory of the service; made if it is missing. */
  readonly root: string;
  /** Worker processes for each market; 0 leaves proving to workers that are started elsewhere. */
  readonly workersPerMarket: number;
  /** Further arguments of `proofbook worker`. */
  readonly workerArguments: readonly string[];
}

interface RunningMarket {
  readonly market: Market;
  readonly workers: WorkerSupervisor;
}

const MARKETS_FOLDER = 'markets';
const REDIS_FOLDER = 'redis';

/** Where a market of a service is: a data directory like any other. */
export function marketRoot(root: string, marketId: bigint): string {
  return join(root, MARKETS_FOLDER, String(marketId));
}

/**
 * The markets of one service directory and what runs them. One process at a time: a second one on the same directory is
 * refused before it reads anything.
 */
export class MarketService {
  readonly backend: QueueBackend;
  readonly settings: ServiceSettings;
  readonly #lock: DirectoryLock;
  readonly #markets = new Map<bigint, RunningMarket>();

  /** @throws DATA_DIRECTORY_LOCKED, QUEUE_UNAVAILABLE, REDIS_EVICTS, and what opening a market throws */
  static async open(settings: ServiceSettings): Promise<MarketService> {
    const lock = DirectoryLock.acquire(settings.root);
    try {
      const backend = await resolveBackend(settings.environment, join(settings.root, REDIS_FOLDER));
      const service = new MarketService(settings, lock, backend);
      try {
        for (const marketId of marketIdsIn(settings.root)) await service.#run(marketId);
      } catch (error) {
        await service.close();
        throw error;
      }
      return service;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  private constructor(settings: ServiceSettings, lock: DirectoryLock, backend: QueueBackend) {
    this.settings = settings;
    this.#lock = lock;
    this.backend = backend;
  }

  /** Every market, by its id. */
  list(): readonly Market[] {
    return [...this.#markets.values()]
      .map(({ market }) => market)
      .sort((a, b) => (a.config.marketId < b.config.marketId ? -1 : 1));
  }

  /** @throws MARKET_UNKNOWN */
  get(marketId: bigint): Market {
    const running = this.#markets.get(marketId);
    if (running === undefined) throw new ProofbookError('MARKET_UNKNOWN', { value: marketId });
    return running.market;
  }

  /** Starts a market. @throws MARKET_EXISTS, INVALID_FIELD */
  async create(config: MarketConfig): Promise<Market> {
    const { marketId } = config;
    const root = marketRoot(this.settings.root, marketId);
    if (existsSync(dataPaths(root).commandLog))
      throw new ProofbookError('MARKET_EXISTS', { value: marketId });
    mkdirSync(root, { recursive: true, mode: 0o700 });
    Market.create(root, config, this.settings.policy);
    return this.#run(marketId);
  }

  /** Process ids of every worker. */
  workerPids(): readonly number[] {
    return [...this.#markets.values()].flatMap(({ workers }) => workers.pids);
  }

  /** Why the workers of some market were given up; undefined while none were. */
  workersFailure(): ProofbookError | undefined {
    return [...this.#markets.values()]
      .map(({ workers }) => workers.failure)
      .find((failure) => failure !== undefined);
  }

  /** Ends everything in the order of its dependence; jobs that are being proven go back to the queue. */
  async close(): Promise<void> {
    const running = [...this.#markets.values()];
    this.#markets.clear();
    await Promise.all(running.map(({ workers }) => workers.stop()));
    await Promise.all(running.map(({ market }) => market.close()));
    await this.backend.close();
    this.#lock.release();
  }

  async #run(marketId: bigint): Promise<Market> {
    const { root, workersPerMarket, workerArguments, environment, observer } = this.settings;
    const directory = marketRoot(root, marketId);
    const market = await Market.open(directory, { ...this.settings, backend: this.backend });
    const workers = new WorkerSupervisor({
      claims: market.directory.claims,
      workerCount: workersPerMarket,
      workerArguments: ['--data', directory, ...workerArguments],
      environment,
      log: (line) => observer.said(line),
    });
    this.#markets.set(marketId, { market, workers });
    return market;
  }
}

function marketIdsIn(root: string): readonly bigint[] {
  const folder = join(root, MARKETS_FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^\d{1,20}$/.test(name) && existsSync(dataPaths(join(folder, name)).commandLog))
    .map(BigInt);
}
