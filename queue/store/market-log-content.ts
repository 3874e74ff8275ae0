import { COMMAND_BYTES } from '../../engine/command-record.ts';
import { copyBytes } from '../../engine/copy-bytes.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { LoggedBatch } from './logged-batch.ts';
import {
  chainOfHeader,
  LOG_HEADER_BYTES,
  type LoggedRequest,
  type LoggedSeal,
  readLogRecord,
} from './market-log-format.ts';

/** A request of a log and where its first record stands in the market's history. */
export interface PlacedRequest extends Omit<LoggedRequest, 'records' | 'kind'> {
  /** 1 for the first record of the market. */
  readonly firstCommandNumber: bigint;
  /** Records. */
  readonly commandCount: number;
}

/** Records that no batch took yet. */
export interface OpenTail {
  readonly timestampNs: bigint;
  readonly records: Uint8Array;
}

/** All that a market's log says. */
export interface MarketLogContent {
  readonly marketConfig: Uint8Array;
  readonly batches: readonly LoggedBatch[];
  readonly requests: readonly PlacedRequest[];
  /** Runs of records with one timestamp, in order. */
  readonly tail: readonly OpenTail[];
  /** Where the next record goes; bytes behind it are a torn append. */
  readonly end: number;
  /** What the next record's chain continues. */
  readonly chain: Uint8Array;
}

const CONFIG_OFFSET = 8;

/**
 * Reads a log of version 2 up to a torn last record.
 *
 * @param path for the errors
 * @throws COMMAND_LOG_MALFORMED naming entry, field and value
 */
export function decodeMarketLog(path: string, bytes: Uint8Array): MarketLogContent {
  const reading = new LogReading(path);
  let offset = LOG_HEADER_BYTES;
  let chain = chainOfHeader(bytes.subarray(0, LOG_HEADER_BYTES));
  while (offset < bytes.length) {
    reading.entry += 1;
    const read = readLogRecord(bytes, offset, chain);
    if (read.outcome === 'torn') break;
    if (read.outcome === 'fault') throw reading.refusal(read.field, read.value, read.reason);
    if (read.record.kind === 'commands') reading.take(read.record);
    else reading.seal(read.record);
    offset = read.next;
    chain = read.chain;
  }
  return {
    marketConfig: copyBytes(bytes, CONFIG_OFFSET, LOG_HEADER_BYTES),
    batches: reading.batches,
    requests: reading.requests,
    tail: reading.tail,
    end: offset,
    chain,
  };
}

/** What was read so far. */
class LogReading {
  readonly batches: LoggedBatch[] = [];
  readonly requests: PlacedRequest[] = [];
  readonly tail: OpenTail[] = [];
  entry = 0;
  readonly #path: string;
  #nextCommandNumber = 1n;

  constructor(path: string) {
    this.#path = path;
  }

  take({ timestampNs, keyDigest, contentDigest, records }: LoggedRequest): void {
    const commandCount = records.length / COMMAND_BYTES;
    const firstCommandNumber = this.#nextCommandNumber;
    this.requests.push({ timestampNs, keyDigest, contentDigest, firstCommandNumber, commandCount });
    this.#nextCommandNumber += BigInt(commandCount);
    this.tail.push({ timestampNs, records });
  }

  seal({ batchNumber, timestampNs, commandCount }: LoggedSeal): void {
    const expected = BigInt(this.batches.length + 1);
    if (batchNumber !== expected)
      throw this.refusal('batchNumber', String(batchNumber), `expected ${expected}`);
    const commands = new Uint8Array(commandCount * COMMAND_BYTES);
    let filled = 0;
    while (filled < commands.length) {
      const first = this.tail[0];
      if (first === undefined)
        throw this.refusal('commandCount', commandCount, 'the log holds fewer records');
      const part = first.records.subarray(0, commands.length - filled);
      commands.set(part, filled);
      filled += part.length;
      if (part.length === first.records.length) this.tail.shift();
      else this.tail[0] = { ...first, records: first.records.subarray(part.length) };
    }
    this.batches.push({ batchNumber, timestampNs, commands });
  }

  refusal(field: string, value: string | number, reason: string): ProofbookError {
    return new ProofbookError('COMMAND_LOG_MALFORMED', {
      path: this.#path,
      entry: this.entry,
      field,
      value,
      reason,
    });
  }
}
