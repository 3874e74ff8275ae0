import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { QueueBackend } from './queue-backend.ts';
import type { QueueEndpoint } from './queue-endpoint.ts';

const KEEPER = fileURLToPath(new URL('./keep-redis.sh', import.meta.url));
const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 10_000;
const POLL_INTERVAL_MS = 20;
const RESTARTS_MAX = 10;

/**
 * A Redis of our own: unix socket in a directory that only we may enter, no TCP port, append-only file, no eviction. It
 * is started again when it dies, and it dies with us, even when we are killed (keep-redis.sh).
 */
export class PrivateRedis implements QueueBackend {
  readonly endpoint: QueueEndpoint;
  readonly description: string;
  readonly socketPath: string;
  readonly #server: string;
  readonly #socketDirectory: string;
  readonly #dataDirectory: string;
  #keeper: ChildProcess | undefined;
  #restarts = 0;
  #closing = false;

  /**
   * Starts one and waits until it answers.
   *
   * @param server path of redis-server or valkey-server
   * @param dataDirectory where its append-only file is; made if missing
   * @throws QUEUE_UNAVAILABLE
   */
  static async start(server: string, dataDirectory: string): Promise<PrivateRedis> {
    const redis = new PrivateRedis(server, dataDirectory);
    try {
      redis.#spawnKeeper();
      await redis.#waitUntilAnswering();
      return redis;
    } catch (error) {
      await redis.close();
      throw error;
    }
  }

  private constructor(server: string, dataDirectory: string) {
    this.#server = server;
    this.#dataDirectory = resolve(dataDirectory);
    mkdirSync(this.#dataDirectory, { recursive: true, mode: 0o700 });
    // Not in the data directory: a socket's path has at most 107 bytes. mkdtemp makes it mode 0700.
    this.#socketDirectory = mkdtempSync(join(tmpdir(), 'proofbook-redis-'));
    this.socketPath = join(this.#socketDirectory, 'redis.sock');
    this.endpoint = { backend: 'private-redis', socketPath: this.socketPath };
    this.description = `a private Redis (${server}) on a unix socket of this run`;
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    const keeper = this.#keeper;
    if (keeper !== undefined && keeper.exitCode === null && keeper.signalCode === null) {
      keeper.ref();
      const exited = once(keeper, 'exit');
      keeper.stdin?.end();
      const stopped = await Promise.race([
        exited.then(() => true),
        delay(STOP_TIMEOUT_MS, false, { ref: false }),
      ]);
      if (!stopped && keeper.pid !== undefined) killGroup(keeper.pid);
    }
    rmSync(this.#socketDirectory, { recursive: true, force: true });
  }

  #spawnKeeper(): void {
    // Its own process group: a Ctrl-C at the terminal must not stop Redis before we have returned our jobs.
    const keeper = spawn('/bin/sh', [KEEPER, this.#server, this.#socketDirectory, this.#dataDirectory], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    keeper.on('error', () => undefined);
    keeper.stdin?.on('error', () => undefined);
    // Without Redis the queue waits and the sweep complains: an error here must not end the process.
    keeper.on('exit', () => void this.#restart(keeper).catch(() => undefined));
    // It ends when we do: it must not keep us running.
    keeper.unref();
    this.#keeper = keeper;
  }

  async #restart(keeper: ChildProcess): Promise<void> {
    if (this.#closing || this.#restarts >= RESTARTS_MAX) return;
    this.#restarts += 1;
    if (keeper.signalCode !== null) {
      // A keeper that was killed left a watcher, which on the end of our pipe stops Redis and removes the directory.
      keeper.stdin?.destroy();
      for (
        let waited = 0;
        existsSync(this.#socketDirectory) && waited < STOP_TIMEOUT_MS;
        waited += POLL_INTERVAL_MS
      ) {
        await delay(POLL_INTERVAL_MS);
      }
      if (this.#closing) return;
      rmSync(this.#socketDirectory, { recursive: true, force: true });
      // Fails when somebody else made it meanwhile: then it is not ours to use.
      mkdirSync(this.#socketDirectory, { mode: 0o700 });
    }
    this.#spawnKeeper();
  }

  async #waitUntilAnswering(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await answersPing(this.socketPath))) {
      if (Date.now() > deadline || this.#restarts >= RESTARTS_MAX) {
        throw new ProofbookError('QUEUE_UNAVAILABLE', {
          backend: 'private-redis',
          reason: `${this.#server} did not answer; its log is ${join(this.#dataDirectory, 'redis.log')}`,
        });
      }
      await delay(POLL_INTERVAL_MS);
    }
  }
}

// The bare protocol: a client library would retry and log what here is only waiting.
async function answersPing(socketPath: string): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect(socketPath);
    const finish = (answer: boolean) => {
      socket.destroy();
      settle(answer);
    };
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    // While it loads its file it answers -LOADING.
    socket.once('data', (data) => finish(data.toString('latin1').startsWith('+PONG')));
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
