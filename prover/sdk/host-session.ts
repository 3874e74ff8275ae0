import { fileURLToPath } from 'node:url';
import { isProofbookError, ProofbookError } from '../../engine/proofbook-error.ts';
import { findHostBinary, keyCacheDirectory } from './host-binary.ts';
import {
  HOST_PROTOCOL_VERSION,
  type HostHello,
  type HostMethod,
  type HostResult,
  parseHostResult,
} from './host-messages.ts';
import { type CallOptions, HostProcess } from './host-process.ts';

/** How a prover host is started. Everything left out is the host's own default. */
export interface HostSettings {
  /** Path of the binary; else PROOFBOOK_HOST_BINARY, else the release build in the shared cargo target directory. */
  readonly hostBinary?: string;
  /** log2 of the height that trace rows are stacked to; a verifier parameter, so it is part of parametersDigest. */
  readonly logStackedHeight?: number;
  /** Memory that proving may use, in bytes; 0 derives it from the machine. */
  readonly memoryLimitBytes?: number;
  /** Where keys are cached; `keys` in the project's cache directory by default. */
  readonly keyCacheDir?: string;
  /** Program and arguments that go before the host's own, to start it on certain cores for example. */
  readonly launcher?: readonly string[];
  /** Start the stand-in of prover/fake-host, which makes no proofs, instead of a host; `hostBinary` is not looked at. */
  readonly standIn?: true;
}

const STAND_IN = fileURLToPath(new URL('../fake-host/main.ts', import.meta.url));

/** An answer of the host, checked. */
export interface HostAnswer<M extends HostMethod> {
  readonly result: HostResult<M>;
  readonly attachments: readonly Uint8Array[];
}

/**
 * A prover host that is there whenever it is called: one long-lived process, and a fresh one after it was lost.
 *
 * A loss rejects the calls that were running with PROVER_HOST_LOST; it is for the caller to say whether the work is
 * worth a second try. Only a loss that another call caused (canceled, timed out, out of memory) is tried again here.
 */
export class HostSession {
  readonly #binary: string;
  readonly #args: readonly string[];
  readonly #backend: HostHello['backend'];
  #host: HostProcess | undefined;
  #starting: Promise<HostProcess> | undefined;
  #hello: HostHello | undefined;
  #isClosed = false;

  private constructor(settings: HostSettings) {
    const isStandIn = settings.standIn === true;
    this.#backend = isStandIn ? 'fake' : 'openvm';
    const binary = isStandIn ? process.execPath : findHostBinary(settings.hostBinary);
    const own = isStandIn ? [STAND_IN, ...argumentsOf(settings)] : argumentsOf(settings);
    const [launcher, ...before] = settings.launcher ?? [];
    this.#binary = launcher ?? binary;
    this.#args = launcher === undefined ? own : [...before, binary, ...own];
  }

  /** Starts the host and greets it. @throws HOST_BINARY_MISSING, HOST_START_FAILED, HOST_INCOMPATIBLE */
  static async start(settings: HostSettings = {}): Promise<HostSession> {
    const session = new HostSession(settings);
    await session.#connect();
    return session;
  }

  /** What the host said about itself; the same for every host of this session. */
  get hello(): HostHello {
    if (this.#hello === undefined) throw new Error('a session is made by start(), which waits for the hello');
    return this.#hello;
  }

  /** Process id of the running host; undefined between a loss and the next call. */
  get pid(): number | undefined {
    return this.#host?.isUsable ? this.#host.pid : undefined;
  }

  /** Calls one method. @throws what the host answers; CANCELED, TIMED_OUT, PROVER_HOST_LOST, PROVER_CLOSED */
  async call<M extends HostMethod>(
    method: M,
    params: Readonly<Record<string, unknown>>,
    attachments: readonly Uint8Array[] = [],
    options: CallOptions = {},
  ): Promise<HostAnswer<M>> {
    for (;;) {
      if (this.#isClosed) throw new ProofbookError('PROVER_CLOSED', { method });
      const host = await this.#connect();
      try {
        const reply = await host.call(method, params, attachments, options);
        return { result: parseHostResult(method, reply.result), attachments: reply.attachments };
      } catch (error) {
        if (!isProofbookError(error, 'PROVER_HOST_LOST') || !host.isLossExpected) throw error;
      }
    }
  }

  /** Ends the host. Calls that still run reject with PROVER_CLOSED. Closing twice is fine. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const starting = this.#starting;
    if (starting !== undefined) await starting.catch(() => {});
    await this.#host?.close();
  }

  #connect(): Promise<HostProcess> {
    if (this.#host?.isUsable) return Promise.resolve(this.#host);
    this.#starting ??= this.#startHost().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  async #startHost(): Promise<HostProcess> {
    const host = await HostProcess.spawn(this.#binary, this.#args);
    try {
      const { result } = await host.call('hello', {}, []);
      const hello = parseHostResult('hello', result);
      this.#requireCompatible(hello);
      this.#hello = hello;
    } catch (error) {
      await host.close();
      throw error;
    }
    this.#host = host;
    return host;
  }

  #requireCompatible(hello: HostHello): void {
    const require = (field: string, value: string | number, expected: string | number) => {
      if (value !== expected) throw new ProofbookError('HOST_INCOMPATIBLE', { field, value, expected });
    };
    require('protocolVersion', hello.protocolVersion, HOST_PROTOCOL_VERSION);
    // A binary that makes no proofs must not pass for a host that does.
    require('backend', hello.backend, this.#backend);
    // A binary that was replaced while we ran must not slip other parameters under a caller who read the first hello.
    if (this.#hello !== undefined) {
      require('parametersDigest', hello.parametersDigest, this.#hello.parametersDigest);
    }
  }
}

function argumentsOf(settings: HostSettings): readonly string[] {
  const flags: readonly (readonly [string, string | number | undefined])[] = [
    ['--log-stacked-height', settings.logStackedHeight],
    ['--memory-limit-bytes', settings.memoryLimitBytes],
    ['--key-cache-dir', settings.keyCacheDir ?? keyCacheDirectory()],
  ];
  return ['serve', ...flags.flatMap(([flag, value]) => (value === undefined ? [] : [flag, String(value)]))];
}
