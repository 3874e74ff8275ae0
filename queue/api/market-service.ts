import { blake3 } from '@noble/hashes/blake3.js';
import { COMMAND_BYTES } from '../../engine/command.ts';
import { Engine } from '../../engine/engine.ts';
import { decodeJournal } from '../../engine/journal.ts';
import { decodeMarketConfig, encodeMarketConfig, type MarketConfig } from '../../engine/market-config.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { Intake, type Placement, type SealRules } from '../broker/intake.ts';
import { type ProofPolicy, Sequencer, type StoredBatch } from '../broker/sequencer.ts';
import { contentDigest } from '../store/content-digest.ts';
import type { DataDirectory } from '../store/data-directory.ts';
import type { JobRow } from '../store/job-row.ts';
import { encodeStateFile } from '../store/state-file.ts';
import { type Ack, acksOf } from './acks.ts';
import { EventFeed } from './event-feed.ts';
import { depthOf, TradeTape, tradesOf } from './market-data.ts';
import { ProofDesk } from './proof-desk.ts';

/** What a market is served with. */
export interface MarketOptions {
  readonly policy: ProofPolicy;
  /** Of a data directory that has no market yet. */
  readonly config: MarketConfig;
  readonly sealRules: SealRules;
  /** Batches that may wait for their proofs; submissions beyond that are refused. */
  readonly openBatchesMax: number;
  /** Is told of every batch that is safe. */
  readonly enqueue: (jobId: string) => void;
}

/** What a submission became. */
export interface Submitted {
  readonly placements: readonly Placement[];
  readonly acks: readonly Ack[];
}

/** One market: takes commands, and tells what became of them. */
export class MarketService {
  readonly marketId: bigint;
  readonly directory: DataDirectory;
  readonly trades = new TradeTape();
  readonly proofs: ProofDesk;
  readonly events: EventFeed;
  readonly #sequencer: Sequencer;
  readonly #intake: Intake;
  readonly #options: MarketOptions;

  /** Opens the market of a data directory, replaying its log, or starts one. @throws COMMAND_LOG_MALFORMED, INVALID_FIELD */
  constructor(directory: DataDirectory, options: MarketOptions) {
    const { policy, config, sealRules } = options;
    this.#options = options;
    this.directory = directory;
    this.#sequencer = directory.commandLog.exists()
      ? Sequencer.open(directory, policy)
      : Sequencer.create(directory, policy, config);
    this.marketId = this.#sequencer.engine.config.marketId;
    directory.submissions.forgetAfter(this.lastBatch);
    this.proofs = new ProofDesk(directory.rows, directory.content);
    this.#fillTape();
    this.events = new EventFeed(directory.rows, directory.content, () => depthOf(this.engine, 20));
    this.#intake = new Intake(this.#sequencer, directory.submissions, sealRules, (batch) =>
      this.#sealed(batch),
    );
  }

  get engine(): Sequencer['engine'] {
    return this.#sequencer.engine;
  }

  get intake(): Pick<Intake, 'failure' | 'openRecords'> {
    return this.#intake;
  }

  get lastBatch(): number {
    return Number(this.engine.batchNumber());
  }

  /**
   * Takes packed commands. The same key with the same commands is answered from the log.
   *
   * @param submissionKey the caller and its Idempotency-Key, or undefined
   * @throws IDEMPOTENCY_CONFLICT, QUEUE_FULL, and what `Intake.submit` throws
   */
  async submit(
    commands: Uint8Array,
    submissionKey: string | undefined,
    sealNow: boolean,
  ): Promise<Submitted> {
    if (submissionKey === undefined) return this.#take(commands, undefined, sealNow);
    const digest = contentDigest(commands);
    const known = this.directory.submissions.find(submissionKey);
    if (known === undefined) return this.#take(commands, { submissionKey, contentDigest: digest }, sealNow);
    if (known.contentDigest !== digest) {
      const value = submissionKey.slice(submissionKey.indexOf(' ') + 1);
      throw new ProofbookError('IDEMPOTENCY_CONFLICT', {
        field: 'Idempotency-Key',
        value,
        expected: known.contentDigest,
      });
    }
    const placements = this.#find(commands, known);
    const found = placements.reduce((sum, { commandCount }) => sum + commandCount, 0);
    const rest = commands.subarray(found * COMMAND_BYTES);
    if (rest.length === 0) return { placements, acks: this.#acks(placements) };
    // A crash came between: what the log never got is taken now.
    const name = found === 0 ? { submissionKey, contentDigest: digest } : undefined;
    const taken = await this.#take(rest, name, sealNow);
    return {
      placements: [...placements, ...taken.placements],
      acks: [...this.#acks(placements), ...taken.acks],
    };
  }

  /** The job of a batch. @throws BATCH_UNKNOWN */
  batch(batchNumber: number): JobRow {
    const row = this.directory.rows.findBatch(batchNumber);
    if (row !== undefined) return row;
    throw new ProofbookError('BATCH_UNKNOWN', {
      field: 'batchNumber',
      value: batchNumber,
      last: this.lastBatch,
    });
  }

  /** The receipt of a batch. @throws BATCH_UNKNOWN, RECEIPT_NOT_READY, CONTENT_MISSING, CONTENT_CORRUPTED */
  receipt(batchNumber: number): Uint8Array {
    const { receiptDigest, state } = this.batch(batchNumber);
    if (receiptDigest === undefined) throw new ProofbookError('RECEIPT_NOT_READY', { batchNumber, state });
    return this.directory.content.get(receiptDigest);
  }

  /** The whole book after a batch, as a state file that `proofbook audit --from-snapshot` takes. @throws BATCH_UNKNOWN */
  stateFile(batchNumber: number): string {
    const { receiptDigest } = this.batch(batchNumber);
    const log = this.directory.commandLog.read();
    const engine = Engine.create(decodeMarketConfig(log.marketConfig));
    for (const { commands, timestampNs } of log.batches.slice(0, batchNumber))
      engine.replayBatch(commands, timestampNs);
    return encodeStateFile(engine.snapshot(), receiptDigest ?? '');
  }

  /** BLAKE3 of the market config: what every journal of this market names. */
  configDigest(): Uint8Array {
    return blake3(encodeMarketConfig(this.engine.config));
  }

  /** Seals what waits and takes nothing more. */
  stop(): void {
    this.#intake.stop();
    this.events.close();
  }

  async #take(
    commands: Uint8Array,
    name: Parameters<Intake['submit']>[1],
    sealNow: boolean,
  ): Promise<Submitted> {
    const openBatches = this.directory.rows.countOpen();
    const max = this.#options.openBatchesMax;
    if (openBatches >= max)
      throw new ProofbookError('QUEUE_FULL', { field: 'openBatches', value: openBatches, max });
    const placements = await this.#intake.submit(commands, name, sealNow);
    return { placements, acks: this.#acks(placements) };
  }

  /** Where the log has the commands of a submission that it was to get at that place: all, the first few, or none. */
  #find(commands: Uint8Array, from: Placement): readonly Placement[] {
    const placements: Placement[] = [];
    let found = 0;
    let firstCommandIndex = from.firstCommandIndex;
    for (let batchNumber = from.batchNumber; found < commands.length; batchNumber++) {
      const row = this.directory.rows.findBatch(batchNumber);
      if (row === undefined) break;
      const logged = this.directory.content
        .get(row.commandsDigest)
        .subarray(firstCommandIndex * COMMAND_BYTES);
      const length = Math.min(logged.length, commands.length - found);
      if (!Buffer.from(logged.subarray(0, length)).equals(commands.subarray(found, found + length))) break;
      if (length > 0)
        placements.push({ batchNumber, firstCommandIndex, commandCount: length / COMMAND_BYTES });
      found += length;
      firstCommandIndex = 0;
    }
    return placements;
  }

  #acks(placements: readonly Placement[]): Ack[] {
    return placements.flatMap(({ batchNumber, firstCommandIndex, commandCount }) => {
      const { content } = this.directory;
      const { commandsDigest, transitionsDigest } = this.batch(batchNumber);
      const transitions = content.get(transitionsDigest);
      const to = firstCommandIndex + commandCount;
      return acksOf(BigInt(batchNumber), content.get(commandsDigest), transitions, firstCommandIndex, to);
    });
  }

  #sealed({ jobId, batchNumber, sealed }: StoredBatch): void {
    const { timestamp } = decodeJournal(sealed.journal);
    this.trades.add(tradesOf(batchNumber, timestamp, sealed.transitions));
    this.#options.enqueue(jobId);
    this.events.poll();
  }

  #fillTape(): void {
    for (let batch = this.lastBatch; batch >= 1 && !this.trades.isFull; batch--) {
      const row = this.directory.rows.findBatch(batch);
      if (row === undefined) return;
      const { timestamp } = decodeJournal(row.journal);
      this.trades.addBefore(tradesOf(batch, timestamp, this.directory.content.get(row.transitionsDigest)));
    }
  }
}
