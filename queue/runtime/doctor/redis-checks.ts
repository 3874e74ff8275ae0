import { Redis } from 'ioredis';
import { messageOf } from '../../../engine/message-of.ts';
import type { Finding } from './finding.ts';

const CONNECT_MS = 2000;

/** What a Redis is set to, and what it should be for a queue. */
const SETTINGS = [
  {
    setting: 'maxmemory-policy',
    isGood: (value: string) => value === 'noeviction',
    costs: 'under memory pressure Redis drops jobs; the broker enqueues them again at its next start only',
    change: 'CONFIG SET maxmemory-policy noeviction',
  },
  {
    setting: 'appendonly',
    isGood: (value: string) => value === 'yes',
    costs: 'a restart of Redis loses the queue; nothing else is lost, and the broker fills it again',
    change: 'CONFIG SET appendonly yes',
  },
  {
    setting: 'appendfsync',
    isGood: (value: string) => value === 'everysec' || value === 'no',
    costs:
      'a sync for each write holds every client up, 1 to 10 ms each; jobs can be enqueued again and need none',
    change: 'CONFIG SET appendfsync everysec',
  },
  {
    setting: 'latency-monitor-threshold',
    isGood: (value: string) => Number(value) > 0,
    costs: 'slow commands and forks leave no trace that could be looked up',
    change: 'CONFIG SET latency-monitor-threshold 10',
  },
] as const;

/** Asks the Redis at `url`. A Redis that does not answer, or that hides its settings, is unknown and no error: nothing here needs it. */
export async function redisSettings(url: string | undefined): Promise<readonly Finding[]> {
  if (url === undefined)
    return [unknownRedis('REDIS_URL is not set: a private Redis is set right by the project')];
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await Promise.all(
      SETTINGS.map(async ({ setting, isGood, costs, change }): Promise<Finding> => {
        const answer = (await redis.config('GET', setting)) as readonly string[];
        const value = answer[1];
        const verdict = value === undefined ? 'unknown' : isGood(value) ? 'good' : 'advice';
        return {
          check: `redis-${setting}`,
          verdict,
          found: `${setting} ${value ?? 'not said'}`,
          costs,
          change,
        };
      }),
    );
  } catch (error) {
    return [unknownRedis(messageOf(error))];
  } finally {
    redis.disconnect();
  }
}

function unknownRedis(found: string): Finding {
  return {
    check: 'redis',
    verdict: 'unknown',
    found,
    costs: 'a queue on a Redis that evicts or does not keep its file loses time, never data',
    change: 'set REDIS_URL, or give --redis URL',
  };
}
