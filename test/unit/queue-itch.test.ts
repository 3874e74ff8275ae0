import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ItchReader, itchFlow } from '../../queue/order-flow/itch.ts';
import { type ItchEvent, ItchFile } from '../../queue/order-flow/itch-file.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

type Levels = readonly (readonly [number, number])[];
interface Vector {
  readonly symbol: string;
  readonly file: string;
  readonly levels: readonly { readonly events: number; readonly bids: Levels; readonly asks: Levels }[];
}
const VECTOR: Vector = JSON.parse(readFileSync(new URL('../vectors/itch.json', import.meta.url), 'utf8'));
const RECORDED = Buffer.from(VECTOR.file, 'hex');

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'proofbook-itch-'));
  path = join(directory, 'day');
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A message put together from the tables of the specification. @param parts behind the locate, the tracking number and the time */
function message(type: string, timestampNs: number, parts: readonly Buffer[], locate = 7): Buffer {
  const head = Buffer.alloc(11);
  head.write(type, 'latin1');
  head.writeUInt16BE(locate, 1);
  head.writeUIntBE(timestampNs, 5, 6);
  const body = Buffer.concat([head, ...parts]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  return Buffer.concat([length, body]);
}
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const u64 = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};
const text = (value: string) => Buffer.from(value, 'latin1');
const add = (ref: bigint, side = 'B', shares = 100, price = 1_500_000, symbol = 'PBOOK   ', ns = 5) =>
  message('A', ns, [u64(ref), text(side), u32(shares), text(symbol), u32(price)]);

const eventsOf = (bytes: Buffer): ItchEvent[] => {
  writeFileSync(path, bytes);
  return [...new ItchFile(path, 'PBOOK').events()];
};

describe('an ITCH file', () => {
  test('by hand from the specification is read field by field', () => {
    const bytes = Buffer.concat([
      add(1n),
      message('F', 6, [u64(2n), text('S'), u32(7), text('PBOOK   '), u32(1_510_000), text('NSDQ')]),
      message('E', 7, [u64(1n), u32(30), u64(9n)]),
      message('C', 8, [u64(2n), u32(3), u64(10n), text('Y'), u32(1_505_000)]),
      message('X', 9, [u64(1n), u32(20)]),
      message('U', 10, [u64(1n), u64(3n), u32(40), u32(1_490_000)]),
      message('D', 11, [u64(3n)]),
      message('P', 12, [u64(0n), text('B'), u32(5), text('PBOOK   '), u32(1), u64(11n)]),
    ]);
    expect(eventsOf(bytes)).toEqual([
      { timestampNs: 5n, kind: 'add', ref: 1n, side: 'bid', shares: 100n, price: 1_500_000n },
      { timestampNs: 6n, kind: 'add', ref: 2n, side: 'ask', shares: 7n, price: 1_510_000n },
      { timestampNs: 7n, kind: 'execute', ref: 1n, shares: 30n, price: undefined },
      { timestampNs: 8n, kind: 'execute', ref: 2n, shares: 3n, price: 1_505_000n },
      { timestampNs: 9n, kind: 'cancel', ref: 1n, shares: 20n },
      { timestampNs: 10n, kind: 'replace', ref: 1n, newRef: 3n, shares: 40n, price: 1_490_000n },
      { timestampNs: 11n, kind: 'delete', ref: 3n },
      { timestampNs: 12n, kind: 'other' },
    ]);
  });

  test.each<readonly [string, Buffer, string | number]>([
    ['type', Buffer.concat([add(1n), message('Z', 6, [u64(1n)])]), 1],
    ['length', Buffer.concat([add(1n), message('D', 6, [u64(1n), u64(1n)])]), 1],
    ['length', add(1n).subarray(0, 20), 0],
    ['side', add(1n, 'X'), 0],
    ['shares', add(1n, 'B', 0), 0],
    ['price', add(1n, 'B', 1, 0), 0],
    ['timestamp', add(1n, 'B', 1, 1, 'PBOOK   ', 86_400 * 1e9), 0],
    ['timestamp', Buffer.concat([add(1n), add(2n, 'B', 1, 1, 'PBOOK   ', 4)]), 1],
  ])('with a wrong %s is refused', (field, bytes, at) => {
    expectRefusal(() => eventsOf(bytes), 'ITCH_MALFORMED', { field, message: at });
  });

  test('that is not there is refused by its path', () => {
    expectRefusal(() => itchFlow(join(directory, 'none'), 'PBOOK'), 'FILE_UNREADABLE', {
      path: join(directory, 'none'),
    });
  });

  test('larger than what is read at once is cut in the middle of nothing', () => {
    const noise = message('X', 5, [u64(1n), u32(1)], 3);
    const repeated = Buffer.concat(Array.from({ length: 50_000 }, () => noise));
    expect(repeated.length).toBeGreaterThan(2 ** 20);
    const events = eventsOf(Buffer.concat([add(1n), repeated, add(2n)]));
    expect(events).toHaveLength(2);
  });
});

describe('the flow of an ITCH file', () => {
  test('that an independent encoder wrote gives the book that its own flow had', () => {
    const reader = new ItchReader();
    const shown = (side: 'bid' | 'ask') =>
      reader.levels(side).map(({ price, volumeLots }) => [Number(price), Number(volumeLots)]);
    let marks = 0;
    for (const event of eventsOf(RECORDED)) {
      reader.take(event);
      // The directory message is an event, too.
      const mark = VECTOR.levels.find(({ events }) => events + 1 === reader.counts.events);
      if (mark === undefined) continue;
      expect(shown('bid')).toEqual(mark.bids);
      expect(shown('ask')).toEqual(mark.asks);
      marks += 1;
    }
    expect(marks).toBe(VECTOR.levels.length);
    expect(reader.counts).toMatchObject({ unknownRefs: 0, executionsElsewhere: 0 });
    expect(reader.counts.executionsOffPrice).toBeGreaterThan(0);
    const kinds = new Set(reader.commands.map(({ command }) => command.kind));
    expect([...kinds].sort()).toEqual(['cancel', 'place', 'reduce', 'replace']);
  });

  test('counts what it does not know, and takes no more than it is asked for', () => {
    const bytes = Buffer.concat([add(1n), message('D', 6, [u64(99n)]), message('D', 7, [u64(1n)])]);
    writeFileSync(path, bytes);
    const flow = itchFlow(path, 'PBOOK');
    expect(flow.commands.map(({ command }) => command.kind)).toEqual(['place', 'cancel']);
    expect(flow.counts.unknownRefs).toBe(1);
    expect(itchFlow(path, 'PBOOK', 1).commands).toHaveLength(1);
    expect(itchFlow(path, 'OTHER').commands).toHaveLength(0);
  });
});
