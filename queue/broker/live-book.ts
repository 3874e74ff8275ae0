import { BATCH_COMMANDS_MAX, COMMAND_BYTES } from '../../engine/command.ts';
import { decodeSnapshot } from '../../engine/decode-snapshot.ts';
import type { PriceLevel } from '../../engine/price-level.ts';
import { UnsealedEngine } from '../../engine/unsealed-engine.ts';
import { ackOf, type CommandAck, endOfCommand, recordCountAt } from './command-acks.ts';
import { OpenBatch, type PlannedBatch } from './open-batch.ts';
import { type Trade, tradesOf } from './trade.ts';

/** What the book is like at one moment. */
export interface Ticker {
  /** Ticks; 0 before the first trade. */
  readonly lastTradePrice: bigint;
  readonly tradeCount: bigint;
  readonly tradedLots: bigint;
}

/** What some commands did. */
export interface AppliedCommands {
  /** The batch that the first of them is in. */
  readonly batchNumber: bigint;
  readonly acks: readonly CommandAck[];
  readonly trades: readonly Trade[];
  /** Batches that they filled. */
  readonly planned: readonly PlannedBatch[];
}

/** How a market begins to take commands. */
export interface LiveBookStart {
  /** State behind the last sealed batch. */
  readonly snapshot: Uint8Array;
  readonly nextBatchNumber: bigint;
  readonly nextCommandNumber: bigint;
  /** Records after which a batch is sealed, 1 .. 1024. */
  readonly batchRecordsMax: number;
}

/** The book as it is after the last accepted command, and the batch that is open. */
export class LiveBook {
  readonly #engine: UnsealedEngine;
  readonly #batchRecordsMax: number;
  #nextBatchNumber: bigint;
  #nextCommandNumber: bigint;
  #lastTimestampNs: bigint;
  #open: OpenBatch | undefined;
  #tradeCount: bigint;
  #tradedLots: bigint;

  constructor({ snapshot, nextBatchNumber, nextCommandNumber, batchRecordsMax }: LiveBookStart) {
    const { tradeCount, tradedLots, timestamp } = decodeSnapshot(snapshot);
    this.#engine = UnsealedEngine.restore(snapshot);
    this.#batchRecordsMax = Math.min(batchRecordsMax, BATCH_COMMANDS_MAX);
    this.#nextBatchNumber = nextBatchNumber;
    this.#nextCommandNumber = nextCommandNumber;
    this.#lastTimestampNs = timestamp;
    this.#tradeCount = tradeCount;
    this.#tradedLots = tradedLots;
  }

  /** The batch that takes commands; undefined while it would be empty. */
  get open(): OpenBatch | undefined {
    return this.#open;
  }

  /** Number of the next record. */
  get nextCommandNumber(): bigint {
    return this.#nextCommandNumber;
  }

  /** Number of the batch that the next command goes into. */
  get batchNumber(): bigint {
    return this.#open?.batchNumber ?? this.#nextBatchNumber;
  }

  get sequence(): bigint {
    return this.#engine.sequence();
  }

  ticker(): Ticker {
    const lastTradePrice = this.#engine.lastTradePrice();
    return { lastTradePrice, tradeCount: this.#tradeCount, tradedLots: this.#tradedLots };
  }

  levels(side: 'bid' | 'ask', levelsMax?: number): readonly PriceLevel[] {
    return this.#engine.levels(side, levelsMax);
  }

  /** The timestamp of the batch that the next command goes into: time never goes back, whatever the clock does. */
  nextTimestampNs(clockNs: bigint): bigint {
    if (this.#open !== undefined) return this.#open.timestampNs;
    return clockNs > this.#lastTimestampNs ? clockNs : this.#lastTimestampNs;
  }

  /** Applies whole commands. @param timestampNs what `nextTimestampNs` gave */
  apply(records: Uint8Array, timestampNs: bigint, wantsAcks: boolean): AppliedCommands {
    const outcome = new Outcome(this.#open?.batchNumber ?? this.#nextBatchNumber, wantsAcks);
    for (let offset = 0; offset < records.length; ) {
      const chunk = records.subarray(offset, endOfChunk(records, offset));
      const { recordCount, transitions } = this.#engine.apply(chunk, timestampNs);
      this.#distribute(chunk.subarray(0, recordCount * COMMAND_BYTES), transitions, timestampNs, outcome);
      offset += recordCount * COMMAND_BYTES;
    }
    this.#lastTimestampNs = timestampNs;
    for (const { quantity } of outcome.trades) this.#tradedLots += quantity;
    this.#tradeCount += BigInt(outcome.trades.length);
    return outcome;
  }

  /** Ends the open batch; undefined when there is none. */
  seal(): PlannedBatch | undefined {
    const plan = this.#open?.plan();
    this.#open = undefined;
    return plan;
  }

  #distribute(records: Uint8Array, transitions: Uint8Array, timestampNs: bigint, outcome: Outcome): void {
    const view = new DataView(transitions.buffer, transitions.byteOffset, transitions.byteLength);
    let transitionAt = 0;
    for (let at = 0; at < records.length; ) {
      const recordCount = recordCountAt(records, at);
      const end = endOfCommand(view, transitionAt, at / COMMAND_BYTES);
      const own = transitions.subarray(transitionAt, end);
      if (this.#open?.hasRoomFor(recordCount, this.#batchRecordsMax) === false) this.#plan(outcome);
      this.#open ??= this.#nextBatch(timestampNs);
      outcome.take(records[at] ?? 0, this.#nextCommandNumber, own, this.#open);
      this.#open.add(records.subarray(at, at + recordCount * COMMAND_BYTES), own);
      this.#nextCommandNumber += BigInt(recordCount);
      if (this.#open.recordCount >= this.#batchRecordsMax) this.#plan(outcome);
      transitionAt = end;
      at += recordCount * COMMAND_BYTES;
    }
  }

  #nextBatch(timestampNs: bigint): OpenBatch {
    const batch = new OpenBatch(this.#nextBatchNumber, this.#nextCommandNumber, timestampNs);
    this.#nextBatchNumber += 1n;
    return batch;
  }

  #plan(outcome: Outcome): void {
    const plan = this.seal();
    if (plan !== undefined) outcome.planned.push(plan);
  }
}

/** Gathers what a run of commands did. */
class Outcome implements AppliedCommands {
  readonly batchNumber: bigint;
  readonly acks: CommandAck[] = [];
  readonly trades: Trade[] = [];
  readonly planned: PlannedBatch[] = [];
  readonly #wantsAcks: boolean;

  constructor(batchNumber: bigint, wantsAcks: boolean) {
    this.batchNumber = batchNumber;
    this.#wantsAcks = wantsAcks;
  }

  take(kind: number, commandNumber: bigint, transitions: Uint8Array, batch: OpenBatch): void {
    if (this.#wantsAcks) this.acks.push(ackOf(kind, commandNumber, transitions));
    this.trades.push(...tradesOf(transitions, batch.batchNumber, batch.timestampNs));
  }
}

/** Where the longest run of whole commands ends that one call of the engine takes. */
function endOfChunk(records: Uint8Array, offset: number): number {
  const max = Math.min(records.length, offset + BATCH_COMMANDS_MAX * COMMAND_BYTES);
  if (max === records.length) return max;
  let at = offset;
  for (;;) {
    const next = at + recordCountAt(records, at) * COMMAND_BYTES;
    if (next > max) return at;
    at = next;
  }
}
