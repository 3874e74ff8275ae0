import { ProofbookError } from '../../engine/proofbook-error.ts';

// What the service says, read field by field: u64 become bigint, and what is missing is named.

/** A market as the service lists it. Prices count in 10^-priceDecimals, quantities in 10^-quantityDecimals. */
export interface Market {
  readonly marketId: bigint;
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
  /** The last sealed batch; 0 before the first. */
  readonly batchNumber: bigint;
  readonly sequence: bigint;
  /** Every batch up to this one is proven; 0 before the first. */
  readonly highestProvenBatch: bigint;
}

/** How far the proof of a batch is. */
export interface Job {
  readonly jobId: string;
  readonly state: string;
  readonly stage: string;
  readonly stageDone: number;
  readonly stageTotal: number;
  readonly receiptKind: string;
  readonly proveDurationMs: number | undefined;
  readonly errorCode: string | undefined;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface Batch {
  readonly batchNumber: bigint;
  readonly commandCount: number;
  readonly transitionCount: number;
  readonly firstSequence: bigint;
  readonly lastSequence: bigint;
  readonly timestampNs: bigint;
  readonly preStateRoot: string;
  readonly postStateRoot: string;
  readonly commandsRoot: string;
  readonly transitionsRoot: string;
  readonly job: Job | undefined;
}

export interface DepthLevel {
  /** Ticks. */
  readonly price: bigint;
  /** Lots. */
  readonly volume: bigint;
  readonly orderCount: number;
}

/** Price levels of both sides, best first. */
export interface Depth {
  readonly batchNumber: bigint;
  readonly sequence: bigint;
  readonly bids: readonly DepthLevel[];
  readonly asks: readonly DepthLevel[];
}

export interface Trade {
  readonly sequence: bigint;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly takerSide: 'bid' | 'ask';
  readonly batchNumber: bigint;
  readonly timestampNs: bigint;
}

/** @throws INVALID_FIELD, like every reader of this file */
export function readMarket(value: unknown): Market {
  const market = record(value, 'market');
  const config = record(market.config, 'config');
  return {
    marketId: u64(market, 'marketId'),
    priceDecimals: count(config, 'priceDecimals'),
    quantityDecimals: count(config, 'quantityDecimals'),
    batchNumber: u64(market, 'batchNumber'),
    sequence: u64(market, 'sequence'),
    highestProvenBatch: u64(market, 'highestProvenBatch'),
  };
}

export function readMarkets(value: unknown): readonly Market[] {
  return list(record(value, 'answer'), 'markets', readMarket);
}

export function readJob(value: unknown): Job {
  const job = record(value, 'job');
  return {
    jobId: text(job, 'jobId'),
    state: text(job, 'state'),
    stage: optional(job, 'stage', text) ?? '',
    stageDone: optional(job, 'stageDone', count) ?? 0,
    stageTotal: optional(job, 'stageTotal', count) ?? 0,
    receiptKind: text(job, 'receiptKind'),
    proveDurationMs: optional(job, 'proveDurationMs', count),
    errorCode: optional(job, 'errorCode', text),
    createdAtMs: count(job, 'createdAtMs'),
    updatedAtMs: count(job, 'updatedAtMs'),
  };
}

export function readBatch(value: unknown): Batch {
  const batch = record(value, 'batch');
  return {
    batchNumber: u64(batch, 'batchNumber'),
    commandCount: count(batch, 'commandCount'),
    transitionCount: count(batch, 'transitionCount'),
    firstSequence: u64(batch, 'firstSequence'),
    lastSequence: u64(batch, 'lastSequence'),
    timestampNs: u64(batch, 'timestampNs'),
    preStateRoot: text(batch, 'preStateRoot'),
    postStateRoot: text(batch, 'postStateRoot'),
    commandsRoot: text(batch, 'commandsRoot'),
    transitionsRoot: text(batch, 'transitionsRoot'),
    job: optional(batch, 'job', (fields, field) => readJob(fields[field])),
  };
}

export function readBatches(value: unknown): readonly Batch[] {
  return list(record(value, 'answer'), 'batches', readBatch);
}

export function readDepth(value: unknown): Depth {
  const depth = record(value, 'depth');
  return {
    batchNumber: u64(depth, 'batchNumber'),
    sequence: u64(depth, 'sequence'),
    bids: list(depth, 'bids', readLevel),
    asks: list(depth, 'asks', readLevel),
  };
}

export function readTrade(value: unknown): Trade {
  const trade = record(value, 'trade');
  const takerSide = text(trade, 'takerSide');
  if (takerSide !== 'bid' && takerSide !== 'ask') refuse('takerSide', takerSide, 'expected bid or ask');
  return {
    sequence: u64(trade, 'sequence'),
    price: u64(trade, 'price'),
    quantity: u64(trade, 'quantity'),
    takerSide,
    batchNumber: u64(trade, 'batchNumber'),
    timestampNs: u64(trade, 'timestampNs'),
  };
}

export function readTrades(value: unknown): readonly Trade[] {
  return list(record(value, 'answer'), 'trades', readTrade);
}

function readLevel(value: unknown): DepthLevel {
  const level = record(value, 'level');
  return { price: u64(level, 'price'), volume: u64(level, 'volume'), orderCount: count(level, 'orderCount') };
}

export type Fields = Readonly<Record<string, unknown>>;

/** A JSON object. */
export function record(value: unknown, field: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    refuse(field, value, 'expected an object');
  return value as Fields;
}

/** A list, each of its items read by `read`. */
export function list<Item>(fields: Fields, field: string, read: (value: unknown) => Item): readonly Item[] {
  const value = fields[field];
  if (!Array.isArray(value)) refuse(field, value, 'expected a list');
  return value.map(read);
}

export function text(fields: Fields, field: string): string {
  const value = fields[field];
  if (typeof value !== 'string') refuse(field, value, 'expected a text');
  return value;
}

/** A u64 in decimal digits. */
export function u64(fields: Fields, field: string): bigint {
  const value = text(fields, field);
  if (!/^[0-9]{1,20}$/.test(value)) refuse(field, value, 'expected decimal digits');
  return BigInt(value);
}

/** A count, or milliseconds: never a u64, so a JSON number holds it; digits are taken too. */
export function count(fields: Fields, field: string): number {
  const value = fields[field];
  const number = typeof value === 'string' && /^[0-9]{1,15}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0)
    refuse(field, value, 'expected a number');
  return number;
}

function optional<Value>(
  fields: Fields,
  field: string,
  read: (fields: Fields, field: string) => Value,
): Value | undefined {
  return fields[field] === null || fields[field] === undefined ? undefined : read(fields, field);
}

function refuse(field: string, value: unknown, reason: string): never {
  throw new ProofbookError('INVALID_FIELD', { field, value: String(value), reason });
}
