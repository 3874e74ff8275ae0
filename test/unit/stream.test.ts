import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compileEngine } from '../../engine/build.ts';
import { runStream } from '../../engine/stream/run-stream.ts';
import { readStreamModule } from '../../engine/stream/stream-module.ts';
import { MessageFile } from '../model/message-flow.ts';
import { refereeLines } from '../model/message-referee.ts';
import { Random } from '../model/random.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { SEED } from '../support/seed.ts';
import { StreamFiles } from '../support/stream-files.ts';

const files = new StreamFiles();
afterAll(() => files.close());

const BUY = 0;
const SELL = 1;
const PRICE_MAX = 2n ** 48n - 1n;
const QUANTITY_MAX = 2 ** 32 - 1;
const U64_MAX = 2n ** 64n - 1n;

/** Lines of a file that is built by `write`. */
function linesOf(write: (file: MessageFile) => void): readonly string[] {
  const file = new MessageFile();
  write(file);
  files.run(file.bytes());
  return files.lines().split('\n');
}

describe('the module', () => {
  test('is what its sources compile to', async () => {
    const outFile = join(files.folder, 'stream.wasm');
    await compileEngine('stream', outFile);
    expect(Buffer.compare(readFileSync(outFile), readStreamModule())).toBe(0);
  });

  test('imports nothing', () => {
    const module = new WebAssembly.Module(Uint8Array.from(readStreamModule()));
    expect(WebAssembly.Module.imports(module)).toEqual([]);
  });
});

describe('lines', () => {
  test('say what became of each message', () => {
    expect(
      linesOf((file) => {
        file.new(10n, SELL, 101, 5);
        file.new(11n, SELL, 100, 5);
        file.new(20n, BUY, 101, 7);
        file.new(21n, BUY, 101, 9, true);
        file.cancel(10n);
        file.new(30n, BUY, 99, 1);
        file.modify(30n, SELL, 98, 4);
        file.modify(31n, SELL, 98, 4);
        file.cancel(30n);
        file.cancel(30n);
      }),
    ).toEqual([
      '0,1,1,10,101,5',
      '0,2,1,11,100,5',
      '0,3,0,20,101,7',
      '1,3,100,5,11,20',
      '1,3,101,2,10,20',
      '0,4,0,21,101,9',
      '1,4,101,3,10,21',
      '2,4,0,21,101',
      '4,5,10',
      '0,6,0,30,99,1',
      '3,7,1,30,98,4',
      '5,8,31',
      '2,9,1,30,98',
      '4,10,30',
    ]);
  });

  test('of a modify are its fills, the rest of an IOC, and then itself', () => {
    const lines = linesOf((file) => {
      file.new(1n, SELL, 50, 3);
      file.new(2n, BUY, 40, 9);
      file.modify(2n, BUY, 50, 8, true);
      file.cancel(2n);
    });
    expect(lines.slice(2)).toEqual(['1,3,50,3,1,2', '2,3,0,2,50', '3,3,0,2,50,8', '4,4,2']);
  });

  test('show that a modify loses its priority even when nothing changes', () => {
    const lines = linesOf((file) => {
      file.new(1n, SELL, 50, 3);
      file.new(2n, SELL, 50, 3);
      file.modify(1n, SELL, 50, 3);
      file.new(3n, BUY, 50, 4);
    });
    expect(lines.slice(4)).toEqual(['1,4,50,3,2,3', '1,4,50,1,1,3']);
  });

  test('have every digit of the greatest and the least numbers', () => {
    expect(
      linesOf((file) => {
        file.new(U64_MAX, SELL, PRICE_MAX, QUANTITY_MAX);
        file.new(0n, BUY, PRICE_MAX, QUANTITY_MAX);
        file.new(U64_MAX - 1n, BUY, 1, 1);
        file.cancel(U64_MAX - 1n);
      }),
    ).toEqual([
      `0,1,1,${U64_MAX},${PRICE_MAX},${QUANTITY_MAX}`,
      `0,2,0,0,${PRICE_MAX},${QUANTITY_MAX}`,
      `1,2,${PRICE_MAX},${QUANTITY_MAX},${U64_MAX},0`,
      `0,3,0,${U64_MAX - 1n},1,1`,
      `2,4,0,${U64_MAX - 1n},1`,
    ]);
  });

  test.each([
    1n,
    9n,
    10n,
    999_999_999n,
    1_000_000_000n,
    2n ** 32n,
    2n ** 53n - 1n,
    2n ** 53n,
    2n ** 63n,
    10n ** 19n,
  ])('write %s and its neighbors digit by digit', (id) => {
    const lines = linesOf((file) => {
      for (const each of [id - 1n, id, id + 1n]) file.new(each, BUY, 5, 1);
    });
    expect(lines.map((line) => line.split(',')[3])).toEqual([id - 1n, id, id + 1n].map(String));
  });

  test('are none for a file without messages', () => {
    expect(files.run(new MessageFile().bytes())).toEqual({ messages: 0, matchingNs: 0n });
    expect(files.lines()).toBe('');
  });

  test('do not depend on the header, the padding and the last word', () => {
    const file = new MessageFile();
    file.new(1n, SELL, 50, 3);
    file.new(2n, BUY, 50, 2);
    const bytes = Buffer.from(file.bytes());
    files.run(bytes);
    const lines = files.lines();
    bytes.fill(0xa5, 0, 16);
    for (const at of [16, 56]) bytes.fill(0xa5, at + 3, at + 4).fill(0xa5, at + 32, at + 40);
    files.run(bytes);
    expect(files.lines()).toBe(lines);
  });
});

describe('ids of any kind', () => {
  // Enough that some of 2^21 buckets have several orders.
  const RESTING = 30_000;

  test.each([
    { kind: 'at random', idOf: (_: number, random: Random) => random.u64() },
    { kind: 'that differ in their upper half only', idOf: (index: number) => BigInt(index) << 32n },
    {
      kind: 'that count upwards for each of 16 clients',
      idOf: (index: number) => (BigInt(index % 16) << 40n) | BigInt(index >> 4),
    },
  ])('$kind are found and forgotten, each by itself', ({ idOf }) => {
    const random = new Random(BigInt(SEED));
    const file = new MessageFile();
    const expected: string[] = [];
    const ids = Array.from({ length: RESTING }, (_, index) => idOf(index, random));
    for (const id of ids) {
      file.new(id, BUY, 9, 1);
      expected.push(`0,${file.messageCount},0,${id},9,1`);
    }
    for (const id of ids.toSorted(() => random.below(2) - 0.5)) {
      file.cancel(id);
      expected.push(`2,${file.messageCount},0,${id},9`);
      file.cancel(id);
      expected.push(`4,${file.messageCount},${id}`);
    }
    files.run(file.bytes());
    expect(files.lines()).toBe(expected.join('\n'));
  });
});

describe('the bound of fills a command', () => {
  const MAKERS = 4_000;

  test.each([
    { what: 'an order that fills whole', left: 0, ioc: false, modify: false },
    { what: 'an order that rests', left: 7, ioc: false, modify: false },
    { what: 'an IOC order', left: 7, ioc: true, modify: false },
    { what: 'a modify', left: 7, ioc: false, modify: true },
    { what: 'an IOC modify', left: 7, ioc: true, modify: true },
  ])('does not show in $what', ({ left, ioc, modify }) => {
    const file = new MessageFile();
    for (let maker = 0; maker < MAKERS; maker++) file.new(BigInt(maker), SELL, 1_000 + (maker % 50), 2);
    const taker = BigInt(MAKERS);
    if (modify) file.new(taker, BUY, 1, 1);
    const lots = MAKERS * 2 + left;
    if (modify) file.modify(taker, BUY, 2_000, lots, ioc);
    else file.new(taker, BUY, 2_000, lots, ioc);
    file.cancel(taker);
    file.cancel(0n);
    files.run(file.bytes());
    expect(files.lines()).toBe(refereeLines(file.bytes()));
    expect(files.lines().match(/^1,/gm)).toHaveLength(MAKERS);
  });
});

describe('a file longer than the buffers', () => {
  test('is matched as one, even where the reports of one message are', () => {
    const makers = 200_000;
    const file = new MessageFile();
    for (let id = 0; id < makers; id++) file.new(BigInt(id), SELL, 10 + (id >> 10), 1);
    const taker = BigInt(makers);
    file.new(taker, BUY, 1_000, makers + 1);
    file.cancel(taker);
    files.run(file.bytes());
    const lines = files.lines().split('\n');
    // 24 bytes of report for each fill: more than the 4 MB that one call may write.
    expect(lines).toHaveLength(makers + 1 + makers + 1);
    const isWrong = (line: string, id: number) =>
      line !== `1,${makers + 1},${10 + (id >> 10)},1,${id},${taker}`;
    expect(lines[makers]).toBe(`0,${makers + 1},0,${taker},1000,${makers + 1}`);
    expect(lines.slice(makers + 1, -1).find(isWrong)).toBeUndefined();
    expect(lines.at(-1)).toBe(`2,${makers + 2},0,${taker},1000`);
  });

  test('is matched as one', () => {
    const file = new MessageFile();
    // 200,000 messages are three message buffers, and their fills more than two report buffers.
    for (let id = 0n; file.messageCount < 200_000; id += 3n) {
      file.new(id, SELL, 10, 1);
      file.new(id + 1n, SELL, 11, 1);
      file.new(id + 2n, BUY, 11, 2);
    }
    expect(files.run(file.bytes()).messages).toBe(file.messageCount);
    expect(files.lines()).toBe(refereeLines(file.bytes()));
  });
});

describe('what is refused', () => {
  const good = (file: MessageFile) => file.new(1n, SELL, 50, 3);

  test.each([
    { field: 'type', value: 3, write: (file: MessageFile) => file.message(3, 2n, BUY, 50, 1, false) },
    { field: 'type', value: 255, write: (file: MessageFile) => file.message(255, 2n, BUY, 50, 1, false) },
    { field: 'side', value: 2, write: (file: MessageFile) => file.new(2n, 2, 50, 1) },
    { field: 'side', value: 2, write: (file: MessageFile) => file.modify(1n, 2, 50, 1) },
    { field: 'side', value: 255, write: (file: MessageFile) => file.message(1, 1n, 255, 0, 0, false) },
    { field: 'price', value: 0n, write: (file: MessageFile) => file.new(2n, BUY, 0, 1) },
    { field: 'price', value: -1n, write: (file: MessageFile) => file.new(2n, BUY, -1, 1) },
    {
      field: 'price',
      value: PRICE_MAX + 1n,
      write: (file: MessageFile) => file.modify(1n, BUY, PRICE_MAX + 1n, 1),
    },
    { field: 'quantity', value: 0, write: (file: MessageFile) => file.new(2n, BUY, 50, 0) },
    { field: 'quantity', value: 0, write: (file: MessageFile) => file.modify(1n, BUY, 50, 0, true) },
  ])('$field $value', ({ field, value, write }) => {
    const file = new MessageFile();
    good(file);
    write(file);
    expectRefusal(() => files.run(file.bytes()), 'INVALID_MESSAGE', { index: 1, field, value });
    expect(files.lines()).toBe('0,1,1,1,50,3');
  });

  test('ioc that is neither 0 nor 1', () => {
    const file = new MessageFile();
    good(file);
    const bytes = Buffer.from(file.bytes()).fill(2, 18, 19);
    expectRefusal(() => files.run(bytes), 'INVALID_MESSAGE', { index: 0, field: 'ioc', value: 2 });
  });

  test('a new order with the id of one that rests, even when it was modified, and not when it is gone', () => {
    const file = new MessageFile();
    good(file);
    file.cancel(1n);
    good(file);
    file.new(2n, BUY, 50, 3);
    good(file);
    file.modify(1n, BUY, 40, 1);
    good(file);
    expectRefusal(() => files.run(file.bytes()), 'ORDER_ID_LIVE', { index: 6, value: 1n });
    expect(files.lines().split('\n').at(-1)).toBe('3,6,0,1,40,1');
  });

  test('an order that finds no price level, and one that finds no order slot', () => {
    const levels = new MessageFile();
    for (let id = 0; id < 65_536; id++) levels.new(BigInt(id), BUY, 1_000_000 - id, 1);
    levels.new(70_000n, BUY, 1_000_000, 1);
    levels.new(70_001n, SELL, 2_000_000, 1);
    levels.new(70_002n, BUY, 1_000_001, 1);
    expectRefusal(() => files.run(levels.bytes()), 'BOOK_EXHAUSTED', { index: 65_538, value: 70_002n });
    expect(files.lines().split('\n')).toHaveLength(65_538);

    const orders = new MessageFile();
    for (let id = 0; id < 2 ** 20; id++) orders.new(BigInt(id), BUY, 1_000, 1);
    orders.new(2_000_000n, BUY, 1_000, 1);
    expectRefusal(() => files.run(orders.bytes()), 'BOOK_EXHAUSTED', { index: 2 ** 20, value: 2_000_000n });
  });

  test('counts messages over the whole file', () => {
    const file = new MessageFile();
    for (let index = 0; index < 70_000; index++) file.cancel(5n);
    file.new(2n, BUY, 50, 0);
    expectRefusal(() => files.run(file.bytes()), 'INVALID_MESSAGE', { index: 70_000 });
  });

  test.each([0, 15, 17, 55, 57])('a file of %i bytes, before OUT is touched', (length) => {
    const outPath = join(files.folder, `reports-of-${length}.txt`);
    writeFileSync(files.inPath, Buffer.alloc(length));
    const path = files.inPath;
    expectRefusal(() => runStream(path, outPath), 'STREAM_LENGTH', { path, value: length });
    expect(existsSync(outPath)).toBe(false);
  });

  test('files that cannot be read or written', () => {
    const absent = join(files.folder, 'absent', 'file');
    expectRefusal(() => runStream(absent, files.outPath), 'FILE_UNREADABLE', { path: absent });
    files.run(new MessageFile().bytes());
    expectRefusal(() => runStream(files.inPath, absent), 'FILE_UNWRITABLE', { path: absent });
  });

  test('IN as OUT', () => {
    const file = new MessageFile();
    good(file);
    files.run(file.bytes());
    expectRefusal(() => runStream(files.inPath, files.inPath), 'USAGE', { field: 'OUT' });
    expect(Buffer.compare(readFileSync(files.inPath), file.bytes())).toBe(0);
  });
});
