import { encodeCommands } from '../../engine/command.ts';
import { Engine, type SealedBatch } from '../../engine/engine.ts';
import { hex } from '../../engine/hex.ts';
import { decodeJournal } from '../../engine/journal.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { decodeTransitions } from '../../engine/transition.ts';
import { BatchTree } from '../../prover/merkle/batch-tree.ts';
import { seededFlow } from '../../queue/order-flow/seeded-flow.ts';
import { sampleReceipt } from './receipt-samples.ts';

const COMMANDS_MAX = 20_000;
const STAGE_MS = 120;
const LEVELS = 20;
const TRADES = 60;

/** The way of every job of a stand-in: the stages are the service's own, what they wait for is a timer. */
const STAGES = [
  { state: 'executing' },
  { state: 'proving', stageDone: 1, stageTotal: 2 },
  { state: 'proving', stageDone: 2, stageTotal: 2 },
  { state: 'verifying' },
  { state: 'proven', proveDurationMs: 2 * STAGE_MS },
] as const;

interface StandInJob {
  readonly jobId: string;
  readonly state: string;
  readonly stageDone: number;
  readonly stageTotal: number;
  readonly receiptKind: 'fake';
  readonly proveDurationMs: number | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/**
 * A market as the service would serve it: batches, book and Merkle proofs of a real engine, and jobs that nobody works on.
 * Their receipts are of kind `fake`, and say so.
 */
export class StandInMarket {
  readonly marketId: bigint;
  readonly events: string[] = [];
  readonly #engine: Engine;
  readonly #commands;
  readonly #sealed: SealedBatch[] = [];
  readonly #jobs: StandInJob[] = [];
  readonly #listeners = new Set<(event: string) => void>();
  #taken = 0;

  /** @param marketId is the seed of its order flow too */
  constructor(marketId: bigint) {
    this.marketId = marketId;
    this.#engine = Engine.create({ ...DEFAULT_MARKET_CONFIG, marketId });
    this.#commands = seededFlow(marketId, COMMANDS_MAX).commands;
  }

  get batchCount(): number {
    return this.#sealed.length;
  }

  get areAllProven(): boolean {
    return this.#jobs.every(({ state }) => state === 'proven');
  }

  /** Seals the next commands of the flow as a batch; its job takes a moment for each stage. */
  seal(commandCount: number): void {
    const chunk = this.#commands.slice(this.#taken, this.#taken + commandCount);
    this.#taken += commandCount;
    const commands = encodeCommands(chunk.map(({ command }) => command));
    this.#sealed.push(this.#engine.applyBatch(commands, chunk.at(-1)?.timestampNs ?? 0n));
    const number = this.#sealed.length;
    const nowMs = Date.now();
    const times = { createdAtMs: nowMs, updatedAtMs: nowMs };
    const job = {
      jobId: `stand-in-${number}`,
      state: 'queued',
      stageDone: 0,
      stageTotal: 0,
      proveDurationMs: null,
    };
    this.#jobs.push({ ...job, ...times, receiptKind: 'fake' });
    this.#tell('batch', this.batch(number));
    this.#tell('depth', this.depth());
    for (const trade of this.#tradesOf(number)) this.#tell('trade', trade);
    for (const [index, stage] of STAGES.entries()) {
      setTimeout(() => this.#setJob(number, stage), STAGE_MS * (index + 1)).unref();
    }
  }

  /** Hears every event from now on. @returns what ends that */
  listen(listener: (event: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  view() {
    const { marketId, ...config } = this.#engine.config;
    const highestProven = this.#jobs.findIndex(({ state }) => state !== 'proven');
    return {
      marketId,
      config: { ...config, marketId },
      batchNumber: this.#engine.batchNumber(),
      stateRoot: hex(this.#engine.stateRoot()),
      sequence: this.#engine.sequence(),
      highestProvenBatch: BigInt(highestProven === -1 ? this.#jobs.length : highestProven),
    };
  }

  /** A batch, its job included. @param number 1 .. batchCount */
  batch(number: number) {
    const journal = decodeJournal(this.#sealedBatch(number).journal);
    const { marketId, configDigest, timestamp, ...rest } = journal;
    const digests = Object.fromEntries(
      Object.entries(rest).flatMap(([name, value]) =>
        value instanceof Uint8Array ? [[name, hex(value)]] : [],
      ),
    );
    return { ...rest, ...digests, timestampNs: timestamp, job: this.#jobs[number - 1] };
  }

  batches(after: number, limit: number) {
    const last = Math.min(this.batchCount, after + limit);
    return Array.from({ length: Math.max(0, last - after) }, (_, index) => this.batch(after + index + 1));
  }

  depth() {
    const side = (name: 'bid' | 'ask') =>
      this.#engine
        .levels(name)
        .slice(0, LEVELS)
        .map(({ price, displayedLots, orderCount }) => {
          return { price, volume: displayedLots, orderCount };
        });
    const { batchNumber, sequence } = this.view();
    return { batchNumber, sequence, bids: side('bid'), asks: side('ask') };
  }

  trades() {
    return this.#sealed.flatMap((_, index) => this.#tradesOf(index + 1)).slice(-TRADES);
  }

  /** The bytes of a batch by the name of the file, or undefined. */
  file(number: number, name: string): Uint8Array | undefined {
    const { journal, commands, transitions } = this.#sealedBatch(number);
    if (name === 'receipt') {
      return sampleReceipt({ kind: 'fake', backend: 'fake', journal, seal: new Uint8Array(0) }).encode();
    }
    return new Map(Object.entries({ journal, commands, transitions })).get(name);
  }

  /** The proof of one transition, or undefined when the batch has none of this sequence. */
  inclusion(number: number, sequence: bigint) {
    const { transitions, journal } = this.#sealedBatch(number);
    const { firstSequence, lastSequence, transitionCount, transitionsRoot } = decodeJournal(journal);
    if (sequence < firstSequence || sequence > lastSequence) return undefined;
    const recordIndex = Number(sequence - firstSequence);
    const { index, page, siblings } = BatchTree.ofTransitions(transitions).inclusionProof(recordIndex);
    return {
      batchNumber: BigInt(number),
      root: hex(transitionsRoot),
      recordCount: transitionCount,
      index,
      page: hex(page),
      siblings: siblings.map(hex),
      record: hex(transitions.subarray(recordIndex * 64, (recordIndex + 1) * 64)),
      receiptDigest: null,
    };
  }

  /** The proofs of everything that happened to an order. */
  orderInclusion(orderId: bigint) {
    return this.#sealed.flatMap(({ transitions }, index) =>
      decodeTransitions(transitions)
        .filter((transition) => transition.orderId === orderId || transition.makerOrderId === orderId)
        .map(({ sequence }) => this.inclusion(index + 1, sequence)),
    );
  }

  #sealedBatch(number: number): SealedBatch {
    const sealed = this.#sealed[number - 1];
    if (sealed === undefined) throw new Error(`the stand-in has no batch ${number}`);
    return sealed;
  }

  #tradesOf(number: number) {
    const { transitions, journal } = this.#sealedBatch(number);
    const timestampNs = decodeJournal(journal).timestamp;
    return decodeTransitions(transitions)
      .filter(({ type }) => type === 'filled')
      .map(({ sequence, price, quantity, side, orderId, makerOrderId }) => {
        const orders = { takerSide: side === 0 ? 'bid' : 'ask', takerOrderId: orderId, makerOrderId };
        return { sequence, price, quantity, ...orders, batchNumber: BigInt(number), timestampNs };
      });
  }

  #setJob(number: number, change: Partial<StandInJob>): void {
    const job = this.#jobs[number - 1];
    if (job === undefined) return;
    const changed = { ...job, ...change, updatedAtMs: Date.now() };
    this.#jobs[number - 1] = changed;
    this.#tell('job', { batchNumber: BigInt(number), ...changed });
  }

  #tell(name: string, data: unknown): void {
    const event = `id: ${this.events.length + 1}\nevent: ${name}\ndata: ${asJson(data)}\n\n`;
    this.events.push(event);
    for (const listener of this.#listeners) listener(event);
  }
}

/** JSON in which 64-bit numbers are decimal strings. */
export function asJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
}
