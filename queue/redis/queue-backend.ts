import type { QueueEndpoint } from './queue-endpoint.ts';

/** A datastore that BullMQ runs on, and who must stop it. */
export interface QueueBackend {
  readonly endpoint: QueueEndpoint;
  /** One line that says which one is used, and why. Never holds a password. */
  readonly description: string;
  /** Stops what was started for us; a Redis that REDIS_URL names is left alone. */
  close(): Promise<void>;
}
