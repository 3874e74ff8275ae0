import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { queueJobId } from '../../queue/broker/job-payload.ts';
import { openProveQueue } from '../../queue/redis/bull-queue.ts';
import { readQueueEndpoint } from '../../queue/redis/queue-endpoint.ts';
import { encodeEntry } from '../../queue/store/command-log.ts';
import { dataPaths } from '../../queue/store/data-directory.ts';
import type { Random } from '../model/random.ts';
import { type ChaosFault, jobInProof, type RoundContext, seek } from './round-context.ts';

const PATIENCE_MS = 5_000;
const HOUR_MS = 3_600_000;

/** Shares of proofs that fail in some ways, each witness twice at most. */
function failing(faults: string) {
  return (random: Random): NodeJS.ProcessEnv => ({
    PROOFBOOK_FAKE_FAULTS: faults,
    PROOFBOOK_FAKE_FAULTY_PROOFS: String(1 + random.below(2)),
  });
}

async function withRedis({ service }: RoundContext, work: (redis: Redis) => Promise<void>): Promise<void> {
  const endpoint = readQueueEndpoint(dataPaths(service.options.data).queueEndpoint);
  if (endpoint.backend !== 'private-redis') return;
  const redis = new Redis({ path: endpoint.socketPath, maxRetriesPerRequest: 1 });
  redis.on('error', () => undefined);
  try {
    await work(redis);
  } finally {
    redis.disconnect();
  }
}

/** @throws when a batch of the log is older than the one before it */
export async function requireRisingTimes({ directory }: RoundContext): Promise<void> {
  const times = directory.commandLog.read().batches.map(({ timestampNs }) => timestampNs);
  if (times.some((time, index) => time < (times[index - 1] ?? 0n))) throw new Error(`times: ${times}`);
}

/** Faults of what is kept: Redis, the disk, the row store, the log, and proofs that are not what they should be. */
export const STORAGE_FAULTS: readonly ChaosFault[] = [
  {
    name: 'flush-redis',
    workerCount: 2,
    inject: (context) =>
      withRedis(context, async (redis) => {
        for (let times = 1 + context.random.below(3); times > 0; times--) {
          await redis.flushall();
          await delay(context.random.below(800));
        }
      }),
  },
  {
    name: 'evict-redis',
    inject: (context) =>
      withRedis(context, async (redis) => {
        await redis.config('SET', 'maxmemory-policy', 'allkeys-random');
        await redis.config('SET', 'maxmemory', '1');
        await delay(200 + context.random.below(800));
        context.say(`evicted keys: ${/evicted_keys:(\d+)/.exec(await redis.info('stats'))?.[1]}`);
        await redis.config('SET', 'maxmemory', '0');
        await redis.config('SET', 'maxmemory-policy', 'noeviction');
      }),
  },
  {
    name: 'disk-full',
    inject: async ({ service, random, say }) => {
      const { pid } = service;
      if (pid === undefined) return;
      // A write beyond this length fails with EFBIG as one on a full disk does with ENOSPC: in the middle of an entry.
      const length = statSync(dataPaths(service.options.data).commandLog).size + 1 + random.below(300);
      execFileSync('prlimit', ['--pid', String(pid), `--fsize=${length}:unlimited`]);
      await delay(500 + random.below(1_000));
      execFileSync('prlimit', ['--pid', String(pid), '--fsize=unlimited:unlimited']);
      say(`no file of the broker could grow beyond ${length} bytes`);
    },
  },
  {
    name: 'store-locked',
    inject: async ({ service, random, say }) => {
      const database = new DatabaseSync(dataPaths(service.options.data).rows, { timeout: 5_000 });
      database.exec('BEGIN EXCLUSIVE');
      // The longer one outlasts the patience of every writer, 10 s.
      const lockedMs = random.chance(25) ? 11_000 : 500 + random.below(1_500);
      await delay(lockedMs);
      database.exec('ROLLBACK');
      database.close();
      say(`the row store was locked for ${lockedMs} ms`);
    },
  },
  {
    name: 'torn-tail',
    inject: async ({ service, random, acceptedCount, say }) => {
      await service.kill();
      const path = dataPaths(service.options.data).commandLog;
      const entry = encodeEntry({
        batchNumber: BigInt(acceptedCount() + 1),
        timestampNs: BigInt(Date.now()) * 1_000_000n,
        commands: new Uint8Array(32 * (1 + random.below(4))),
      });
      const torn = 1 + random.below(entry.length - 1);
      appendFileSync(path, entry.subarray(0, torn));
      say(`${torn} of ${entry.length} bytes of an entry, ${readFileSync(path).length} in all`);
    },
  },
  {
    name: 'duplicate-delivery',
    workerCount: 2,
    inject: async (context) => {
      const { service, directory, random } = context;
      await seek(() => jobInProof(directory), PATIENCE_MS);
      const endpoint = readQueueEndpoint(dataPaths(service.options.data).queueEndpoint);
      // The queue forgets a job that is at a worker, and is given it again, twice: with and without the sweep.
      await withRedis(context, async (redis) => void (await redis.flushall()));
      const queue = openProveQueue(endpoint, directory.rows.storeId(), {});
      queue.on('error', () => undefined);
      await queue.waitUntilReady();
      for (let times = 0; times < 3; times++) {
        for (const { jobId } of directory.rows.list()) {
          await queue
            .add('prove', { version: 1, jobId }, { jobId: queueJobId(jobId), priority: 1 })
            .catch(() => undefined);
        }
        await delay(random.below(500));
      }
      await queue.close();
    },
    look: async ({ directory, isAlone }) => {
      if (!isAlone) return;
      for (const { jobId, batchNumber } of directory.rows.list()) {
        const outcomes = directory.rows.attempts(jobId).map(({ outcome }) => outcome);
        if (outcomes.join() !== 'proven') throw new Error(`batch ${batchNumber} was tried: ${outcomes}`);
      }
    },
  },
  {
    name: 'clock-back',
    inject: async ({ service, directory, say }) => {
      await service.stop();
      service.setEnvironment({ PROOFBOOK_CLOCK_OFFSET_MS: String(-HOUR_MS) });
      await service.start();
      say(`one hour back after batch ${directory.rows.list().length}`);
    },
    look: requireRisingTimes,
  },
  { name: 'wrong-proof', environment: failing('wrong-seal:0.4,wrong-journal:0.4') },
  { name: 'corrupt-frame', environment: failing('corrupt-frame:0.8') },
  { name: 'host-crash', environment: failing('crash:0.7') },
  { name: 'host-memory', environment: failing('oom:0.7') },
  { name: 'host-hang', workerArguments: ['--timeout-s', '5'], environment: failing('hang:0.3,slow:0.4') },
];
