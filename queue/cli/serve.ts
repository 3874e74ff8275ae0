import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { messageOf } from '../../engine/message-of.ts';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { MarketService } from '../api/market-service.ts';
import { buildServer } from '../api/server.ts';
import { ServiceMetrics } from '../api/service-metrics.ts';
import { Broker } from '../broker/broker.ts';
import { proofPolicy } from '../broker/proof-policy.ts';
import { WorkerSupervisor } from '../broker/worker-supervisor.ts';
import { resolveBackend } from '../redis/resolve-backend.ts';
import { DataDirectory } from '../store/data-directory.ts';
import { DirectoryLock } from '../store/directory-lock.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Output } from './output.ts';
import { parseServeOptions, type ServeOptions } from './serve-options.ts';

/** `proofbook serve`: HTTP interface, broker and workers on one data directory, until it is stopped. */
export async function runServe(
  args: readonly string[],
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const options = parseServeOptions(args);
  const log = (line: string): void => output.progress.say(line);
  const stack = new AsyncDisposableStack();
  try {
    const lock = DirectoryLock.acquire(options.data);
    stack.defer(() => lock.release());
    const directory = new DataDirectory(options.data);
    stack.defer(() => directory.close());
    const address = await start(options, directory, stack, log);
    log(`listening on ${address}`);
    if (options.json) output.result(JSON.stringify({ listening: address }));
    await stopped(signal);
    log(`stopping: ${String(signal.reason)}`);
  } finally {
    await stack.disposeAsync();
  }
  return EXIT_CODES.success;
}

/** What is started first is stopped last: the intake ends before the workers do. @returns the address it listens on */
async function start(
  options: ServeOptions,
  directory: DataDirectory,
  stack: AsyncDisposableStack,
  log: (line: string) => void,
): Promise<string> {
  const backend = await resolveBackend(process.env, directory.paths.redis);
  stack.defer(() => backend.close());
  log(`queue: ${backend.description}`);
  let broker: Broker | undefined;
  const market = new MarketService(directory, {
    policy: proofPolicy(options.kind, loadGuestImage()),
    config: { ...DEFAULT_MARKET_CONFIG, ...options.market },
    sealRules: options.sealRules,
    openBatchesMax: options.openBatchesMax,
    enqueue: (jobId) => void broker?.enqueue(jobId),
  });
  broker = await Broker.start(directory, backend, process.env, log);
  const handing = broker;
  stack.defer(() => handing.close());
  const supervisor = startWorkers(options, directory, log);
  stack.defer(() => supervisor.stop());
  stack.defer(() => market.stop());
  const server = await buildServer({
    market,
    metrics: new ServiceMetrics(market, () => supervisor.pids.length),
    asksForKeys: options.asksForKeys,
    requestsPerMinute: options.requestsPerMinute,
    notReady: () => faultsOf(market, handing, supervisor, options.workers),
    log,
  });
  stack.defer(() => server.close());
  return server.listen({ host: options.host, port: options.port });
}

function startWorkers(
  options: ServeOptions,
  directory: DataDirectory,
  log: (line: string) => void,
): WorkerSupervisor {
  return new WorkerSupervisor({
    claims: directory.claims,
    workerCount: options.workers,
    workerArguments: ['--data', options.data],
    environment: process.env,
    log,
  });
}

/** What keeps the service from doing its work, by name. */
async function faultsOf(
  market: MarketService,
  broker: Broker,
  supervisor: WorkerSupervisor,
  workers: number,
): Promise<Readonly<Record<string, string>>> {
  const faults: Record<string, string> = {};
  if (market.intake.failure !== undefined) faults.intake = messageOf(market.intake.failure);
  if (supervisor.failure !== undefined) faults.workers = supervisor.failure.message;
  else if (workers > 0 && supervisor.pids.length === 0) faults.workers = 'no worker process runs';
  const queue = await broker.fault();
  if (queue !== undefined) faults.queue = queue;
  return faults;
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((settle) => {
    if (signal.aborted) settle();
    signal.addEventListener('abort', () => settle(), { once: true });
  });
}
