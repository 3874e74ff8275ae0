import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli, startCli } from './run-cli.ts';

const START_MS = 60_000;
const POLL_MS = 50;

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads out of an answer is checked by the test
  readonly json: any;
}

/** `proofbook serve` as a process of its own, on a data directory that outlives it. */
export class RunningService {
  readonly data: string;
  readonly #options: readonly string[];
  #running: ReturnType<typeof startCli> | undefined;
  #url = '';

  /** @param options of `proofbook serve`; the port is a free one */
  constructor(options: readonly string[], data = mkdtempSync(join(tmpdir(), 'proofbook-service-'))) {
    this.#options = options;
    this.data = data;
  }

  get url(): string {
    return this.#url;
  }

  get pid(): number {
    if (this.#running === undefined) throw new Error('the service does not run');
    return this.#running.pid;
  }

  /** Starts the service and waits until it listens. */
  async start(): Promise<this> {
    const running = startCli(['serve', '--data', this.data, '--port', '0', ...this.#options]);
    this.#running = running;
    const deadline = Date.now() + START_MS;
    let hasEnded = false;
    void running.finished.then(() => {
      hasEnded = true;
    });
    for (;;) {
      const found = /listening on (http:\S+)/.exec(running.stderrSoFar());
      if (found?.[1] !== undefined) {
        this.#url = found[1];
        return this;
      }
      if (hasEnded || Date.now() > deadline)
        throw new Error(`the service did not start: ${running.stderrSoFar()}`);
      await new Promise((settle) => setTimeout(settle, POLL_MS));
    }
  }

  /** Ends it as an operator does, or, by SIGKILL, as a crash does. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<{ readonly exitCode: number | null }> {
    const running = this.#running;
    if (running === undefined) return { exitCode: null };
    this.#running = undefined;
    process.kill(running.pid, signal);
    return running.finished;
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.data, { recursive: true, force: true });
  }

  get(path: string, headers: Record<string, string> = {}): Promise<ServiceAnswer> {
    return answerOf(fetch(this.#url + path, { headers }));
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<ServiceAnswer> {
    const isPacked = body instanceof Uint8Array;
    const contentType = isPacked ? 'application/octet-stream' : 'application/json';
    return answerOf(
      fetch(this.#url + path, {
        method: 'POST',
        headers: { 'content-type': contentType, ...headers },
        body: isPacked ? new Uint8Array(body) : JSON.stringify(body),
      }),
    );
  }

  /** Makes an API key, as an operator does. */
  async makeKey(scopes: string): Promise<string> {
    const { stdout } = await runCli(['keys', 'create', '--data', this.data, '--scopes', scopes, '--json']);
    return JSON.parse(stdout).key;
  }
}

async function answerOf(sent: Promise<Response>): Promise<ServiceAnswer> {
  const response = await sent;
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, json: isJson ? JSON.parse(text) : text };
}
