import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_MARKET_CONFIG, encodeMarketConfig } from '../../../engine/market-config.ts';
import { JournalFollower } from '../../../queue/runtime/pipeline/journal-follower.ts';
import {
  BATCH_HEADER_BYTES,
  GROUP_HEADER_BYTES,
  JOURNAL_HEADER_BYTES,
} from '../../../queue/runtime/pipeline/journal-layout.ts';
import { JournalWriter } from '../../../queue/runtime/pipeline/journal-writer.ts';
import { expectRefusal } from '../../support/expect-refusal.ts';
import { temporaryDirectory } from '../../support/pipeline-run.ts';

const BATCH_BYTES = BATCH_HEADER_BYTES + 64;
let directory: ReturnType<typeof temporaryDirectory>;
let path: string;
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory.path, 'journal');
});
afterEach(() => directory.remove());

/** Writes a group of batches, two records each, and returns their numbers. */
function commitBatches(writer: JournalWriter, ...numbers: readonly number[]): void {
  numbers.forEach((number, index) => {
    const view = new DataView(writer.body.buffer, writer.body.byteOffset + index * BATCH_BYTES);
    view.setBigUint64(0, BigInt(number), true);
    view.setBigUint64(8, BigInt(number * 1000), true);
    view.setUint32(16, 1, true);
    view.setUint32(20, 2, true);
    view.setUint32(24, 3, true);
    for (let at = 0; at < 64; at++) view.setUint8(BATCH_HEADER_BYTES + at, number + at);
  });
  writer.commit(numbers.length * BATCH_BYTES, numbers.length);
}

const open = () => new JournalWriter(path, 'circuit', DEFAULT_MARKET_CONFIG, 'synced');
const numbersOf = (follower: JournalFollower) =>
  follower.next().map(({ batchNumber }) => Number(batchNumber));

describe('the journal', () => {
  test('is followed group by group while it is written', () => {
    const writer = open();
    const follower = new JournalFollower(path);
    expect(follower.marketConfig).toEqual(encodeMarketConfig(DEFAULT_MARKET_CONFIG));
    expect(follower.next()).toEqual([]);
    commitBatches(writer, 1, 2);
    commitBatches(writer, 3);
    const [first] = follower.next();
    expect(first).toMatchObject({ batchNumber: 1n, timestampNs: 1000n, ingressSlots: 1, transitionCount: 3 });
    expect(first?.commands).toEqual(Uint8Array.from({ length: 64 }, (_, at) => 1 + at));
    expect(numbersOf(follower)).toEqual([3]);
    expect(follower.next()).toEqual([]);
    commitBatches(writer, 4);
    expect(numbersOf(follower)).toEqual([4]);
    expect([writer.groupsWritten, writer.bytesWritten]).toEqual([3, readFileSync(path).length]);
  });

  test.each([1, GROUP_HEADER_BYTES - 1, GROUP_HEADER_BYTES + 1, GROUP_HEADER_BYTES + BATCH_BYTES - 1])(
    'takes a torn last group of %d bytes for one that is on its way',
    (length) => {
      const writer = open();
      commitBatches(writer, 1);
      const whole = readFileSync(path);
      commitBatches(writer, 2);
      truncateSync(path, whole.length + length);
      const follower = new JournalFollower(path);
      expect([numbersOf(follower), numbersOf(follower)]).toEqual([[1], []]);
    },
  );

  test.each([
    ['group magic', 0],
    ['group checksum', 8],
    ['group checksum', GROUP_HEADER_BYTES + 40],
    ['records', GROUP_HEADER_BYTES - 4],
  ])('refuses a damaged %s at byte %d, naming the group', (field, at) => {
    const writer = open();
    commitBatches(writer, 1);
    commitBatches(writer, 2);
    commitBatches(writer, 3);
    const bytes = readFileSync(path);
    const second = JOURNAL_HEADER_BYTES + GROUP_HEADER_BYTES + BATCH_BYTES;
    bytes[second + at] = (bytes[second + at] ?? 0) ^ 3;
    writeFileSync(path, bytes);
    const follower = new JournalFollower(path);
    expect(numbersOf(follower)).toEqual([1]);
    expectRefusal(() => follower.next(), 'COMMAND_LOG_MALFORMED', { path, entry: 1, field });
  });

  test('refuses a file that is none, and to write over one that is there', () => {
    expectRefusal(() => new JournalFollower(path), 'FILE_UNREADABLE', { path });
    writeFileSync(path, new Uint8Array(10));
    expectRefusal(() => new JournalFollower(path), 'COMMAND_LOG_MALFORMED', { field: 'length', value: 10 });
    writeFileSync(path, new Uint8Array(JOURNAL_HEADER_BYTES));
    expectRefusal(() => new JournalFollower(path), 'COMMAND_LOG_MALFORMED', { field: 'magic' });
    expectRefusal(open, 'DATA_DIRECTORY_IN_USE', { path });
    expectRefusal(
      () => new JournalWriter(join(path, 'under-a-file'), 'circuit', DEFAULT_MARKET_CONFIG, 'written'),
      'FILE_UNWRITABLE',
    );
  });
});
