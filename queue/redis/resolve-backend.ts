import { findProgram } from './find-program.ts';
import type { QueueBackend } from './queue-backend.ts';

/** Which backend is to be used, before anything is started. */
export type BackendChoice =
  | { readonly backend: 'redis-url'; readonly url: string }
  | { readonly backend: 'private-redis'; readonly server: string }
  | { readonly backend: 'embedded-postgres' };

/** What the choice looks at. */
export interface BackendEnvironment {
  readonly REDIS_URL?: string | undefined;
  readonly PATH?: string | undefined;
}

const SERVER_NAMES = ['redis-server', 'valkey-server'];

/**
 * Chooses: REDIS_URL when it is set, else a Redis or Valkey of our own when its server program is on PATH, else embedded
 * PostgreSQL. A Redis that merely happens to listen on this machine is never joined.
 */
export function chooseBackend(environment: BackendEnvironment): BackendChoice {
  const url = environment.REDIS_URL;
  if (url !== undefined && url !== '') return { backend: 'redis-url', url };
  const server = findProgram(SERVER_NAMES, environment.PATH ?? '');
  return server === undefined ? { backend: 'embedded-postgres' } : { backend: 'private-redis', server };
}

/**
 * Chooses a backend and starts it where it is ours to start.
 *
 * @param redisDirectory where a private Redis keeps its append-only file
 * @throws QUEUE_UNAVAILABLE, REDIS_EVICTS
 */
export async function resolveBackend(
  environment: BackendEnvironment,
  redisDirectory: string,
): Promise<QueueBackend> {
  const choice = chooseBackend(environment);
  // Each brings large packages along: only the chosen one is loaded.
  switch (choice.backend) {
    case 'redis-url':
      return (await import('./redis-url.ts')).useRedisUrl(choice.url);
    case 'private-redis':
      return (await import('./private-redis.ts')).PrivateRedis.start(choice.server, redisDirectory);
    case 'embedded-postgres':
      return (await import('./embedded-postgres.ts')).EmbeddedPostgres.start();
  }
}
