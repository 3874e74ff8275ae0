import { spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ChaosProcesses } from './chaos-processes.ts';
import type { ServiceOptions, ServiceUnderTest } from './service-under-test.ts';
import type { Answer } from './submission.ts';

const BROKER = fileURLToPath(new URL('./broker-process.ts', import.meta.url));
const START_TIMEOUT_MS = 60_000;
const ANSWER_TIMEOUT_MS = 30_000;

/** The broker process with all that it starts, and the client that submits to it. */
export class ChaosService implements ServiceUnderTest {
  readonly options: ServiceOptions;
  readonly #log: WriteStream;
  readonly #processes = new ChaosProcesses();
  #environment: NodeJS.ProcessEnv;
  #starting: Promise<void> | undefined;
  #waiting = new Map<number, (answer: Answer | undefined) => void>();

  constructor(options: ServiceOptions) {
    this.options = options;
    this.#environment = options.environment;
    this.#log = createWriteStream(join(options.data, 'chaos.log'), { flags: 'a' });
  }

  get pid(): number | undefined {
    return this.#processes.pid;
  }

  get workerPids(): readonly number[] {
    return this.#processes.workers;
  }

  get hostPids(): readonly number[] {
    return this.#processes.hosts;
  }

  get redisPids(): readonly number[] {
    return this.#processes.redis;
  }

  hostPidsOf(workerPid: number): readonly number[] {
    return this.#processes.hostsOf(workerPid);
  }

  setEnvironment(change: NodeJS.ProcessEnv): void {
    this.#environment = { ...this.#environment, ...change };
  }

  async start(): Promise<void> {
    if (this.#processes.isRunning && this.#starting === undefined) return;
    this.#starting ??= this.#startOnce().finally(() => {
      this.#starting = undefined;
    });
    await this.#starting;
  }

  async #startOnce(): Promise<void> {
    const { data, kind, workerCount, workerArguments } = this.options;
    const child = spawn(process.execPath, [BROKER, data, kind, String(workerCount), ...workerArguments], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: this.#environment,
    });
    this.#processes.child = child;
    child.stdin.on('error', () => undefined);
    child.stderr.pipe(this.#log, { end: false });
    createInterface({ input: child.stdout }).on('line', (line) => this.#hear(JSON.parse(line) as Answer));
    child.once('exit', () => {
      for (const settle of this.#waiting.values()) settle(undefined);
    });
    const ready = await this.#answerOf(0, START_TIMEOUT_MS);
    if (ready === undefined) throw new Error(`the broker did not start: exit code ${child.exitCode}`);
  }

  async startSecond(): Promise<string | undefined> {
    const second = new ChaosService({ ...this.options, workerCount: 0 });
    try {
      await second.start();
      // It should never come to this: two brokers now write one log.
      await second.submit(1, new Uint8Array(32));
      await second.kill();
      return undefined;
    } catch (error) {
      return String(error);
    } finally {
      second.close();
    }
  }

  /** Submits a batch. @returns undefined when the broker is gone or silent: then nobody knows, and one asks again */
  async submit(position: number, commands: Uint8Array): Promise<Answer | undefined> {
    if (!this.#processes.isRunning) return undefined;
    const answer = this.#answerOf(position, ANSWER_TIMEOUT_MS);
    this.#processes.child?.stdin?.write(
      `${JSON.stringify({ position, commands: Buffer.from(commands).toString('hex') })}\n`,
    );
    return answer;
  }

  async kill(): Promise<void> {
    await this.#processes.end('SIGKILL');
  }

  stop(): Promise<number | null> {
    return this.#processes.end('SIGTERM');
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
