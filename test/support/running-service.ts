import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { encodeCommands, type PlaceCommand } from '../../engine/command.ts';

const CLI = fileURLToPath(new URL('../../queue/cli/main.ts', import.meta.url));
const START_TIMEOUT_MS = 60_000;

/** How a service is started for a test. */
export interface RunningOptions {
  readonly root?: string;
  /** Further arguments; the stand-in prover and no keys unless said otherwise. */
  readonly args?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

const DEFAULT_ARGS = ['--no-auth', '--kind', 'fake', '--allow-fake', '--workers', '0'];

/** `proofbook serve` as a process of its own, on a port of its own. */
export class RunningService {
  readonly root: string;
  readonly url: string;
  readonly pid: number;
  readonly lines: string[];
  readonly #child: ChildProcess;

  static async start({ root = newRoot(), args = DEFAULT_ARGS, environment = {} }: RunningOptions = {}) {
    const child = spawn(process.execPath, [CLI, 'serve', '--data', root, '--port', '0', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...environment },
    });
    const lines: string[] = [];
    const url = await new Promise<string>((settle, fail) => {
      const timer = setTimeout(
        () => fail(new Error(`it did not start:\n${lines.join('\n')}`)),
        START_TIMEOUT_MS,
      );
      createInterface({ input: child.stderr }).on('line', (line) => {
        lines.push(line);
        const match = /^listening on (http:\S+)$/.exec(line);
        if (match?.[1] !== undefined) settle(match[1]);
      });
      child.once('close', () => fail(new Error(`it ended:\n${lines.join('\n')}`)));
      child.once('close', () => clearTimeout(timer));
    });
    return new RunningService(root, url, child, lines);
  }

  private constructor(root: string, url: string, child: ChildProcess, lines: string[]) {
    this.root = root;
    this.url = url;
    this.pid = child.pid ?? 0;
    this.lines = lines;
    this.#child = child;
  }

  /** Data directory of market 1. */
  get marketRoot(): string {
    return join(this.root, 'markets', '1');
  }

  async get(path: string, headers: Record<string, string> = {}) {
    return answerOf(await fetch(`${this.url}${path}`, { headers }));
  }

  async post(path: string, body: unknown = undefined, headers: Record<string, string> = {}) {
    const isBytes = body instanceof Uint8Array;
    const type =
      body === undefined ? {} : { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' };
    const init = { method: 'POST', headers: { ...type, ...headers } };
    if (body === undefined) return answerOf(await fetch(`${this.url}${path}`, init));
    const content = isBytes ? Uint8Array.from(body) : JSON.stringify(body);
    return answerOf(await fetch(`${this.url}${path}`, { ...init, body: content }));
  }

  /** Asks again until `isDone` says so. */
  async until(path: string, isDone: (body: never) => boolean, timeoutMs = 30_000) {
    const deadlineMs = Date.now() + timeoutMs;
    for (;;) {
      const answer = await this.get(path);
      if (answer.status === 200 && isDone(answer.body as never)) return answer;
      if (Date.now() > deadlineMs) throw new Error(`${path} stayed ${JSON.stringify(answer.body)}`);
      await delay(100);
    }
  }

  /** Ends it; the directory stays. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const closed = once(this.#child, 'close');
      this.#child.kill(signal);
      await closed;
    }
    return this.#child.exitCode;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

async function answerOf(response: Response) {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const type = response.headers.get('content-type') ?? '';
  const body: unknown = type.includes('json') ? JSON.parse(Buffer.from(bytes).toString()) : undefined;
  return { status: response.status, headers: response.headers, type, bytes, body };
}

function newRoot(): string {
  return mkdtempSync(join(tmpdir(), 'proofbook-service-'));
}

/** Packed orders that cross now and then, told apart by their client order ids. */
export function packedOrders(firstId: number, count: number): Uint8Array {
  const commands = Array.from({ length: count }, (_, index): PlaceCommand => {
    const id = firstId + index;
    return {
      kind: 'place',
      side: id % 2 === 0 ? 'bid' : 'ask',
      clientOrderId: BigInt(id),
      timeInForce: 'GTC',
      account: 1 + (id % 5),
      price: BigInt(100 + ((id * 7) % 11) - 5),
      quantity: BigInt(1 + (id % 9)),
    };
  });
  return encodeCommands(commands);
}
