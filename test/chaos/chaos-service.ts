import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { commandLineOf, descendantsOf } from '../support/processes.ts';
import type { Answer } from './submission.ts';

const BROKER = fileURLToPath(new URL('./broker-process.ts', import.meta.url));
const HOST = /fake-host\/main\.ts|proofbook-host/;
const START_TIMEOUT_MS = 60_000;
const ANSWER_TIMEOUT_MS = 30_000;

/** How a service under chaos is started. */
export interface ServiceOptions {
  readonly data: string;
  readonly kind: 'fake' | 'app';
  readonly workerCount: number;
  readonly workerArguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/** The broker process with all that it starts, and the client that submits to it. */
export class ChaosService {
  readonly options: ServiceOptions;
  readonly #log: WriteStream;
  #child: ChildProcess | undefined;
  #environment: NodeJS.ProcessEnv;
  #waiting = new Map<number, (answer: Answer | undefined) => void>();

  constructor(options: ServiceOptions) {
    this.options = options;
    this.#environment = options.environment;
    this.#log = createWriteStream(join(options.data, 'chaos.log'), { flags: 'a' });
  }

  get pid(): number | undefined {
    return this.isRunning ? this.#child?.pid : undefined;
  }

  get isRunning(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Process ids below the broker whose command line matches. */
  pidsOf(pattern: RegExp): readonly number[] {
    const { pid } = this;
    return pid === undefined ? [] : descendantsOf(pid).filter((below) => pattern.test(commandLineOf(below)));
  }

  get workerPids(): readonly number[] {
    return this.pidsOf(/bin\.mjs worker /);
  }

  get hostPids(): readonly number[] {
    return this.pidsOf(HOST);
  }

  /** The prover hosts of one worker: where several workers run, those of the others have work of their own. */
  hostPidsOf(workerPid: number): readonly number[] {
    return descendantsOf(workerPid).filter((below) => HOST.test(commandLineOf(below)));
  }

  get redisPids(): readonly number[] {
    return this.pidsOf(/^\S*(redis|valkey)-server/);
  }

  /** From the next start on. */
  setEnvironment(change: NodeJS.ProcessEnv): void {
    this.#environment = { ...this.#environment, ...change };
  }

  /** Starts the broker unless it runs; resolves when it answers. @throws Error with its exit code when it ends instead */
  async start(): Promise<void> {
    if (this.isRunning) return;
    const { data, kind, workerCount, workerArguments } = this.options;
    const child = spawn(process.execPath, [BROKER, data, kind, String(workerCount), ...workerArguments], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: this.#environment,
    });
    this.#child = child;
    child.stdin?.on('error', () => undefined);
    child.stderr?.pipe(this.#log, { end: false });
    if (child.stdout === null) throw new Error('the broker has no stdout');
    createInterface({ input: child.stdout }).on('line', (line) => this.#hear(JSON.parse(line) as Answer));
    child.once('exit', () => {
      for (const settle of this.#waiting.values()) settle(undefined);
    });
    const ready = await this.#answerOf(0, START_TIMEOUT_MS);
    if (ready === undefined) throw new Error(`the broker did not start: exit code ${child.exitCode}`);
  }

  /** Submits a batch. @returns undefined when the broker is gone or silent: then nobody knows, and one asks again */
  async submit(position: number, commands: Uint8Array): Promise<Answer | undefined> {
    if (!this.isRunning) return undefined;
    const answer = this.#answerOf(position, ANSWER_TIMEOUT_MS);
    this.#child?.stdin?.write(
      `${JSON.stringify({ position, commands: Buffer.from(commands).toString('hex') })}\n`,
    );
    return answer;
  }

  /** Ends the broker alone, as the kernel does. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.isRunning) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Asks it to end in order. @returns its exit code */
  async stop(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || !this.isRunning) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
    return child.exitCode;
  }

  close(): void {
    this.#log.end();
  }

  #hear(answer: Answer): void {
    this.#waiting.get(answer.position)?.(answer);
  }

  #answerOf(position: number, timeoutMs: number): Promise<Answer | undefined> {
    return new Promise((settle) => {
      const finish = (answer: Answer | undefined): void => {
        clearTimeout(timer);
        this.#waiting.delete(position);
        settle(answer);
      };
      const timer = setTimeout(() => finish(undefined), timeoutMs);
      this.#waiting.set(position, finish);
    });
  }
}
