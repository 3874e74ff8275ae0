import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeCommands } from '../../engine/command.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { Broker } from '../../queue/broker/broker.ts';
import { proofPolicy } from '../../queue/broker/proof-policy.ts';
import { type ProofPolicy, Sequencer, type StoredBatch } from '../../queue/broker/sequencer.ts';
import { WorkerSupervisor } from '../../queue/broker/worker-supervisor.ts';
import { seededFlow } from '../../queue/order-flow/seeded-flow.ts';
import type { QueueBackend } from '../../queue/redis/queue-backend.ts';
import { resolveBackend } from '../../queue/redis/resolve-backend.ts';
import { DataDirectory } from '../../queue/store/data-directory.ts';

/** A data directory with its queue, broker and workers, all real; `close` ends and removes everything. */
export class QueueRun {
  readonly root = mkdtempSync(join(tmpdir(), 'proofbook-run-'));
  readonly directory = new DataDirectory(this.root);
  readonly policy: ProofPolicy;
  readonly #kind: 'app' | 'fake';
  readonly lines: string[] = [];
  #backend: QueueBackend | undefined;
  #broker: Broker | undefined;
  #supervisor: WorkerSupervisor | undefined;
  #environment: NodeJS.ProcessEnv = process.env;

  /** @param kind `fake` for the stand-in prover: quick, and no proof */
  constructor(kind: 'app' | 'fake' = 'app') {
    this.#kind = kind;
    this.policy = proofPolicy(kind, loadGuestImage(), { allowFake: kind === 'fake' });
  }

  /** Starts the datastore and the broker. @param environment what the backend is chosen by */
  async start(environment: NodeJS.ProcessEnv = { PATH: process.env.PATH }): Promise<this> {
    this.#environment = environment;
    this.#backend = await resolveBackend(environment, this.directory.paths.redis);
    await this.startBroker();
    return this;
  }

  async startBroker(): Promise<Broker> {
    await this.#broker?.close();
    this.#broker = await Broker.start(this.directory, this.backend, this.#environment, (line) =>
      this.lines.push(line),
    );
    return this.#broker;
  }

  /** Starts workers, unless some run already. */
  startWorkers(workerCount = 1, workerArguments: readonly string[] = []): WorkerSupervisor {
    if (this.#supervisor !== undefined && this.#supervisor.failure === undefined) return this.#supervisor;
    this.#supervisor = new WorkerSupervisor({
      claims: this.directory.claims,
      workerCount,
      workerArguments: [
        '--data',
        this.root,
        ...(this.#kind === 'fake' ? ['--allow-fake'] : []),
        ...workerArguments,
      ],
      environment: { ...process.env, REDIS_URL: this.#environment.REDIS_URL },
      log: (line) => this.lines.push(line),
    });
    return this.#supervisor;
  }

  get backend(): QueueBackend {
    if (this.#backend === undefined) throw new Error('the run was not started');
    return this.#backend;
  }

  get broker(): Broker {
    if (this.#broker === undefined) throw new Error('the run was not started');
    return this.#broker;
  }

  /** Ends workers, broker and datastore; the data directory stays open. */
  async stopAll(): Promise<void> {
    await this.#supervisor?.stop();
    await this.#broker?.close();
    await this.#backend?.close();
    this.#supervisor = undefined;
    this.#broker = undefined;
    this.#backend = undefined;
  }

  async close(): Promise<void> {
    await this.stopAll();
    this.directory.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Seals the next `batchCount` batches of a seeded flow into the store; nothing is enqueued. */
export function sealSeeded(run: QueueRun, batchCount: number, batchSize: number): readonly StoredBatch[] {
  const { directory, policy } = run;
  const sequencer = directory.commandLog.exists()
    ? Sequencer.open(directory, policy)
    : Sequencer.create(directory, policy, DEFAULT_MARKET_CONFIG);
  const done = Number(sequencer.engine.batchNumber());
  const { commands } = seededFlow(1n, (done + batchCount) * batchSize);
  return Array.from({ length: batchCount }, (_, index) => {
    const start = (done + index) * batchSize;
    const chunk = commands.slice(start, start + batchSize);
    return sequencer.seal(
      encodeCommands(chunk.map(({ command }) => command)),
      chunk.at(-1)?.timestampNs ?? 0n,
    );
  });
}
