import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../engine/message-of.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { EXIT_CODES } from '../cli/exit-codes.ts';
import type { JobClaims } from '../store/job-claims.ts';
import { type WorkerIdentity, workerIdentity } from '../store/worker-identity.ts';

/** What worker processes are started with. */
export interface SupervisorOptions {
  readonly claims: JobClaims;
  readonly workerCount: number;
  /** Arguments of `proofbook worker`, the data directory among them. */
  readonly workerArguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Takes what the workers write, line by line. */
  readonly log: (line: string) => void;
}

const CLI = fileURLToPath(new URL('../cli/bin.mjs', import.meta.url));
const RESTARTS_MAX = 10;
const RESTART_DELAY_MS = 200;
const STOP_GRACE_MS = 15_000;

interface RunningWorker {
  readonly child: ChildProcess;
  readonly identity: WorkerIdentity;
}

/**
 * Keeps worker processes running. A worker that dies by a signal is replaced, and what it had claimed is free at once; one
 * that exits by itself had a reason that the next would have too, so the supervisor gives up and says it. Workers end
 * with us, even when we are killed: they watch their stdin.
 */
export class WorkerSupervisor {
  readonly #options: SupervisorOptions;
  readonly #workers = new Set<RunningWorker>();
  #restarts = 0;
  #stopping = false;
  #failure: ProofbookError | undefined;
  #lastLine = '(it wrote nothing)';

  constructor(options: SupervisorOptions) {
    this.#options = options;
    for (let i = 0; i < options.workerCount; i++) this.#spawn();
  }

  /** Process ids of the workers that run. */
  get pids(): readonly number[] {
    return [...this.#workers].map(({ identity }) => identity.pid);
  }

  /** Set once no worker is left and none will be started: why. */
  get failure(): ProofbookError | undefined {
    return this.#failure;
  }

  /** Asks every worker to give its job back and end; kills those that do not. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#workers].map(({ child }) => stopChild(child)));
  }

  #spawn(): void {
    const { workerArguments, environment } = this.#options;
    const child = spawn(process.execPath, [CLI, 'worker', '--stop-with-stdin', ...workerArguments], {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: environment,
    });
    child.stdin?.on('error', () => undefined);
    child.once('error', (error) => this.#giveUp(error.message));
    if (child.pid === undefined || child.stderr === null) return;
    const worker = { child, identity: workerIdentity(child.pid) };
    this.#workers.add(worker);
    createInterface({ input: child.stderr }).on('line', (line) => {
      this.#lastLine = line;
      this.#options.log(line);
    });
    // 'close' and not 'exit': the last line has been read by then.
    child.once('close', (code, signal) => this.#ended(worker, code, signal));
  }

  #ended(worker: RunningWorker, code: number | null, signal: NodeJS.Signals | null): void {
    this.#workers.delete(worker);
    const { pid } = worker.identity;
    const freed = this.#freeClaims(worker.identity);
    if (this.#stopping) return;
    this.#options.log(`worker ${pid} ended by ${signal ?? `code ${code}`}, ${freed} claims freed`);
    if (code === EXIT_CODES.recycled) {
      this.#spawn();
    } else if (signal === null) {
      this.#giveUp(`with exit code ${code}: ${this.#lastLine}`);
    } else if (this.#restarts >= RESTARTS_MAX) {
      this.#giveUp(`by ${signal}`);
    } else {
      this.#restarts += 1;
      setTimeout(() => {
        if (!this.#stopping) this.#spawn();
      }, RESTART_DELAY_MS);
    }
  }

  /** Without it the next claim of the job finds out that the worker is dead: a store that is busy now costs no worker. */
  #freeClaims(worker: WorkerIdentity): number {
    try {
      return this.#options.claims.endClaimsOf(worker).length;
    } catch (error) {
      this.#options.log(`claims of worker ${worker.pid} are left for later: ${messageOf(error)}`);
      return 0;
    }
  }

  #giveUp(reason: string): void {
    if (this.#workers.size > 0) return;
    this.#failure ??= new ProofbookError('WORKERS_EXHAUSTED', { value: this.#restarts + 1, reason });
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.stdin?.end();
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
  await closed;
  clearTimeout(killer);
}
