import { createPostgresBackend, Queue, Worker, withBackend } from 'bullmq';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { JobPayload } from '../broker/job-payload.ts';
import type { QueueEndpoint } from './queue-endpoint.ts';

/** What the broker needs of BullMQ's queue, on any backend. */
export interface ProveQueue {
  waitUntilReady(): Promise<unknown>;
  /** @param options `priority`: 1 goes first, 2,097,152 last */
  add(
    name: 'prove',
    payload: JobPayload,
    options: { readonly jobId: string; readonly priority?: number },
  ): Promise<unknown>;
  /** `unknown` when the queue has no such job. */
  getJobState(queueJobId: string): Promise<string>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
  /** Lets go of the connection, whatever becomes of it. */
  disconnect(): Promise<void>;
}

/** What a worker process needs of BullMQ's worker. */
export interface ProveConsumer {
  waitUntilReady(): Promise<unknown>;
  /** Takes jobs until it is closed. */
  run(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

/** One delivery of a job, as a processor sees it. */
export interface DeliveredJob {
  readonly id?: string | undefined;
  readonly data: unknown;
  moveToDelayed(timestampMs: number, token?: string): Promise<void>;
}

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

const postgres = withBackend(createPostgresBackend);

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
  if (endpoint.backend === 'embedded-postgres') {
    const connection = postgresConnection(endpoint.socketDirectory);
    return new postgres.Queue<JobPayload>(name, { connection, defaultJobOptions });
  }
  // A producer shall fail at once when Redis is away: the sweep comes again.
  const connection = {
    ...redisConnection(endpoint, environment),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
  };
  return new Queue<JobPayload>(name, { connection, defaultJobOptions });
}

/** Starts to take jobs, one at a time. @throws QUEUE_UNAVAILABLE */
export function openProveConsumer(
  endpoint: QueueEndpoint,
  storeId: string,
  environment: NodeJS.ProcessEnv,
  processor: (job: DeliveredJob, token: string | undefined) => Promise<void>,
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
  if (endpoint.backend === 'embedded-postgres') {
    const connection = postgresConnection(endpoint.socketDirectory);
    return new postgres.Worker<unknown, void>(name, processor, { ...options, connection });
  }
  // A consumer waits for a Redis that is away, however long.
  const connection = { ...redisConnection(endpoint, environment), maxRetriesPerRequest: null };
  return new Worker<unknown, void>(name, processor, { ...options, connection });
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
