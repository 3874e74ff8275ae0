import { encodeMarketConfig } from '../../engine/market-config.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { Broker } from '../broker/broker.ts';
import { proofPolicy } from '../broker/proof-policy.ts';
import { type ProofPolicy, Sequencer } from '../broker/sequencer.ts';
import { WorkerSupervisor } from '../broker/worker-supervisor.ts';
import type { CommandSource } from '../order-flow/command-source.ts';
import { itchFlow } from '../order-flow/itch.ts';
import { lobsterFlow } from '../order-flow/lobster.ts';
import { seededFlow } from '../order-flow/seeded-flow.ts';
import { resolveBackend } from '../redis/resolve-backend.ts';
import { DataDirectory } from '../store/data-directory.ts';
import { type Manifest, writeManifest } from '../store/manifest.ts';
import { checkProofs } from './check-proofs.ts';
import { type DemoOptions, parseDemoOptions } from './demo-options.ts';
import { demoReport, reportAsText } from './demo-report.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Output, ProgressLine } from './output.ts';
import { sealInBatches } from './seal-in-batches.ts';
import { waitUntilProven } from './wait-until-proven.ts';

/** `proofbook demo`: from orders to verified proofs, through every part of the project. */
export async function runDemo(args: readonly string[], output: Output, signal: AbortSignal): Promise<number> {
  const options = parseDemoOptions(args, new Date());
  const { progress } = output;
  const policy = proofPolicy(options.kind, loadGuestImage());
  const source = readSource(options);
  progress.say(`orders: ${source.commands.length} commands, ${source.description}`);
  progress.say(`data: ${options.data}`);
  const directory = new DataDirectory(options.data);
  try {
    const sequencer = Sequencer.create(directory, policy, source.marketConfig);
    const manifest = manifestOf(source, policy);
    writeManifest(directory.paths.manifest, manifest);
    const startedMs = performance.now();
    const { batches, queueBackend } = await proveAll({
      directory,
      sequencer,
      source,
      options,
      progress,
      signal,
    });
    const proveWallMs = performance.now() - startedMs;
    const checks = await checkProofs(directory, batches, source.marketConfig, progress);
    writeManifest(directory.paths.manifest, { ...manifest, batchCount: batches.length });
    const report = demoReport({ options, source, directory, batches, checks, queueBackend, proveWallMs });
    progress.finish();
    output.result(options.json ? JSON.stringify(report) : reportAsText(report));
    return EXIT_CODES.success;
  } finally {
    directory.close();
  }
}

function readSource(options: DemoOptions): CommandSource {
  const { input, orders, seed } = options;
  if (input === undefined) return seededFlow(seed, orders ?? 0);
  return input.format === 'lobster'
    ? lobsterFlow(input.path, orders)
    : itchFlow(input.path, input.symbol, orders);
}

interface Proving {
  readonly directory: DataDirectory;
  readonly sequencer: Sequencer;
  readonly source: CommandSource;
  readonly options: DemoOptions;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
}

/** Queue, broker and workers run only in here; whatever happens, they have ended when it returns. */
async function proveAll({ directory, sequencer, source, options, progress, signal }: Proving) {
  const stack = new AsyncDisposableStack();
  const log = (line: string): void => progress.say(line);
  try {
    const backend = await resolveBackend(process.env, directory.paths.redis);
    stack.defer(() => backend.close());
    progress.say(`queue: ${backend.description}`);
    const broker = await Broker.start(directory, backend, process.env, log);
    stack.defer(() => broker.close());
    const batches = sealInBatches(sequencer, source.commands, options.batchSize);
    for (const { jobId } of batches) await broker.enqueue(jobId);
    progress.say(`engine: ${batches.length} batches matched, sealed, stored, and then enqueued`);
    const supervisor = new WorkerSupervisor({
      claims: directory.claims,
      workerCount: options.workers,
      workerArguments: ['--data', options.data],
      environment: process.env,
      log,
    });
    stack.defer(() => supervisor.stop());
    await waitUntilProven(directory.rows, supervisor, progress, signal);
    return { batches, queueBackend: backend.endpoint.backend };
  } finally {
    await stack.disposeAsync();
    progress.finish();
  }
}

function manifestOf(source: CommandSource, policy: ProofPolicy): Manifest {
  if (source.commands.length === 0) {
    throw new ProofbookError('INVALID_FIELD', {
      field: 'commands',
      value: 0,
      reason: 'there are none to prove',
    });
  }
  return {
    version: 1,
    source: source.description,
    marketConfig: Buffer.from(encodeMarketConfig(source.marketConfig)).toString('hex'),
    ...policy,
    batchCount: null,
  };
}
