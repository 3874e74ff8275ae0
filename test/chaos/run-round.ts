import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeCommands } from '../../engine/command.ts';
import { messageOf } from '../../engine/message-of.ts';
import { Prover } from '../../prover/sdk/prover.ts';
import { seededFlow } from '../../queue/order-flow/seeded-flow.ts';
import { DataDirectory } from '../../queue/store/data-directory.ts';
import { isClosed } from '../../queue/store/job-row.ts';
import { Random } from '../model/random.ts';
import { ChaosService } from './chaos-service.ts';
import { checkRound, MARKER_NAME, processesMarked, type RoundDamage } from './check-round.ts';
import type { ChaosFault, RoundContext } from './round-context.ts';

/** How a round is run. */
export interface RoundSettings {
  readonly round: number;
  readonly seed: bigint;
  readonly faults: readonly ChaosFault[];
  /** The real prover instead of the stand-in. */
  readonly real: boolean;
  readonly say: (line: string) => void;
}

/** A round that was run: what it cost, and how it can be had again. */
export interface RoundResult extends RoundDamage {
  readonly round: number;
  readonly faults: readonly string[];
  readonly requeued: number;
  readonly durationMs: number;
}

const BATCHES = 6;
const REAL_BATCHES = 2;
const COMMANDS_PER_BATCH = 8;
const FAKE_DELAYS_MS = { min: 20, max: 400 };
// How long a batch may take to be taken, and all of them to be proven.
const PATIENCE_MS = Number(process.env.PROOFBOOK_CHAOS_PATIENCE_S ?? '90') * 1_000;
const REAL_PATIENCE_MS = 900_000;
const GONE_PATIENCE_MS = 10_000;
const POLL_MS = 50;

/** Runs one round on a directory of its own: real processes, seeded commands, faults at seeded moments, then the checks. */
export async function runRound(settings: RoundSettings): Promise<RoundResult> {
  const startedMs = Date.now();
  const data = mkdtempSync(join(tmpdir(), 'proofbook-chaos-'));
  const marker = `${process.pid}-${settings.round}-${startedMs}`;
  const round = new Round(settings, data, marker);
  const problems: string[] = [];
  try {
    await round.run();
  } catch (error) {
    problems.push(messageOf(error));
  } finally {
    await round.end();
  }
  await untilGone(marker);
  const prover = settings.real ? await Prover.start({ logStackedHeight: 20 }) : undefined;
  const check = { acceptFake: !settings.real, ...(prover === undefined ? {} : { prover }) };
  const damage = await checkRound(data, round.accepted, marker, check);
  await prover?.close();
  const all = [...problems, ...damage.problems];
  if (all.length === 0) rmSync(data, { recursive: true, force: true });
  else settings.say(`round ${settings.round} is kept in ${data}`);
  for (const { pid } of processesMarked(marker)) process.kill(pid, 'SIGKILL');
  return {
    ...damage,
    problems: all,
    // A round that did not come to its end has a batch that nobody proved, whatever its files say.
    unproven: problems.length > 0 ? Math.max(1, damage.unproven) : damage.unproven,
    round: settings.round,
    faults: settings.faults.map(({ name }) => name),
    requeued: round.requeued,
    durationMs: Date.now() - startedMs,
  };
}

class Round {
  readonly accepted: Uint8Array[] = [];
  requeued = 0;
  readonly #settings: RoundSettings;
  readonly #random: Random;
  readonly #directory: DataDirectory;
  readonly #service: ChaosService;
  readonly #batches: readonly Uint8Array[];

  constructor(settings: RoundSettings, data: string, marker: string) {
    this.#settings = settings;
    this.#random = new Random(settings.seed + BigInt(settings.round) * 1_000_003n);
    const { faults, real } = settings;
    this.#batches = seededBatches(this.#random.u64(), real ? REAL_BATCHES : BATCHES);
    this.#directory = new DataDirectory(data);
    const delayMs = this.#random.between(FAKE_DELAYS_MS.min, FAKE_DELAYS_MS.max);
    const environments = faults.map(({ environment }) => environment?.(this.#random) ?? {});
    this.#service = new ChaosService({
      data,
      kind: real ? 'app' : 'fake',
      workerCount: Math.max(1, ...faults.map(({ workerCount }) => workerCount ?? 1)),
      workerArguments: real ? [] : faults.flatMap(({ workerArguments }) => workerArguments ?? []),
      environment: Object.assign(
        {
          ...process.env,
          [MARKER_NAME]: marker,
          PROOFBOOK_FAKE_SEED: String(this.#random.below(2 ** 31)),
          PROOFBOOK_FAKE_DELAY_MS: String(delayMs),
          PROOFBOOK_FAKE_NOTES: join(data, 'fake-notes'),
        },
        ...environments,
      ),
    });
  }

  async run(): Promise<void> {
    await this.#service.start();
    const [injected] = await Promise.allSettled([this.#injectAll(), this.#submitAll()]).then((results) => {
      for (const result of results) if (result.status === 'rejected') throw result.reason;
      return results;
    });
    if (injected?.status === 'rejected') throw injected.reason;
    await this.#untilClosed();
    for (const fault of this.#settings.faults) await fault.look?.(this.#context());
    await this.#untilClosed();
  }

  /** Ends what still runs, in order first. */
  async end(): Promise<void> {
    await this.#service.stop();
    this.#service.close();
    this.#directory.close();
  }

  async #injectAll(): Promise<void> {
    for (const fault of this.#settings.faults) {
      const after = 1 + this.#random.below(this.#batches.length - 1);
      const waitMs = this.#random.below(500);
      while (this.accepted.length < after) await delay(POLL_MS);
      await delay(waitMs);
      this.#settings.say(`round ${this.#settings.round}: ${fault.name} after batch ${this.accepted.length}`);
      await fault.inject?.(this.#context());
    }
  }

  async #submitAll(): Promise<void> {
    for (const [index, commands] of this.#batches.entries()) {
      await this.#submit(index + 1, commands);
      this.accepted.push(commands);
      await delay(this.#random.below(250));
    }
  }

  /** Asks until somebody says that it is taken, and starts the broker again where it is gone. */
  async #submit(position: number, commands: Uint8Array): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    let reason = 'no answer';
    while (Date.now() < deadline) {
      await this.#service.start().catch((error: unknown) => {
        reason = messageOf(error);
      });
      const answer = await this.#service.submit(position, commands);
      if (answer?.outcome === 'taken') return;
      if (answer?.outcome === 'refused') reason = answer.reason;
      await delay(POLL_MS);
    }
    throw new Error(`batch ${position} was never taken: ${reason}`);
  }

  async #untilClosed(): Promise<void> {
    const patienceMs = this.#settings.real ? REAL_PATIENCE_MS : PATIENCE_MS;
    const deadline = Date.now() + patienceMs;
    for (;;) {
      await this.#service.start();
      const jobs = this.#directory.rows.list();
      const open = jobs.filter(({ state }) => !isClosed(state));
      if (jobs.length >= this.#batches.length && open.length === 0 && !this.#requeueParked()) return;
      if (Date.now() > deadline) throw new Error(`${open.length} jobs are open after ${patienceMs} ms`);
      await delay(POLL_MS);
    }
  }

  /** The operator's part: a job that lost two workers to kills of ours is asked for again. */
  #requeueParked(): boolean {
    if (this.#settings.faults.some(({ mayPark }) => mayPark === false)) return false;
    const parked = this.#directory.rows.list().filter(({ state }) => state === 'failed');
    for (const { jobId, errorCode } of parked) {
      if (errorCode !== 'WORKER_LOST') continue;
      this.#directory.controls.requeue(jobId, 'its workers were killed on purpose');
      this.requeued += 1;
    }
    return parked.some(({ errorCode }) => errorCode === 'WORKER_LOST');
  }

  #context(): RoundContext {
    return {
      service: this.#service,
      directory: this.#directory,
      random: this.#random,
      isAlone: this.#settings.faults.length === 1,
      acceptedCount: () => this.accepted.length,
      say: (line) => this.#settings.say(`round ${this.#settings.round}: ${line}`),
    };
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

async function untilGone(marker: string): Promise<void> {
  const deadline = Date.now() + GONE_PATIENCE_MS;
  while (processesMarked(marker).length > 0 && Date.now() < deadline) await delay(POLL_MS);
}
