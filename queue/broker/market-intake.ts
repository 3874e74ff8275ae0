import { setTimeout as delay } from 'node:timers/promises';
import { COMMAND_BYTES } from '../../engine/command.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { MarketLog } from '../store/market-log.ts';
import type { LoggedSeal, MarketLogRecord } from '../store/market-log-format.ts';
import type { AppliedCommands, LiveBook } from './live-book.ts';
import type { PlannedBatch } from './open-batch.ts';

/** Commands on their way into the log. */
export interface IntakeRequest {
  /** Whole commands, packed, 1 .. 1024 records. */
  readonly records: Uint8Array;
  /** BLAKE3 of the idempotency key and of the content, or 32 zero bytes each. */
  readonly keyDigest: Uint8Array;
  readonly contentDigest: Uint8Array;
  readonly wantsAcks: boolean;
  /** Its commands are a batch of their own. */
  readonly sealsAtOnce: boolean;
}

/** Commands that are in the log: whatever happens, they will be matched and proven. */
export interface IntakeReceipt extends AppliedCommands {
  readonly firstCommandNumber: bigint;
  /** Records. */
  readonly commandCount: number;
  /** Settles when the batches that the commands closed are stored. */
  readonly sealed: Promise<void>;
}

/** What an intake writes to, and tells. */
export interface IntakeTargets {
  readonly log: Pick<MarketLog, 'append'>;
  readonly book: LiveBook;
  /** Takes a batch whose end is in the log. Settles when it is stored. */
  readonly store: (batch: PlannedBatch) => Promise<void>;
  /** Is told what commands did, in order. */
  readonly applied: (outcome: AppliedCommands) => void;
  /** Milliseconds after which an open batch is sealed. */
  readonly batchAgeMs: number;
}

interface Waiting {
  readonly request: IntakeRequest;
  readonly settle: (receipt: IntakeReceipt) => void;
  readonly fail: (error: unknown) => void;
}

// Records that one write and one fsync carry at most: 256 KiB.
const GROUP_RECORDS_MAX = 8192;
// Records that may wait for a write.
const WAITING_RECORDS_MAX = 65_536;
const SEAL_RETRY_MS = 1_000;
const RETRY_AFTER_S = 1;
const NS_PER_MS = 1_000_000n;

/**
 * The one way into a market: log, then apply, then answer. Requests that arrive while a write is on its way share the next
 * one (group commit), so an fsync costs each of them little.
 */
export class MarketIntake {
  readonly #targets: IntakeTargets;
  #waiting: Waiting[] = [];
  #waitingRecords = 0;
  /** Batches whose end is not in the log yet. */
  #planned: {
    readonly batch: PlannedBatch;
    readonly stored: () => void;
    readonly failed: (e: unknown) => void;
  }[] = [];
  #running: Promise<void> | undefined;
  #ageTimer: NodeJS.Timeout | undefined;
  #isAgeDue = false;
  #isClosed = false;

  constructor(targets: IntakeTargets) {
    this.#targets = targets;
    this.#watchAge();
  }

  /** Plans batches that were settled before a crash, and whose end the log does not hold. */
  resume(planned: readonly PlannedBatch[]): void {
    for (const batch of planned) this.#plan(batch).catch(() => undefined);
    this.#watchAge();
    this.#wake();
  }

  /**
   * Takes commands; when it resolves they are on the disk and applied.
   *
   * @throws QUEUE_FULL when too many wait, LOG_UNWRITABLE, MARKET_STOPPED
   */
  submit(request: IntakeRequest): Promise<IntakeReceipt> {
    const recordCount = request.records.length / COMMAND_BYTES;
    if (this.#isClosed) {
      return Promise.reject(
        new ProofbookError('MARKET_STOPPED', { value: 'intake', reason: 'it is closing' }),
      );
    }
    if (this.#waitingRecords + recordCount > WAITING_RECORDS_MAX) {
      const details = { value: this.#waitingRecords, max: WAITING_RECORDS_MAX, retryAfterS: RETRY_AFTER_S };
      return Promise.reject(new ProofbookError('QUEUE_FULL', details));
    }
    return new Promise((settle, fail) => {
      this.#waiting.push({ request, settle, fail });
      this.#waitingRecords += recordCount;
      this.#wake();
    });
  }

  /** Seals the open batch and waits until all is in the log. The next intake goes on where this one ends. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#ageTimer);
    await this.#running;
  }

  #wake(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // What came between the last look and now.
      if (this.#hasWork()) this.#wake();
    });
  }

  #hasWork(): boolean {
    return this.#waiting.length > 0 || this.#planned.length > 0 || this.#isAgeDue;
  }

  async #run(): Promise<void> {
    // Whoever is in the same turn of the event loop shares the first write already.
    await Promise.resolve();
    while (this.#hasWork()) {
      if (this.#isAgeDue) this.#sealAged();
      const planned = this.#planned.splice(0);
      const group = this.#takeGroup();
      const timestampNs = this.#targets.book.nextTimestampNs(BigInt(Date.now()) * NS_PER_MS);
      const seals = planned.map(({ batch }) => sealRecord(batch));
      const requests = group.map(
        ({ request }): MarketLogRecord => ({ kind: 'commands', timestampNs, ...request }),
      );
      try {
        await this.#targets.log.append([...seals, ...requests]);
      } catch (error) {
        for (const { fail } of group) fail(error);
        if (planned.length === 0) continue;
        this.#planned.unshift(...planned);
        if (this.#isClosed) return;
        await delay(SEAL_RETRY_MS);
        continue;
      }
      for (const { batch, stored, failed } of planned) this.#targets.store(batch).then(stored, failed);
      for (const waiting of group) this.#apply(waiting, timestampNs);
      this.#watchAge();
    }
  }

  #takeGroup(): readonly Waiting[] {
    let count = 0;
    let records = 0;
    for (const { request } of this.#waiting) {
      records += request.records.length / COMMAND_BYTES;
      if (count > 0 && records > GROUP_RECORDS_MAX) break;
      count += 1;
    }
    const group = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    for (const { request } of group) this.#waitingRecords -= request.records.length / COMMAND_BYTES;
    return group;
  }

  #apply({ request, settle }: Waiting, timestampNs: bigint): void {
    const { book, applied } = this.#targets;
    const { records, wantsAcks, sealsAtOnce } = request;
    if (sealsAtOnce) this.#planOpen();
    const firstCommandNumber = book.nextCommandNumber;
    const outcome = book.apply(records, timestampNs, wantsAcks);
    const stored = outcome.planned.map((batch) => this.#plan(batch));
    if (sealsAtOnce) stored.push(...this.#planOpen());
    const sealed = Promise.all(stored).then(() => undefined);
    // Whoever waits for it is told; whoever does not must not end the process.
    sealed.catch(() => undefined);
    applied(outcome);
    const { batchNumber, acks, trades, planned } = outcome;
    const commandCount = records.length / COMMAND_BYTES;
    settle({ firstCommandNumber, commandCount, batchNumber, acks, trades, planned, sealed });
  }

  #planOpen(): Promise<void>[] {
    const batch = this.#targets.book.seal();
    return batch === undefined ? [] : [this.#plan(batch)];
  }

  #plan(batch: PlannedBatch): Promise<void> {
    const done = new Promise<void>((stored, failed) => {
      this.#planned.push({ batch, stored, failed });
    });
    done.catch(() => undefined);
    return done;
  }

  #sealAged(): void {
    this.#isAgeDue = false;
    this.#planOpen();
  }

  /** Starts the clock of an open batch, once. */
  #watchAge(): void {
    const { book, batchAgeMs } = this.#targets;
    if (book.open === undefined || this.#ageTimer !== undefined || this.#isClosed) return;
    const { batchNumber } = book.open;
    this.#ageTimer = setTimeout(() => {
      this.#ageTimer = undefined;
      this.#isAgeDue = book.open?.batchNumber === batchNumber;
      if (this.#isAgeDue) this.#wake();
      else this.#watchAge();
    }, batchAgeMs);
  }
}

function sealRecord({ batchNumber, timestampNs, commands }: PlannedBatch): LoggedSeal {
  return { kind: 'seal', batchNumber, timestampNs, commandCount: commands.length / COMMAND_BYTES };
}
