/**
 * A small broker as a process of its own: the parts that `proofbook serve` is made of, without its HTTP. It takes lines of
 * JSON on stdin and answers on stdout; it ends on SIGTERM, and when its stdin does.
 *
 * usage: broker-process.ts DATA fake|app WORKERS [worker arguments]
 */
import { createInterface } from 'node:readline';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { messageOf } from '../../engine/message-of.ts';
import { isProofbookError } from '../../engine/proofbook-error.ts';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { BatchClock, clockOf } from '../../queue/broker/batch-clock.ts';
import { Broker } from '../../queue/broker/broker.ts';
import { proofPolicy } from '../../queue/broker/proof-policy.ts';
import { Sequencer } from '../../queue/broker/sequencer.ts';
import { WorkerSupervisor } from '../../queue/broker/worker-supervisor.ts';
import { exitCodeOf } from '../../queue/cli/exit-codes.ts';
import { resolveBackend } from '../../queue/redis/resolve-backend.ts';
import { DataDirectory } from '../../queue/store/data-directory.ts';
import { DirectoryLock } from '../../queue/store/directory-lock.ts';
import type { Answer, Submission } from './submission.ts';

const SWEEP_INTERVAL_MS = 500;

const [data = '', kind = '', workers = '', ...workerArguments] = process.argv.slice(2);
const log = (line: string): void => void process.stderr.write(`${line}\n`);
const policy = proofPolicy(kind === 'app' ? 'app' : 'fake', loadGuestImage(), { allowFake: true });

async function main(): Promise<void> {
  const lock: DirectoryLock | undefined = DirectoryLock.acquire(data);
  const directory = new DataDirectory(data);
  const market = new Market(directory);
  const backend = await resolveBackend({ PATH: process.env.PATH }, directory.paths.redis);
  const broker = await Broker.start(directory, backend, {}, log, SWEEP_INTERVAL_MS);
  const supervisor = new WorkerSupervisor({
    claims: directory.claims,
    workerCount: Number(workers),
    workerArguments: ['--data', data, ...(kind === 'app' ? [] : ['--allow-fake']), ...workerArguments],
    environment: process.env,
    log,
  });
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => void answer(market, broker, JSON.parse(line) as Submission));
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await supervisor.stop();
    await broker.close();
    await backend.close();
    directory.close();
    lock?.release();
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  lines.once('close', () => void stop());
  say({ position: 0, outcome: 'ready' });
}

function say(line: Answer): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** The one market of this broker; opened again after a batch that could not be made durable. */
class Market {
  readonly #directory: DataDirectory;
  #sequencer: Sequencer | undefined;
  #clock = new BatchClock(0n);

  constructor(directory: DataDirectory) {
    this.#directory = directory;
    this.#open();
  }

  /** Takes the batch at its position, or finds that it was taken before. @returns the job to enqueue, if it is new */
  take({ position, commands }: Submission): string | undefined {
    const sequencer = this.#open();
    const done = Number(sequencer.engine.batchNumber());
    const bytes = Buffer.from(commands, 'hex');
    if (position <= done) {
      const logged = this.#directory.commandLog.read().batches[position - 1];
      if (logged !== undefined && bytes.equals(logged.commands)) return undefined;
      throw new Error(`position ${position} holds another batch`);
    }
    if (position !== done + 1) throw new Error(`position ${position} is not the next after ${done}`);
    try {
      return sequencer.seal(bytes, this.#clock.next()).jobId;
    } catch (error) {
      if (isProofbookError(error, 'SEQUENCER_STOPPED')) this.#sequencer = undefined;
      throw error;
    }
  }

  #open(): Sequencer {
    if (this.#sequencer !== undefined) return this.#sequencer;
    const { commandLog } = this.#directory;
    const sequencer = commandLog.exists()
      ? Sequencer.open(this.#directory, policy)
      : Sequencer.create(this.#directory, policy, DEFAULT_MARKET_CONFIG);
    const last = commandLog.read().batches.at(-1);
    this.#clock = new BatchClock(last?.timestampNs ?? 0n, clockOf(process.env));
    this.#sequencer = sequencer;
    return sequencer;
  }
}

async function answer(market: Market, broker: Broker, submission: Submission): Promise<void> {
  const { position } = submission;
  try {
    const jobId = market.take(submission);
    say({ position, outcome: 'taken' });
    if (jobId !== undefined) await broker.enqueue(jobId);
  } catch (error) {
    say({ position, outcome: 'refused', reason: messageOf(error) });
  }
}

await main().catch((error: unknown) => {
  log(isProofbookError(error) ? `${error.message} (${error.code})` : String(error));
  process.exit(exitCodeOf(error));
});
