import { Redis } from 'ioredis';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { QueueBackend } from './queue-backend.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * The Redis that REDIS_URL names, once it is known to answer and to keep what it is given. It is somebody else's: nothing
 * of it is changed, and it is not stopped.
 *
 * @throws QUEUE_UNAVAILABLE when it cannot be reached, REDIS_EVICTS when it may drop jobs for memory
 */
export async function useRedisUrl(url: string): Promise<QueueBackend> {
  const shown = withoutPassword(url);
  const policy = await readEvictionPolicy(url, shown);
  if (policy !== 'noeviction') throw new ProofbookError('REDIS_EVICTS', { url: shown, value: policy });
  return {
    endpoint: { backend: 'redis-url' },
    description: `the Redis that REDIS_URL names (${shown})`,
    close: async () => undefined,
  };
}

/** What a Redis does when its memory is full, `unknown` when it does not say. @throws QUEUE_UNAVAILABLE */
// INFO and not CONFIG GET: hosted services forbid CONFIG.
export async function readEvictionPolicy(url: string, shown: string): Promise<string> {
  const client = newClient(url, shown);
  let lastError: unknown;
  client.on('error', (error) => {
    lastError = error;
  });
  try {
    await client.connect();
    const memory = await client.info('memory');
    return /^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? 'unknown';
  } catch (error) {
    const cause = lastError ?? error;
    const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
    throw new ProofbookError('QUEUE_UNAVAILABLE', { backend: `REDIS_URL ${shown}`, reason }, { cause });
  } finally {
    client.disconnect();
  }
}

/** The client takes a URL or the path of a socket; what is neither, it throws at. */
function newClient(url: string, shown: string): Redis {
  try {
    return new Redis(url, {
      lazyConnect: true,
      connectTimeout: CONNECT_TIMEOUT_MS,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ProofbookError('QUEUE_UNAVAILABLE', { backend: `REDIS_URL ${shown}`, reason }, { cause });
  }
}

/** A URL as it may be shown: without user name and password. */
export function withoutPassword(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return '(not a URL)';
  }
}
