import { blake3 } from '@noble/hashes/blake3.js';
import { COMMAND_BYTES } from '../../engine/command.ts';
import { Engine } from '../../engine/engine.ts';
import { hex } from '../../engine/hex.ts';
import { decodeJournal } from '../../engine/journal.ts';
import { decodeMarketConfig, encodeMarketConfig, type MarketConfig } from '../../engine/market-config.ts';
import { messageOf } from '../../engine/message-of.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { QueueBackend } from '../redis/queue-backend.ts';
import { DataDirectory, dataPaths } from '../store/data-directory.ts';
import { writeManifest } from '../store/manifest.ts';
import { MarketLog } from '../store/market-log.ts';
import type { MarketLogContent } from '../store/market-log-content.ts';
import { type BatchStage, type BatchTracer, traced } from '../traces/batch-tracer.ts';
import { Broker } from './broker.ts';
import { EventHub } from './event-hub.ts';
import { IdempotencyKeys } from './idempotency-keys.ts';
import { JobWatch } from './job-watch.ts';
import { LiveBook } from './live-book.ts';
import { MarketIntake } from './market-intake.ts';
import type { MarketObserver } from './market-observer.ts';
import { MarketSealer } from './market-sealer.ts';
import { MarketTrades } from './market-trades.ts';
import type { PlannedBatch } from './open-batch.ts';
import type { ProofPolicy } from './sequencer.ts';

/** How every market of a service runs. */
export interface MarketSettings {
  readonly policy: ProofPolicy;
  readonly backend: QueueBackend;
  readonly environment: NodeJS.ProcessEnv;
  /** Records after which a batch is sealed, 1 .. 1024. */
  readonly batchRecordsMax: number;
  /** Milliseconds after which an open batch is sealed. */
  readonly batchAgeMs: number;
  /** Jobs that may be open before commands are refused. */
  readonly openJobsMax: number;
  readonly observer: MarketObserver;
  readonly tracer: BatchTracer;
}

/** The parts of an open market, for its constructor. */
interface MarketParts {
  readonly settings: MarketSettings;
  readonly directory: DataDirectory;
  readonly log: MarketLog;
  readonly content: MarketLogContent;
  readonly sealer: MarketSealer;
  readonly broker: Broker;
}

const KEYS_MAX = 100_000;
// Batches that may wait for the sealing thread before commands are refused.
const PENDING_SEALS_MAX = 64;
const RETRY_AFTER_S = 1;
const ROOM_SEEN_MS = 250;
const NO_DIGEST = new Uint8Array(32);
const NS_PER_MS = 1_000_000n;

/** One market of a running service: its log, its book, its sealing engine and its jobs. */
export class Market {
  readonly config: MarketConfig;
  readonly directory: DataDirectory;
  readonly log: MarketLog;
  readonly book: LiveBook;
  readonly intake: MarketIntake;
  readonly sealer: MarketSealer;
  readonly broker: Broker;
  readonly keys = new IdempotencyKeys(KEYS_MAX);
  readonly hub: EventHub;
  readonly trades: MarketTrades;
  /** State root of the empty book, hex. */
  readonly genesisRoot: string;
  /** Number of the first record of batch i + 1. */
  readonly #firstCommands: bigint[] = [];
  readonly #settings: MarketSettings;
  readonly #storeId: string;
  readonly #watch: JobWatch;
  #roomSeenAtMs = 0;

  /** Starts a market in an empty directory; `open` runs it. @throws INVALID_FIELD */
  static create(root: string, config: MarketConfig, policy: ProofPolicy): void {
    const marketConfig = encodeMarketConfig(config);
    const paths = dataPaths(root);
    new DataDirectory(root).close();
    const source = `the service, market ${config.marketId}`;
    writeManifest(paths.manifest, {
      version: 1,
      source,
      marketConfig: hex(marketConfig),
      ...policy,
      batchCount: null,
    });
    // Last: a directory without a log is no market yet.
    MarketLog.create(paths.commandLog, marketConfig);
  }

  /** Runs a market from its log. @throws COMMAND_LOG_MALFORMED, QUEUE_UNAVAILABLE, MARKET_STOPPED */
  static async open(root: string, settings: MarketSettings): Promise<Market> {
    const { log, content } = await MarketLog.open(dataPaths(root).commandLog);
    const directory = new DataDirectory(root);
    const sealer = await MarketSealer.start({ root, policy: settings.policy });
    const say = (line: string): void => settings.observer.said(line);
    const broker = await Broker.start(directory, settings.backend, settings.environment, say);
    try {
      return new Market({ settings, directory, log, content, sealer, broker });
    } catch (error) {
      // What runs already would keep the process, which says why it failed and shall end.
      await broker.close();
      await sealer.close();
      await log.close();
      directory.close();
      throw error;
    }
  }

  private constructor({ settings, directory, log, content, sealer, broker }: MarketParts) {
    this.config = decodeMarketConfig(content.marketConfig);
    this.directory = directory;
    this.#storeId = directory.rows.storeId();
    this.log = log;
    this.sealer = sealer;
    this.broker = broker;
    this.#settings = settings;
    this.genesisRoot = hex(Engine.create(this.config).stateRoot());
    let nextCommandNumber = 1n;
    for (const { commands } of content.batches) {
      this.#firstCommands.push(nextCommandNumber);
      nextCommandNumber += BigInt(commands.length / COMMAND_BYTES);
    }
    this.book = new LiveBook({
      snapshot: sealer.opened.snapshot,
      nextBatchNumber: sealer.opened.batchNumber + 1n,
      nextCommandNumber,
      batchRecordsMax: settings.batchRecordsMax,
    });
    const planned = replayTail(this.book, content);
    this.trades = MarketTrades.fromStore(directory, this.book);
    const changeId = directory.batches.lastChangeId();
    this.hub = new EventHub({ sequence: this.book.sequence, changeId });
    this.#rememberKeys(content);
    this.#watch = this.#startWatch(changeId);
    this.intake = new MarketIntake({
      log,
      book: this.book,
      batchAgeMs: settings.batchAgeMs,
      store: (batch) => this.#store(batch),
      applied: ({ trades }) => {
        this.trades.add(trades);
        this.hub.commandsApplied(trades, this.book.sequence);
      },
    });
    this.intake.resume(planned);
  }

  /** Number of the first record of a batch that is stored. */
  firstCommandOf(batchNumber: number): bigint {
    return this.#firstCommands[batchNumber - 1] ?? this.book.nextCommandNumber;
  }

  /** The batch that a record is in; the one behind the last for what is not sealed. */
  batchOfCommand(commandNumber: bigint): number {
    let low = 0;
    let high = this.#firstCommands.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#firstCommands[middle] ?? 0n) <= commandNumber) low = middle + 1;
      else high = middle;
    }
    return Math.max(1, low);
  }

  /** Refuses commands while more is on its way than is good. @throws QUEUE_FULL, MARKET_STOPPED, LOG_UNWRITABLE */
  requireRoom(): void {
    const fault = this.fault;
    if (fault !== undefined) throw fault;
    const { pendingSeals } = this.sealer;
    if (pendingSeals >= PENDING_SEALS_MAX) {
      throw new ProofbookError('QUEUE_FULL', {
        value: pendingSeals,
        max: PENDING_SEALS_MAX,
        retryAfterS: RETRY_AFTER_S,
      });
    }
    // Counting is dear when there are many; a few batches more do not matter.
    const nowMs = Date.now();
    if (nowMs - this.#roomSeenAtMs < ROOM_SEEN_MS) return;
    this.directory.controls.requireRoom(this.#settings.openJobsMax);
    this.#roomSeenAtMs = nowMs;
  }

  /** Why the market takes no commands; undefined while it does. */
  get fault(): ProofbookError | undefined {
    return this.log.fault ?? this.sealer.fault;
  }

  /** Notes a stage of one of its batches, for traces. */
  note(batchNumber: number | bigint, stage: BatchStage): void {
    this.#settings.tracer.note(this.#storeId, batchNumber, stage);
  }

  async close(): Promise<void> {
    await this.intake.close();
    this.#watch.stop();
    this.hub.close();
    await this.sealer.close();
    await this.broker.close();
    await this.log.close();
    this.directory.close();
  }

  async #store(batch: PlannedBatch): Promise<void> {
    const { observer } = this.#settings;
    this.#firstCommands.push(batch.firstCommandNumber);
    const sealed = await traced(
      (stage) => this.note(batch.batchNumber, stage),
      'seal',
      () => this.sealer.seal(batch.commands, batch.timestampNs),
      () => ({ 'proofbook.commands': batch.commands.length / COMMAND_BYTES }),
    );
    if (sealed.lastSequence !== batch.lastSequence) {
      const reason = `batch ${batch.batchNumber} sealed to sequence ${sealed.lastSequence}, not ${batch.lastSequence}`;
      throw this.sealer.stopWith(reason);
    }
    observer.sealed(String(this.config.marketId), batch.commands.length / COMMAND_BYTES, sealed.durationMs);
    await this.broker.enqueue(sealed.jobId);
  }

  #startWatch(fromChangeId: number): JobWatch {
    const { rows, batches } = this.directory;
    const { observer } = this.#settings;
    const failed = (error: unknown): void =>
      observer.said(`market ${this.config.marketId}: ${messageOf(error)}`);
    const publish = (numbers: readonly number[]): void => void this.sealer.publish(numbers).catch(failed);
    // What was proven while nobody watched.
    publish(rows.list().flatMap(({ state, batchNumber }) => (state === 'proven' ? [batchNumber] : [])));
    const market = String(this.config.marketId);
    return new JobWatch({
      rows,
      batches,
      hub: this.hub,
      fromChangeId,
      proven: (numbers) => {
        publish(numbers);
        for (const number of numbers) this.#noteProven(number);
      },
      failed,
      stageEnded: (state, durationMs) => observer.stageEnded(market, state, durationMs),
    });
  }

  /** From the time that all its commands see to its proof: the span that the others of its trace are below. */
  #noteProven(batchNumber: number): void {
    const row = this.directory.batches.find(batchNumber);
    if (row === undefined) return;
    const startMs = Number(decodeJournal(row.journal).timestamp / NS_PER_MS);
    const attributes = { 'proofbook.market_id': String(this.config.marketId) };
    this.note(batchNumber, { name: 'batch', startMs, endMs: row.updatedAtMs, attributes });
  }

  #rememberKeys({ requests }: MarketLogContent): void {
    for (const { keyDigest, contentDigest, firstCommandNumber, commandCount } of requests.slice(-KEYS_MAX)) {
      if (Buffer.compare(keyDigest, NO_DIGEST) === 0) continue;
      this.keys.add(hex(keyDigest), { contentDigest: hex(contentDigest), firstCommandNumber, commandCount });
    }
  }
}

/** Applies what the log holds behind its last seal. @returns batches that were full before the crash */
function replayTail(book: LiveBook, { tail }: MarketLogContent): readonly PlannedBatch[] {
  const planned: PlannedBatch[] = [];
  for (const { records, timestampNs } of tail) {
    if (book.open !== undefined && book.open.timestampNs !== timestampNs) {
      const aged = book.seal();
      if (aged !== undefined) planned.push(aged);
    }
    planned.push(...book.apply(records, timestampNs, false).planned);
  }
  return planned;
}

/** BLAKE3 of a text or bytes: what the log keeps of an idempotency key. */
export function digestOf(value: string | Uint8Array): Uint8Array {
  return blake3(typeof value === 'string' ? new TextEncoder().encode(value) : value);
}
