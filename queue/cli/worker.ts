import { ProofbookError } from '../../engine/proofbook-error.ts';
import { readQueueEndpoint } from '../redis/queue-endpoint.ts';
import { DataDirectory, dataPaths } from '../store/data-directory.ts';
import { openTracer } from '../traces/open-tracer.ts';
import { placementOf } from '../worker/cpu-placement.ts';
import { ProveWorker } from '../worker/prove-worker.ts';
import type { ProverSettings } from '../worker/prover-pool.ts';
import { parseCommandLine, wholeNumber } from './arguments.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Output } from './output.ts';

const DAY_S = 86_400;
const JOBS_MAX = 1_000_000;
const NODES_MAX = 1_023;
const WORN = 'it proved as many jobs as it was to, a fresh one follows';
// Heartbeats come every 5 seconds.
const HEARTBEAT_LOST_MIN_S = 6;
// Below this no segment of the smallest program fits.
const MEMORY_LIMIT_MIN_BYTES = 64 * 1024 * 1024;

/** `proofbook worker`: proves jobs of the broker that runs on a data directory, until it is stopped. */
export async function runWorker(
  args: readonly string[],
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const { values } = parseCommandLine(
    args,
    {
      data: { type: 'string' },
      host: { type: 'string' },
      'memory-limit': { type: 'string' },
      'timeout-s': { type: 'string', default: '3600' },
      cpus: { type: 'string' },
      numa: { type: 'string' },
      'recycle-after': { type: 'string' },
      'allow-fake': { type: 'boolean', default: false },
      'heartbeat-lost-s': { type: 'string', default: '60' },
      'stop-with-stdin': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
    false,
  );
  if (!values.data) {
    throw new ProofbookError('USAGE', {
      field: '--data',
      value: values.data === '' ? '""' : 'absent',
      reason: 'name a data directory',
    });
  }
  const timeoutMs = wholeNumber('--timeout-s', values['timeout-s'], 1, DAY_S) * 1000;
  const heartbeatLostMs =
    wholeNumber('--heartbeat-lost-s', values['heartbeat-lost-s'], HEARTBEAT_LOST_MIN_S, DAY_S) * 1000;
  const recycleAfter = optionalNumber('--recycle-after', values['recycle-after'], 1, JOBS_MAX);
  const placement = placementOf(
    { cpus: values.cpus, numa: optionalNumber('--numa', values.numa, 0, NODES_MAX) },
    process.env.PATH ?? '',
  );
  if (placement.warning !== undefined) output.progress.say(`worker ${process.pid}: ${placement.warning}`);
  const prover = {
    ...proverSettings(values.host, values['memory-limit'], values['allow-fake']),
    launcher: placement.launcher,
  };
  // Before the directory is opened, which makes what is not there: a mistyped name must leave nothing behind.
  const endpoint = readQueueEndpoint(dataPaths(values.data).queueEndpoint);
  const directory = new DataDirectory(values.data);
  const tracer = await openTracer(process.env, 'proofbook-worker');
  const stopped = stopReason(signal, values['stop-with-stdin']);
  const worn = Promise.withResolvers<string>();
  const started = ProveWorker.start({
    directory,
    endpoint,
    environment: process.env,
    prover,
    timeoutMs,
    heartbeatLostMs,
    recycleAfter,
    tracer,
    onWorn: () => worn.resolve(WORN),
    log: (line) => output.progress.say(`worker ${process.pid}: ${line}`),
  });
  // A worker that waits for a queue that is gone must stop when told to, too; its prover host sees our end.
  const worker = await Promise.race([started, stopped.then(() => undefined)]);
  const reason = await Promise.race([stopped, worn.promise]);
  await worker?.stop(reason);
  directory.close();
  await tracer.close();
  if (values.json) output.result(JSON.stringify({ stopped: true, reason }));
  // A reconnecting client of a queue that is gone would keep this process for ever.
  process.exit(reason === WORN ? EXIT_CODES.recycled : EXIT_CODES.success);
}

function optionalNumber(
  option: string,
  text: string | undefined,
  min: number,
  max: number,
): number | undefined {
  return text === undefined ? undefined : wholeNumber(option, text, min, max);
}

function proverSettings(
  hostBinary: string | undefined,
  memoryLimit: string | undefined,
  allowFake: boolean,
): ProverSettings {
  const memoryLimitBytes =
    memoryLimit === undefined
      ? undefined
      : wholeNumber('--memory-limit', memoryLimit, MEMORY_LIMIT_MIN_BYTES, Number.MAX_SAFE_INTEGER);
  return {
    ...(hostBinary === undefined ? {} : { hostBinary }),
    ...(allowFake ? { standIn: true } : {}),
    ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
  };
}

/** Resolves when the worker is to stop: by a signal, or when the process that holds our stdin is gone. */
function stopReason(signal: AbortSignal, stopWithStdin: boolean): Promise<string> {
  return new Promise((settle) => {
    signal.addEventListener('abort', () => settle(String(signal.reason)), { once: true });
    if (!stopWithStdin) return;
    // With the supervisor our stderr is gone too: what we still say must not end us before the job is given back.
    process.stderr.on('error', () => undefined);
    process.stdin.once('error', () => settle('its supervisor is gone'));
    process.stdin.once('close', () => settle('its supervisor is gone'));
    process.stdin.resume();
  });
}
