import { createPostgresBackend, type Processor, Queue, Worker } from 'bullmq';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { JobPayload } from '../broker/job-payload.ts';
import type { QueueEndpoint } from './queue-endpoint.ts';

/** The queue as the broker sees it. */
export type ProveQueue = Queue<JobPayload>;
/** The queue's consumer in a worker process. What it returns is not kept: results are in the row store. */
export type ProveConsumer = Worker<unknown, void>;

// A worker that dies is noticed after at most the lock's duration and two checks, so within 10 seconds; a living one renews
// every 2.5 seconds, for its event loop only waits for the prover host.
const LOCK_DURATION_MS = 5_000;
const STALLED_INTERVAL_MS = 2_000;
// How often a job may stall is for the row store to say (retry-rules.ts): the queue must never fail it for good.
const STALLED_COUNT_MAX = 1_000_000;
const RECONNECT_DELAY_MAX_MS = 1_000;
// PostgreSQL waits this long before it looks again, in seconds; the default 5 is felt by people.
const DRAIN_DELAY_S = 1;
const POSTGRES_CONNECTIONS_MAX = 4;

/** The queue of one store. @throws QUEUE_UNAVAILABLE */
export function openProveQueue(
  endpoint: QueueEndpoint,
  storeId: string,
  environment: NodeJS.ProcessEnv,
): ProveQueue {
  const name = queueName(storeId);
  const defaultJobOptions = {
    // The rows remember; the queue forgets at once, so a job can be handed over again under its own name.
    removeOnComplete: true,
    removeOnFail: true,
  };
  const queue =
    endpoint.backend === 'embedded-postgres'
      ? new Queue<JobPayload>(
          name,
          { connection: postgresConnection(endpoint.socketDirectory), defaultJobOptions },
          createPostgresBackend,
        )
      : new Queue<JobPayload>(name, {
          // A producer shall fail at once when Redis is away: the sweep comes again.
          connection: {
            ...redisConnection(endpoint, environment),
            enableOfflineQueue: false,
            maxRetriesPerRequest: 1,
          },
          defaultJobOptions,
        });
  return queue as ProveQueue;
}

/** Starts to take jobs, one at a time. @throws QUEUE_UNAVAILABLE */
export function openProveConsumer(
  endpoint: QueueEndpoint,
  storeId: string,
  environment: NodeJS.ProcessEnv,
  processor: Processor<unknown, void>,
): ProveConsumer {
  const name = queueName(storeId);
  const options = {
    concurrency: 1,
    lockDuration: LOCK_DURATION_MS,
    stalledInterval: STALLED_INTERVAL_MS,
    maxStalledCount: STALLED_COUNT_MAX,
    drainDelay: DRAIN_DELAY_S,
    runRetryDelay: RECONNECT_DELAY_MAX_MS,
    autorun: false,
  };
  const worker =
    endpoint.backend === 'embedded-postgres'
      ? new Worker<unknown, void>(
          name,
          processor,
          { ...options, connection: postgresConnection(endpoint.socketDirectory) },
          createPostgresBackend,
        )
      : new Worker<unknown, void>(name, processor, {
          ...options,
          connection: { ...redisConnection(endpoint, environment), maxRetriesPerRequest: null },
        });
  return worker as ProveConsumer;
}

function queueName(storeId: string): string {
  return `proofbook-${storeId}`;
}

function redisConnection(
  endpoint: Exclude<QueueEndpoint, { backend: 'embedded-postgres' }>,
  environment: NodeJS.ProcessEnv,
) {
  const retryStrategy = (times: number) => Math.min(times * 50, RECONNECT_DELAY_MAX_MS);
  if (endpoint.backend === 'private-redis') return { path: endpoint.socketPath, retryStrategy };
  const url = environment.REDIS_URL;
  if (url === undefined || url === '') {
    throw new ProofbookError('QUEUE_UNAVAILABLE', {
      backend: 'redis-url',
      reason: 'the broker uses REDIS_URL, and it is not set here',
    });
  }
  return { url, retryStrategy };
}

function postgresConnection(socketDirectory: string) {
  return { host: socketDirectory, user: 'postgres', database: 'postgres', max: POSTGRES_CONNECTIONS_MAX };
}
