import { setTimeout as delay } from 'node:timers/promises';
import { encodeCommands } from '../../engine/command.ts';
import { messageOf } from '../../engine/message-of.ts';
import { seededFlow } from '../../queue/order-flow/seeded-flow.ts';
import type { JobRow } from '../../queue/store/job-row.ts';
import { ChaosService } from './chaos-service.ts';
import { batchesInOrder } from './compare-log.ts';
import type { DriverSettings, RoundDriver } from './round-driver.ts';

const BATCHES = 6;
const REAL_BATCHES = 2;
const COMMANDS_PER_BATCH = 8;
const POLL_MS = 50;

/** One client of the parts that a broker is made of: it submits whole batches, each at its position. */
export class PartsDriver implements RoundDriver {
  readonly service: ChaosService;
  readonly #settings: DriverSettings;
  readonly #batches: readonly Uint8Array[];
  readonly #accepted: Uint8Array[] = [];

  constructor(settings: DriverSettings) {
    const { root, seed, kind } = settings;
    this.#settings = settings;
    this.#batches = seededBatches(seed, kind === 'app' ? REAL_BATCHES : BATCHES);
    this.service = new ChaosService({ ...settings, data: root });
  }

  get submissionCount(): number {
    return this.#batches.length;
  }

  get acceptedCount(): number {
    return this.#accepted.length;
  }

  readonly compareLog = batchesInOrder(this.#accepted);

  async submitAll(): Promise<void> {
    for (const [index, commands] of this.#batches.entries()) {
      await this.#submit(index + 1, commands);
      this.#accepted.push(commands);
      await delay(this.#settings.pauseMs());
    }
  }

  isStored(jobs: readonly JobRow[]): boolean {
    return jobs.length >= this.#batches.length;
  }

  async tend(): Promise<void> {
    // Its market is opened again with the batch that it refused, which is submitted until it is taken.
  }

  async askAgain(): Promise<void> {
    // A position is a key: what was accepted under it is taken as known, and adds nothing to the log.
    for (const [index, commands] of this.#accepted.entries()) await this.#submit(index + 1, commands);
  }

  /** Asks until somebody says that it is taken, and starts the broker again where it is gone. */
  async #submit(position: number, commands: Uint8Array): Promise<void> {
    const deadline = Date.now() + this.#settings.patienceMs;
    let reason = 'no answer';
    while (Date.now() < deadline) {
      await this.service.start().catch((error: unknown) => {
        reason = messageOf(error);
      });
      const answer = await this.service.submit(position, commands);
      if (answer?.outcome === 'taken') return;
      if (answer?.outcome === 'refused') reason = answer.reason;
      await delay(POLL_MS);
    }
    throw new Error(`batch ${position} was never taken: ${reason}`);
  }
}

function seededBatches(seed: bigint, count: number): readonly Uint8Array[] {
  const { commands } = seededFlow(seed, count * COMMANDS_PER_BATCH);
  return Array.from({ length: count }, (_, index) =>
    encodeCommands(
      commands
        .slice(index * COMMANDS_PER_BATCH, (index + 1) * COMMANDS_PER_BATCH)
        .map(({ command }) => command),
    ),
  );
}
