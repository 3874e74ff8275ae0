import { rmSync } from 'node:fs';
import { messageOf } from '../../engine/message-of.ts';
import { openProveQueue, type ProveQueue } from '../redis/bull-queue.ts';
import type { QueueBackend } from '../redis/queue-backend.ts';
import { writeQueueEndpoint } from '../redis/queue-endpoint.ts';
import type { DataDirectory } from '../store/data-directory.ts';
import { withinGrace } from '../within-grace.ts';
import { queuePriority } from './job-order.ts';
import { queueJobId } from './job-payload.ts';

const SWEEP_INTERVAL_MS = 5_000;
const CLOSE_GRACE_MS = 2_000;

/**
 * Hands jobs to the queue. What it hands over is in the store already, so the queue may forget everything: the sweep, at
 * start and every few seconds, enqueues whatever is open in the store and unknown to the queue.
 */
export class Broker {
  readonly #directory: DataDirectory;
  readonly #queue: ProveQueue;
  readonly #log: (line: string) => void;
  #sweepTimer: NodeJS.Timeout | undefined;
  #sweeping: Promise<number> | undefined;

  /** Opens the queue of a data directory, leaves its endpoint for workers, and sweeps. @throws QUEUE_UNAVAILABLE */
  static async start(
    directory: DataDirectory,
    backend: QueueBackend,
    environment: NodeJS.ProcessEnv,
    log: (line: string) => void,
    sweepIntervalMs: number = SWEEP_INTERVAL_MS,
  ): Promise<Broker> {
    writeQueueEndpoint(directory.paths.queueEndpoint, backend.endpoint);
    const broker = new Broker(
      directory,
      openProveQueue(backend.endpoint, directory.rows.storeId(), environment),
      log,
    );
    await broker.#queue.waitUntilReady();
    await broker.sweep();
    broker.#sweepTimer = setInterval(() => void broker.#sweepQuietly(), sweepIntervalMs);
    return broker;
  }

  private constructor(directory: DataDirectory, queue: ProveQueue, log: (line: string) => void) {
    this.#directory = directory;
    this.#queue = queue;
    this.#log = log;
    this.#queue.on('error', (error) => log(`queue: ${error.message}`));
  }

  /** Hands a stored job over; if the queue cannot take it now, the sweep will try again. */
  async enqueue(jobId: string): Promise<void> {
    try {
      await this.#add(jobId);
    } catch (error) {
      this.#log(`job ${jobId} stays in the store until the queue is back: ${messageOf(error)}`);
    }
  }

  /**
   * Enqueues every open job of the store that the queue does not know.
   *
   * @returns how many those were
   */
  async sweep(): Promise<number> {
    // Two at once would only do the same work twice.
    this.#sweeping ??= this.#sweepOnce().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  /** Asks the queue something. @throws what its client throws while the queue is away */
  async ping(): Promise<void> {
    await this.#queue.getJobState('ping');
  }

  async close(): Promise<void> {
    clearInterval(this.#sweepTimer);
    await this.#sweeping?.catch(() => undefined);
    await withinGrace(this.#queue.close(), CLOSE_GRACE_MS);
    // Else it would go on looking for a Redis that is gone, and the process with it.
    await withinGrace(this.#queue.disconnect(), CLOSE_GRACE_MS);
    // A worker that is started later must not wait for a queue that is gone.
    rmSync(this.#directory.paths.queueEndpoint, { force: true });
  }

  async #sweepOnce(): Promise<number> {
    let missing = 0;
    for (const { batchNumber, deadlineAtMs } of this.#directory.controls.expire()) {
      this.#log(`batch ${batchNumber}: timed out, its deadline was ${deadlineAtMs}`);
    }
    for (const { jobId, batchNumber } of this.#directory.rows.listOpen()) {
      if ((await this.#queue.getJobState(queueJobId(jobId))) !== 'unknown') continue;
      await this.#add(jobId);
      this.#log(`batch ${batchNumber}: the queue did not know it, enqueued again`);
      missing += 1;
    }
    return missing;
  }

  async #sweepQuietly(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      this.#log(`sweep: ${messageOf(error)}`);
    }
  }

  async #add(jobId: string): Promise<void> {
    const priority = queuePriority(this.#directory.rows.get(jobId));
    await this.#queue.add('prove', { version: 1, jobId }, { jobId: queueJobId(jobId), priority });
  }
}
