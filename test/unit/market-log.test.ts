import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CommandLog } from '../../queue/store/command-log.ts';
import { MarketLog } from '../../queue/store/market-log.ts';
import { decodeMarketLog } from '../../queue/store/market-log-content.ts';
import type { MarketLogRecord } from '../../queue/store/market-log-format.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { seededBytes } from '../support/random-bytes.ts';

const CONFIG = seededBytes(64, 1);
const HEADER_BYTES = 72;
const request = (seed: number, recordCount: number, timestampNs: bigint): MarketLogRecord => ({
  kind: 'commands',
  timestampNs,
  keyDigest: seededBytes(32, seed + 100),
  contentDigest: seededBytes(32, seed + 200),
  records: seededBytes(32 * recordCount, seed),
});
const RECORDS: readonly MarketLogRecord[] = [
  request(2, 3, 5n),
  request(3, 2, 5n),
  { kind: 'seal', batchNumber: 1n, timestampNs: 5n, commandCount: 4 },
  request(4, 1, 9n),
];

let folder: string;
let path: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'proofbook-market-log-'));
  path = join(folder, 'commands.log');
  MarketLog.create(path, CONFIG);
  const { log } = await MarketLog.open(path);
  await log.append(RECORDS.slice(0, 2));
  await log.append(RECORDS.slice(2));
  await log.close();
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('market log', () => {
  test('gives back batches, requests and what no batch took', async () => {
    const { log, content } = await MarketLog.open(path);
    await log.close();
    expect(Buffer.from(content.marketConfig)).toEqual(Buffer.from(CONFIG));
    const records = Buffer.concat([2, 3, 4].map((seed) => seededBytes(32 * (5 - seed), seed)));
    expect(content.batches.map(({ batchNumber }) => batchNumber)).toEqual([1n]);
    expect(Buffer.from(content.batches[0]?.commands ?? [])).toEqual(records.subarray(0, 128));
    expect(Buffer.concat(content.tail.map((run) => run.records))).toEqual(records.subarray(128));
    expect(content.tail.map(({ timestampNs }) => timestampNs)).toEqual([5n, 9n]);
    expect(content.requests.map(({ firstCommandNumber }) => firstCommandNumber)).toEqual([1n, 4n, 6n]);
    expect(new CommandLog(path).read().batches).toEqual(content.batches);
  });

  test('every cut is a torn append, and what was whole before it stays', () => {
    const whole = readFileSync(path);
    const { requests } = decodeMarketLog(path, whole);
    for (let length = HEADER_BYTES; length < whole.length; length++) {
      const content = decodeMarketLog(path, whole.subarray(0, length));
      expect(content.end).toBeLessThanOrEqual(length);
      expect(content.requests).toEqual(requests.slice(0, content.requests.length));
    }
  });

  test('appending goes on behind the last whole record', async () => {
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, whole.length - 5));
    const { log, content } = await MarketLog.open(path);
    expect(content.requests).toHaveLength(2);
    expect(readFileSync(path)).toEqual(whole.subarray(0, content.end));
    expect(readFileSync(`${path}.torn`)).toEqual(whole.subarray(content.end, -5));
    await log.append([request(7, 1, 9n)]);
    await log.close();
    const again = await MarketLog.open(path);
    await again.log.close();
    expect(again.content.requests).toHaveLength(3);
  });

  test('refuses every flipped byte that is not in the last record', async () => {
    const { log } = await MarketLog.open(path);
    await log.append([request(8, 1, 9n)]);
    await log.close();
    const whole = readFileSync(path);
    const lastRecord = 16 + 72 + 32 + 32;
    for (let at = 0; at < whole.length - lastRecord; at++) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
      writeFileSync(path, damaged);
      expectRefusal(() => new CommandLog(path).read(), 'COMMAND_LOG_MALFORMED');
    }
  });

  test('zeros behind a power cut are torn, not a fault', async () => {
    const whole = readFileSync(path);
    appendFileSync(path, Buffer.alloc(10));
    const { log, content } = await MarketLog.open(path);
    await log.close();
    expect(content.end).toBe(whole.length);
  });
});
