import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findProgram } from '../../queue/redis/find-program.ts';
import { PrivateRedis } from '../../queue/redis/private-redis.ts';
import { useRedisUrl } from '../../queue/redis/redis-url.ts';
import { chooseBackend } from '../../queue/redis/resolve-backend.ts';
import { expectRejection } from '../support/expect-refusal.ts';
import { commandLineOf, descendantsOf, waitFor, waitUntilGone } from '../support/processes.ts';
import { RunningService } from '../support/running-service.ts';

const choice = chooseBackend({ PATH: process.env.PATH });
const server = choice.backend === 'private-redis' ? choice.server : '';
const PRIVATE_REDIS = fileURLToPath(new URL('../../queue/redis/private-redis.ts', import.meta.url));

let folder: string;
const opened: { close(): Promise<unknown> | unknown }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proofbook-test-'));
});
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
  rmSync(folder, { recursive: true, force: true });
});

async function startRedis(): Promise<PrivateRedis> {
  const redis = await PrivateRedis.start(server, join(folder, 'redis'));
  opened.push(redis);
  return redis;
}

function clientOf(redis: PrivateRedis): Redis {
  const client = new Redis({ path: redis.socketPath, retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  opened.push({ close: () => client.disconnect() });
  return client;
}

function processesNamed(root: number, name: string): readonly number[] {
  return descendantsOf(root).filter((pid) => commandLineOf(pid).includes(name));
}

const serverPid = () =>
  processesNamed(process.pid, 'redis.sock')[0] ?? processesNamed(process.pid, server)[0];

describe.skipIf(server === '')(
  'private Redis (skipped where no redis-server or valkey-server is on PATH)',
  () => {
    test('listens on a unix socket in a directory of its own only, appends, and never evicts', async () => {
      const redis = await startRedis();
      expect(statSync(dirname(redis.socketPath)).mode & 0o777).toBe(0o700);
      const client = clientOf(redis);
      const setting = async (name: string) => (await client.config('GET', name)) as string[];
      expect(await setting('port')).toEqual(['port', '0']);
      expect(await setting('appendonly')).toEqual(['appendonly', 'yes']);
      expect(await setting('maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    });

    test('is gone, socket and all, once closed', async () => {
      const redis = await startRedis();
      const pids = descendantsOf(process.pid).filter((pid) =>
        commandLineOf(pid).includes(dirname(redis.socketPath)),
      );
      expect(pids.length).toBeGreaterThan(0);
      await redis.close();
      await waitUntilGone(pids);
      expect(existsSync(dirname(redis.socketPath))).toBe(false);
    });

    test('dies with a parent that is killed with SIGKILL', async () => {
      const script = `
      const { PrivateRedis } = await import(${JSON.stringify(PRIVATE_REDIS)});
      const redis = await PrivateRedis.start(${JSON.stringify(server)}, ${JSON.stringify(join(folder, 'redis'))});
      console.log(redis.socketPath);
      setInterval(() => {}, 1000);`;
      const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [socketPath] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
      const pids = descendantsOf(parent.pid ?? 0);
      expect(
        pids.some(
          (pid) => commandLineOf(pid).includes('redis-server') || commandLineOf(pid).includes('valkey'),
        ),
      ).toBe(true);
      process.kill(parent.pid ?? 0, 'SIGKILL');
      await waitUntilGone(pids);
      await waitFor('the socket directory to go', () => !existsSync(dirname(socketPath)));
    });

    test.each(['SIGKILL', 'SIGTERM'] as const)('comes back with its data after %s', async (signal) => {
      const redis = await startRedis();
      const client = clientOf(redis);
      await client.set('job', 'kept');
      const pid = serverPid();
      if (pid === undefined) throw new Error('no server process found');
      process.kill(pid, signal);
      await waitUntilGone([pid]);
      expect(await client.get('job')).toBe('kept');
      expect(serverPid()).not.toBe(pid);
    });

    // Without setpriv nothing can tell Redis that both are gone.
    const both: [string, number][] =
      findProgram(['setpriv'], process.env.PATH ?? '') === undefined
        ? []
        : [['keeper and its watcher are', 2]];
    const cases: [string, number][] = [['keeper is', 1], ...both];
    test.each(cases)('leaves no server behind when its %s killed, and comes back', async (_, count) => {
      const redis = await startRedis();
      const client = clientOf(redis);
      await client.set('job', 'kept');
      const before = serverPid();
      const keepers = processesNamed(process.pid, 'keep-redis.sh').slice(0, count);
      expect([before !== undefined, keepers.length]).toEqual([true, count]);
      for (const keeper of keepers) process.kill(keeper, 'SIGKILL');
      await waitUntilGone([before ?? 0]);
      expect(await client.get('job')).toBe('kept');
    });
  },
);

describe.skipIf(server === '')(
  'REDIS_URL (skipped where no redis-server or valkey-server is on PATH)',
  () => {
    test('is used when it keeps what it is given, and refused when it may evict', async () => {
      const redis = await startRedis();
      expect((await useRedisUrl(redis.socketPath)).endpoint).toEqual({ backend: 'redis-url' });
      await clientOf(redis).config('SET', 'maxmemory-policy', 'allkeys-lru');
      await expectRejection(useRedisUrl(redis.socketPath), 'REDIS_EVICTS', { value: 'allkeys-lru' });
    });
  },
);

test.skipIf(server === '')(
  'a service whose Redis is gone for good stops when it is told to',
  async () => {
    const redis = await startRedis();
    const service = await RunningService.start({
      root: join(folder, 'service'),
      environment: { REDIS_URL: redis.socketPath },
    });
    try {
      await redis.close();
      await service.until('/health', () => true);
      expect((await service.get('/ready')).status).toBe(503);
      expect(await service.stop()).toBe(0);
    } finally {
      await service.stop('SIGKILL');
    }
  },
  60_000,
);

describe('REDIS_URL that nobody answers', () => {
  test('is refused without showing its password', async () => {
    const error = await expectRejection(useRedisUrl('redis://:secret@127.0.0.1:1/'), 'QUEUE_UNAVAILABLE');
    expect(error.message).toContain('127.0.0.1:1');
    expect(error.message).not.toContain('secret');
  });

  test('is refused when it is no URL', async () => {
    await expectRejection(useRedisUrl('redis://[bad'), 'QUEUE_UNAVAILABLE');
  });
});
