import { spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { marketRoot } from '../../queue/broker/market-service.ts';
import { ChaosProcesses } from './chaos-processes.ts';
import type { ServiceOptions, ServiceUnderTest } from './service-under-test.ts';

/** The market that rounds through HTTP submit to. */
export const MARKET_ID = 1n;

const CLI = fileURLToPath(new URL('../../queue/cli/main.ts', import.meta.url));
const START_TIMEOUT_MS = 60_000;
const BATCH_RECORDS_MAX = 16;
const BATCH_AGE_MS = 300;

/** `proofbook serve` with all that it starts, each time on another port. */
export class HttpService implements ServiceUnderTest {
  readonly options: ServiceOptions;
  readonly #root: string;
  readonly #log: WriteStream;
  readonly #processes = new ChaosProcesses();
  #environment: NodeJS.ProcessEnv;
  #starting: Promise<void> | undefined;
  #url: string | undefined;

  /** @param root directory of the service; `options.data` is that of its market */
  constructor(root: string, options: Omit<ServiceOptions, 'data'>) {
    this.#root = root;
    this.options = { ...options, data: marketRoot(root, MARKET_ID) };
    this.#environment = options.environment;
    this.#log = createWriteStream(join(root, 'chaos.log'), { flags: 'a' });
  }

  /** Where it answers; undefined while it does not run. */
  get url(): string | undefined {
    return this.#processes.isRunning ? this.#url : undefined;
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

  /** Several clients may want it to run at once: one of them starts it. */
  async start(): Promise<void> {
    if (this.url !== undefined) return;
    this.#starting ??= this.#startOnce().finally(() => {
      this.#starting = undefined;
    });
    await this.#starting;
  }

  async startSecond(): Promise<string | undefined> {
    const second = new HttpService(this.#root, { ...this.options, workerCount: 0 });
    try {
      await second.start();
      await second.kill();
      return undefined;
    } catch (error) {
      return String(error);
    } finally {
      second.close();
    }
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

  async #startOnce(): Promise<void> {
    const { kind, workerCount } = this.options;
    const args = [
      ...['serve', '--data', this.#root, '--port', '0', '--no-auth', '--market', String(MARKET_ID)],
      ...['--kind', kind, ...(kind === 'fake' ? ['--allow-fake'] : []), '--workers', String(workerCount)],
      ...['--batch-size', String(BATCH_RECORDS_MAX), '--batch-age-ms', String(BATCH_AGE_MS)],
    ];
    const child = spawn(process.execPath, [CLI, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: this.#environment,
    });
    this.#processes.child = child;
    this.#url = undefined;
    child.stderr.pipe(this.#log, { end: false });
    this.#url = await new Promise<string>((settle, fail) => {
      const timer = setTimeout(() => fail(new Error('the service does not listen')), START_TIMEOUT_MS);
      createInterface({ input: child.stderr }).on('line', (line) => {
        const [, url] = /^listening on (http:\S+)$/.exec(line) ?? [];
        if (url !== undefined) settle(url);
      });
      child.once('exit', (code) => fail(new Error(`the service did not start: exit code ${code}`)));
      child.once('exit', () => clearTimeout(timer));
    });
  }
}
