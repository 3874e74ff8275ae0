import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { encodeFrame, type Frame, FrameDecoder } from './frames.ts';
import { errorFromHost, type HostMessage, parseHostMessage } from './host-messages.ts';
import { LastWords } from './last-words.ts';
import { killGroup, killGroupAtExit } from './process-group.ts';

/** How far a running call is; `stage` is executing, proving, aggregating or verifying, `done` of `total` its parts. */
export interface Progress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}

/** How a caller watches and stops one call. */
export interface CallOptions {
  readonly onProgress?: (progress: Progress) => void;
  /** Aborting it stops the work in the host and rejects the call with CANCELED. */
  readonly signal?: AbortSignal;
  /** This long after the host was given the call, the work is stopped and the call rejects with TIMED_OUT. */
  readonly timeoutMs?: number;
}

export interface HostReply {
  readonly result: Readonly<Record<string, unknown>>;
  readonly attachments: readonly Uint8Array[];
}

interface PendingCall {
  readonly method: string;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly resolve: (reply: HostReply) => void;
  readonly reject: (error: unknown) => void;
  /** Set once the caller stopped the call: whatever the host still does, this is how the call ends. */
  stopError?: unknown;
  killTimer?: NodeJS.Timeout;
}

/** How long a host may take to obey a cancel, or to leave after its stdin closed, before it is killed. */
const STOP_GRACE_MS = 2_000;

/**
 * One running prover host: a child process in a process group of its own that answers frames on stdio.
 *
 * It never outlives this process: a closed stdin is the host's order to exit, and the kernel closes it for us even
 * when we are killed. Once lost it stays lost; whoever wants another host spawns another.
 */
export class HostProcess {
  readonly pid: number;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #decoder = new FrameDecoder();
  readonly #lastWords = new LastWords();
  readonly #pending = new Map<number, PendingCall>();
  readonly #gone: Promise<void>;
  #nextId = 1;
  #lossReason: string | undefined;
  #isLossExpected = false;

  private constructor(child: ChildProcessByStdio<Writable, Readable, Readable>, pid: number) {
    this.#child = child;
    this.pid = pid;
    const forgetGroup = killGroupAtExit(pid);
    child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    child.stderr.on('data', (chunk: Buffer) => this.#lastWords.push(chunk));
    // A host that died while we wrote gives EPIPE; its death is reported by 'close' with a better reason.
    child.stdin.on('error', () => {});
    child.once('exit', () => killGroup(pid));
    this.#gone = new Promise((resolve) => {
      // 'close' and not 'exit': only then has every frame and every line that it wrote been read.
      child.once('close', (code, signal) => {
        forgetGroup();
        const end = signal === null ? `it exited with code ${code}` : `it was killed by ${signal}`;
        this.#lose(this.#decoder.isBetweenFrames ? end : `${end} in the middle of a frame`);
        resolve();
      });
    });
  }

  /** Starts `binary` and waits until the process runs. @throws HOST_START_FAILED */
  static spawn(binary: string, args: readonly string[]): Promise<HostProcess> {
    return new Promise((resolve, reject) => {
      const child = spawn(binary, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
      child.once('error', (cause) => {
        reject(new ProofbookError('HOST_START_FAILED', { path: binary, reason: cause.message }, { cause }));
      });
      child.once('spawn', () => {
        if (child.pid !== undefined) resolve(new HostProcess(child, child.pid));
      });
    });
  }

  /** False from the moment the process is known to be gone or was told to go. */
  get isUsable(): boolean {
    return this.#lossReason === undefined && !this.#child.stdin.writableEnded;
  }

  /**
   * True when a loss of this process is the doing of one call that was canceled, timed out or took too much memory, or
   * of close(): the calls beside that one did nothing wrong, and may be made again in a fresh host.
   */
  get isLossExpected(): boolean {
    return this.#isLossExpected;
  }

  /**
   * Sends one request and waits for its answer.
   *
   * @throws what the host answered; CANCELED, TIMED_OUT; PROVER_HOST_LOST when the process dies first.
   */
  call(
    method: string,
    params: Readonly<Record<string, unknown>>,
    attachments: readonly Uint8Array[],
    options: CallOptions = {},
  ): Promise<HostReply> {
    const { signal, timeoutMs, onProgress } = options;
    if (signal?.aborted) return Promise.reject(new ProofbookError('CANCELED', { method }));
    if (this.#lossReason !== undefined) return Promise.reject(this.#lostError(method, this.#lossReason));
    const id = this.#nextId++;
    let frame: readonly Uint8Array[];
    try {
      frame = encodeFrame({ id, method, params }, attachments);
    } catch (error) {
      return Promise.reject(error);
    }
    const answer = new Promise<HostReply>((resolve, reject) => {
      this.#pending.set(id, { method, onProgress, resolve, reject });
    });
    for (const chunk of frame) this.#child.stdin.write(chunk);
    const onAbort = () => this.#stop(id, new ProofbookError('CANCELED', { method }));
    const onTimeout = () =>
      this.#stop(id, new ProofbookError('TIMED_OUT', { method, value: timeoutMs ?? 0 }));
    signal?.addEventListener('abort', onAbort, { once: true });
    const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs);
    return answer.finally(() => {
      signal?.removeEventListener('abort', onAbort);
      clearTimeout(timer);
    });
  }

  /** Closes stdin, which tells the host to exit, and kills the group if it does not. Resolves when it is gone. */
  async close(): Promise<void> {
    this.#isLossExpected = true;
    this.#child.stdin.end();
    const killTimer = setTimeout(() => killGroup(this.pid), STOP_GRACE_MS);
    await this.#gone;
    clearTimeout(killTimer);
  }

  /** Asks the host to drop the call; it ends with `error` when the host has answered or is gone. */
  #stop(target: number, error: unknown): void {
    const call = this.#pending.get(target);
    if (call === undefined || 'stopError' in call) return;
    call.stopError = error;
    this.#isLossExpected = true;
    const id = this.#nextId++;
    const ignore = () => {};
    this.#pending.set(id, { method: 'cancel', onProgress: undefined, resolve: ignore, reject: ignore });
    for (const chunk of encodeFrame({ id, method: 'cancel', params: { target } }))
      this.#child.stdin.write(chunk);
    // A host that does not obey is killed: nothing may go on burning a core for a call that nobody waits for.
    call.killTimer = setTimeout(() => killGroup(this.pid), STOP_GRACE_MS);
  }

  #receive(chunk: Uint8Array): void {
    try {
      for (const frame of this.#decoder.push(chunk)) this.#handle(frame, parseHostMessage(frame.header));
    } catch (error) {
      this.#abandon(error);
    }
  }

  #handle(frame: Frame, message: HostMessage): void {
    // An error with no id is about the stream itself: it ends every call.
    if ('error' in message && message.id === null) throw errorFromHost('(no call)', message.error);
    const id = message.id ?? 0;
    const call = this.#pending.get(id);
    if (call === undefined) {
      throw new ProofbookError('FRAME_MALFORMED', { field: 'id', value: id, reason: 'no call has it' });
    }
    if ('event' in message) this.#report(id, call, message);
    else if (message.ok) this.#settle(id, { result: message.result, attachments: frame.attachments });
    else this.#refuse(id, errorFromHost(call.method, message.error));
  }

  #refuse(id: number, error: ProofbookError): void {
    if (error.code === 'OUT_OF_MEMORY') {
      // The host exits right after this answer: memory in a prover's hands cannot be taken back. A call that
      // meets it on its way out is made again in a fresh one.
      this.#isLossExpected = true;
    }
    this.#settle(id, error);
  }

  #report(id: number, call: PendingCall, { stage, done, total }: Progress): void {
    try {
      call.onProgress?.({ stage, done, total });
    } catch (error) {
      // The caller's own callback failed: its call ends with that error, and other calls do not notice.
      this.#stop(id, error);
    }
  }

  #settle(id: number, outcome: HostReply | Error): void {
    const call = this.#pending.get(id);
    if (call === undefined) return;
    this.#pending.delete(id);
    clearTimeout(call.killTimer);
    if ('stopError' in call) call.reject(call.stopError);
    else if (outcome instanceof Error) call.reject(outcome);
    else call.resolve(outcome);
  }

  /** The stream is broken: no later byte can be trusted, so every call ends here and the process with them. */
  #abandon(error: unknown): void {
    this.#child.stdout.removeAllListeners('data').resume();
    this.#lossReason = error instanceof Error ? error.message : String(error);
    const outcome = error instanceof Error ? error : new Error(this.#lossReason);
    for (const id of [...this.#pending.keys()]) this.#settle(id, outcome);
    killGroup(this.pid);
  }

  #lose(reason: string): void {
    this.#lossReason ??= reason;
    for (const [id, { method }] of [...this.#pending]) this.#settle(id, this.#lostError(method, reason));
  }

  #lostError(method: string, reason: string): ProofbookError {
    return new ProofbookError('PROVER_HOST_LOST', { method, reason, lastWords: this.#lastWords.summary });
  }
}
