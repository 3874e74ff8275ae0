import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../engine/message-of.ts';
import { Prover } from '../../prover/sdk/prover.ts';
import { DataDirectory } from '../../queue/store/data-directory.ts';
import { isClosed } from '../../queue/store/job-row.ts';
import { Random } from '../model/random.ts';
import {
  checkRound,
  type LogComparison,
  MARKER_NAME,
  processesMarked,
  type RoundDamage,
} from './check-round.ts';
import { HttpDriver } from './http-driver.ts';
import { PartsDriver } from './parts-driver.ts';
import type { ChaosFault, RoundContext } from './round-context.ts';
import type { RoundDriver } from './round-driver.ts';

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

const FAKE_DELAYS_MS = { min: 20, max: 400 };
// How long a batch may take to be taken, and all of them to be proven.
const PATIENCE_MS = Number(process.env.PROOFBOOK_CHAOS_PATIENCE_S ?? '90') * 1_000;
const REAL_PATIENCE_MS = 900_000;
const GONE_PATIENCE_MS = 10_000;
const POLL_MS = 50;
const PAUSE_MAX_MS = 250;

/** Runs one round on a directory of its own: real processes, seeded commands, faults at seeded moments, then the checks. */
export async function runRound(settings: RoundSettings): Promise<RoundResult> {
  const startedMs = Date.now();
  const root = mkdtempSync(join(tmpdir(), 'proofbook-chaos-'));
  const marker = `${process.pid}-${settings.round}-${startedMs}`;
  const round = new Round(settings, root, marker);
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
  const damage = await checkRound(round.data, round.compareLog, marker, check);
  await prover?.close();
  const all = [...problems, ...damage.problems];
  if (all.length === 0) rmSync(root, { recursive: true, force: true });
  else settings.say(`round ${settings.round} is kept in ${root}`);
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
  requeued = 0;
  readonly #settings: RoundSettings;
  readonly #random: Random;
  readonly #directory: DataDirectory;
  readonly #driver: RoundDriver;

  constructor(settings: RoundSettings, root: string, marker: string) {
    const { faults, real, seed, round } = settings;
    this.#settings = settings;
    this.#random = new Random(seed + BigInt(round) * 1_000_003n);
    const random = this.#random;
    const flowSeed = random.u64();
    const delayMs = random.between(FAKE_DELAYS_MS.min, FAKE_DELAYS_MS.max);
    const environments = faults.map(({ environment }) => environment?.(random) ?? {});
    const isThroughHttp = faults.some((fault) => fault.isThroughHttp === true);
    this.#driver = new (isThroughHttp ? HttpDriver : PartsDriver)({
      root,
      seed: flowSeed,
      kind: real ? 'app' : 'fake',
      workerCount: Math.max(1, ...faults.map(({ workerCount }) => workerCount ?? 1)),
      workerArguments: real ? [] : faults.flatMap(({ workerArguments }) => workerArguments ?? []),
      environment: Object.assign(
        {
          ...process.env,
          [MARKER_NAME]: marker,
          PROOFBOOK_FAKE_SEED: String(random.below(2 ** 31)),
          PROOFBOOK_FAKE_DELAY_MS: String(delayMs),
          PROOFBOOK_FAKE_NOTES: join(root, 'fake-notes'),
        },
        ...environments,
      ),
      pauseMs: () => random.below(PAUSE_MAX_MS),
      patienceMs: PATIENCE_MS,
    });
    this.#directory = new DataDirectory(this.data);
  }

  /** The data directory that the round hurts. */
  get data(): string {
    return this.#driver.service.options.data;
  }

  get compareLog(): LogComparison {
    return this.#driver.compareLog;
  }

  async run(): Promise<void> {
    await this.#driver.service.start();
    const results = await Promise.allSettled([this.#injectAll(), this.#driver.submitAll()]);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    await this.#untilClosed();
    for (const fault of this.#settings.faults) await fault.look?.(this.#context());
    await this.#driver.askAgain();
    await this.#untilClosed();
  }

  /** Ends what still runs, in order first. */
  async end(): Promise<void> {
    await this.#driver.service.stop();
    this.#driver.service.close();
    this.#directory.close();
  }

  async #injectAll(): Promise<void> {
    for (const fault of this.#settings.faults) {
      const after = 1 + this.#random.below(this.#driver.submissionCount - 1);
      const waitMs = this.#random.below(500);
      while (this.#driver.acceptedCount < after) await delay(POLL_MS);
      await delay(waitMs);
      // A fault before this one may have ended it, and nobody had to submit since.
      await this.#driver.service.start();
      this.#say(`${fault.name} after submission ${this.#driver.acceptedCount}`);
      await fault.inject?.(this.#context());
    }
  }

  async #untilClosed(): Promise<void> {
    const patienceMs = this.#settings.real ? REAL_PATIENCE_MS : PATIENCE_MS;
    const deadline = Date.now() + patienceMs;
    for (;;) {
      await this.#driver.tend();
      await this.#driver.service.start();
      const jobs = this.#directory.rows.list();
      const open = jobs.filter(({ state }) => !isClosed(state));
      if (open.length === 0 && this.#driver.isStored(jobs) && !this.#requeueParked()) return;
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
      service: this.#driver.service,
      directory: this.#directory,
      random: this.#random,
      isAlone: this.#settings.faults.length === 1,
      acceptedCount: () => this.#driver.acceptedCount,
      say: (line) => this.#say(line),
    };
  }

  #say(line: string): void {
    this.#settings.say(`round ${this.#settings.round}: ${line}`);
  }
}

async function untilGone(marker: string): Promise<void> {
  const deadline = Date.now() + GONE_PATIENCE_MS;
  while (processesMarked(marker).length > 0 && Date.now() < deadline) await delay(POLL_MS);
}
