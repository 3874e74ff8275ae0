import { pino } from 'pino';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { ApiKeys } from '../api/api-keys.ts';
import { buildServer } from '../api/server.ts';
import { ServiceMetrics } from '../api/service-metrics.ts';
import { MarketService } from '../broker/market-service.ts';
import { proofPolicy } from '../broker/proof-policy.ts';
import { ApiKeyFile } from '../store/api-key-file.ts';
import type { BatchTracer } from '../traces/batch-tracer.ts';
import { openTracer } from '../traces/open-tracer.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Output } from './output.ts';
import { parseServeOptions, type ServeOptions } from './serve-options.ts';

/** `proofbook serve`: markets, queue, workers and their HTTP API on one directory, until it is stopped. */
export async function runServe(
  args: readonly string[],
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const options = parseServeOptions(args);
  const logger = pino(
    {
      level: options.logLevel,
      base: { service: 'proofbook', pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ dest: options.logFile ?? 2, sync: false }),
  );
  const metrics = new ServiceMetrics((line) => logger.info(line));
  const tracer = await openTracer(process.env, 'proofbook-api');
  const service = await openService(options, metrics, tracer);
  try {
    metrics.watch(service);
    const keys = new ApiKeys(new ApiKeyFile(options.data));
    const server = await buildServer({ service, keys, metrics, requiresKeys: !options.noAuth }, logger);
    const address = await server.listen({ host: options.host, port: options.port });
    output.progress.say(`listening on ${address}`);
    logger.info({ address, queue: service.backend.description, kind: options.kind }, 'listening');
    await aborted(signal);
    logger.info({ reason: String(signal.reason) }, 'stopping');
    await server.close();
  } finally {
    await service.close();
    await tracer.close();
  }
  if (options.json) output.result(JSON.stringify({ stopped: true, reason: String(signal.reason) }));
  return EXIT_CODES.success;
}

async function openService(
  options: ServeOptions,
  metrics: ServiceMetrics,
  tracer: BatchTracer,
): Promise<MarketService> {
  const isFake = options.kind === 'fake';
  const policy = proofPolicy(options.kind, loadGuestImage(), { allowFake: options.allowFake });
  const service = await MarketService.open({
    root: options.data,
    policy,
    environment: process.env,
    workersPerMarket: options.workers,
    workerArguments: isFake ? ['--allow-fake'] : [],
    batchRecordsMax: options.batchSize,
    batchAgeMs: options.batchAgeMs,
    openJobsMax: options.openJobsMax,
    observer: metrics,
    tracer,
  });
  try {
    for (const marketId of options.markets) {
      if (service.list().some(({ config }) => config.marketId === marketId)) continue;
      await service.create({ ...options.marketConfig, marketId });
    }
    return service;
  } catch (error) {
    await service.close();
    throw error;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((settle) => {
    if (signal.aborted) settle();
    else signal.addEventListener('abort', () => settle(), { once: true });
  });
}
