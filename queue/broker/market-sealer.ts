import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../../engine/message-of.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { SealerAnswer, SealerRequest, SealerStart } from './sealer-messages.ts';
import { threadFile } from './thread-file.ts';

type AnswerOf<Kind extends SealerAnswer['kind']> = Extract<SealerAnswer, { readonly kind: Kind }>;

/** The sealer thread of a market, seen from outside: requests are answered in the order in which they were made. */
export class MarketSealer {
  readonly #worker: Worker;
  readonly #waiting: { settle: (answer: SealerAnswer) => void; fail: (error: Error) => void }[] = [];
  #opened: AnswerOf<'opened'> | undefined;
  #fault: ProofbookError | undefined;
  #pendingSeals = 0;
  #delay: string | undefined;

  /** Starts the thread, which replays the market's log. @throws MARKET_STOPPED with the reason */
  static async start(start: SealerStart): Promise<MarketSealer> {
    const worker = new Worker(threadFile('sealer-thread', import.meta.url), { workerData: start });
    const sealer = new MarketSealer(worker);
    await new Promise<void>((settle, fail) => {
      sealer.#waiting.push({
        settle: (answer) => {
          if (answer.kind === 'opened') sealer.#opened = answer;
          settle();
        },
        fail,
      });
    });
    return sealer;
  }

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (answer: SealerAnswer) => this.#hear(answer));
    worker.on('error', (error) => this.stopWith(messageOf(error)));
    worker.on('exit', () => this.stopWith('the sealer thread has ended'));
  }

  /** The state behind the last seal of the log, as of the start. */
  get opened(): AnswerOf<'opened'> {
    if (this.#opened === undefined) throw new Error('the sealer was not started');
    return this.#opened;
  }

  /** Batches that were handed over and are not stored yet. */
  get pendingSeals(): number {
    return this.#pendingSeals;
  }

  /** What a batch waits for that cannot be stored now; undefined while none does. */
  get delay(): string | undefined {
    return this.#delay;
  }

  /** Why it does not answer any more; undefined while it does. */
  get fault(): ProofbookError | undefined {
    return this.#fault;
  }

  /** Applies and stores a batch that the log holds. @throws MARKET_STOPPED, and from then on always */
  async seal(commands: Uint8Array, timestampNs: bigint): Promise<AnswerOf<'sealed'>> {
    this.#pendingSeals += 1;
    try {
      return (await this.#ask({ kind: 'seal', commands, timestampNs })) as AnswerOf<'sealed'>;
    } catch (error) {
      // The next batch would be applied to a state without this one.
      this.#fault ??= error instanceof ProofbookError ? error : stopped(String(error));
      throw error;
    } finally {
      this.#pendingSeals -= 1;
    }
  }

  /** Writes receipt files. @throws MARKET_STOPPED */
  async publish(batchNumbers: readonly number[]): Promise<void> {
    await this.#ask({ kind: 'publish', batchNumbers });
  }

  /** The state after the last batch that was stored (protocol §8). @throws MARKET_STOPPED */
  async snapshot(): Promise<Uint8Array> {
    return ((await this.#ask({ kind: 'snapshot' })) as AnswerOf<'snapshot'>).snapshot;
  }

  /** Ends the thread behind what it was asked for. */
  async close(): Promise<void> {
    if (this.#worker.threadId === -1) return;
    const ended = once(this.#worker, 'exit');
    this.#worker.postMessage({ kind: 'close' } satisfies SealerRequest);
    await ended;
  }

  #hear(answer: SealerAnswer): void {
    this.#delay = answer.kind === 'delayed' ? answer.reason : undefined;
    if (answer.kind !== 'delayed') this.#waiting.shift()?.settle(answer);
  }

  #ask(request: SealerRequest): Promise<SealerAnswer> {
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    return new Promise((settle, fail) => {
      this.#waiting.push({
        settle: (answer) => (answer.kind === 'failed' ? fail(stopped(answer.reason)) : settle(answer)),
        fail,
      });
      this.#worker.postMessage(request);
    });
  }

  /** Takes nothing more, for `reason`. @returns the error that everybody is told */
  stopWith(reason: string): ProofbookError {
    const fault = this.#fault ?? stopped(reason);
    this.#fault = fault;
    for (const { fail } of this.#waiting.splice(0)) fail(fault);
    return fault;
  }
}

function stopped(reason: string): ProofbookError {
  return new ProofbookError('MARKET_STOPPED', { value: 'sealer', reason });
}
