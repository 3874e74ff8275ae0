import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LobsterReader, lobsterBookPath, lobsterFlow } from '../../queue/order-flow/lobster.ts';
import { linesOf, parseLobsterBookRow, parseLobsterMessages } from '../../queue/order-flow/lobster-file.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

const GOOD = '34200.004241176,1,16113575,18,5853300,1';
const NO_LEVEL = '9999999999,0,-9999999999,0';

describe('LOBSTER messages', () => {
  test('are read to the nanosecond and the cent', () => {
    expect(
      parseLobsterMessages('m.csv', `${GOOD}\n34200.5,4,7,100,5859400,-1\r\n34201,5,0,1,5859450,1`),
    ).toEqual([
      {
        line: 1,
        timestampNs: 34_200_004_241_176n,
        kind: 'new',
        lobsterId: 16113575n,
        size: 18n,
        price: 5853300n,
        side: 'bid',
      },
      {
        line: 2,
        timestampNs: 34_200_500_000_000n,
        kind: 'visibleExecution',
        lobsterId: 7n,
        size: 100n,
        price: 5859400n,
        side: 'ask',
      },
      // A hidden execution at half a cent is no error: it never meets the book.
      {
        line: 3,
        timestampNs: 34_201_000_000_000n,
        kind: 'hiddenExecution',
        lobsterId: 0n,
        size: 0n,
        price: 0n,
        side: 'bid',
      },
    ]);
  });

  test.each([
    ['time', '34200.0042411761', '34200.0042411761,1,1,18,5853300,1'],
    ['time', '-1', '-1,1,1,18,5853300,1'],
    ['time', '86400', '86400,1,1,18,5853300,1'],
    ['time', 'x', 'x,1,1,18,5853300,1'],
    ['time', '1', '1,1,1,18,5853300,1'],
    ['type', '0', '34200.1,0,1,18,5853300,1'],
    ['type', '8', '34200.1,8,1,18,5853300,1'],
    ['type', '1.0', '34200.1,1.0,1,18,5853300,1'],
    ['order id', '-5', '34200.1,1,-5,18,5853300,1'],
    ['size', '0', '34200.1,1,1,0,5853300,1'],
    ['size', '1e3', '34200.1,1,1,1e3,5853300,1'],
    ['size', '281474976710656', '34200.1,1,1,281474976710656,5853300,1'],
    ['price', '5853350', '34200.1,1,1,18,5853350,1'],
    ['price', '-100', '34200.1,2,1,18,-100,1'],
    ['price', ' 100', '34200.1,3,1,18, 100,1'],
    ['direction', '0', '34200.1,1,1,18,5853300,0'],
  ])('are refused by file, line, field and value: %s %j', (field, value, line) => {
    expectRefusal(() => parseLobsterMessages('m.csv', `${GOOD}\n${line}\n`), 'LOBSTER_MALFORMED', {
      file: 'm.csv',
      line: 2,
      field,
      value: JSON.stringify(value),
    });
  });

  test.each([
    ['an empty file', '', 1, 'line'],
    ['an empty line', `${GOOD}\n\n${GOOD}`, 2, 'field count'],
    ['a field less', '34200.1,1,1,18,5853300', 1, 'field count'],
    ['a field more', `${GOOD},null`, 1, 'field count'],
  ])('are refused: %s', (_, text, line, field) => {
    expectRefusal(() => parseLobsterMessages('m.csv', text), 'LOBSTER_MALFORMED', { line, field });
  });
});

describe('LOBSTER book row', () => {
  test('is read best first, places without a level left out', () => {
    expect(parseLobsterBookRow('b.csv', 1, `5859400,200,5853300,18,${NO_LEVEL}`)).toEqual({
      asks: [{ price: 5859400n, size: 200n }],
      bids: [{ price: 5853300n, size: 18n }],
    });
  });

  test.each([
    ['field count', '5859400,200,5853300'],
    ['ask 1 price', 'x,200,5853300,18'],
    ['bid 1 size', '5859400,200,5853300,0'],
    ['ask 2 price', `5859400,200,5853300,18,-9999999999,0,-9999999999,0`],
  ])('is refused at %s', (field, row) => {
    expectRefusal(() => parseLobsterBookRow('b.csv', 1, row), 'LOBSTER_MALFORMED', { file: 'b.csv', field });
  });
});

describe('LOBSTER flow', () => {
  let folder: string;
  const files = (messages: string, book?: string): string => {
    if (book !== undefined) writeFileSync(join(folder, 'book-10-levels.csv'), book);
    const path = join(folder, 'messages.csv');
    writeFileSync(path, messages);
    return path;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'proofbook-lobster-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('finds the book file by either naming', () => {
    expect(lobsterBookPath('/x/messages.csv')).toBe('/x/book-10-levels.csv');
    expect(lobsterBookPath('/x/AAPL_2012-06-21_34200000_57600000_message_10.csv')).toBe(
      '/x/AAPL_2012-06-21_34200000_57600000_orderbook_10.csv',
    );
  });

  test('seeds the book as it was before the first event, one order a level', () => {
    // The first event adds 18 to a level that had 5 before; row 1 shows 23.
    const path = files(GOOD, `5859400,200,5853300,23,5859500,7,5853200,9`);
    const { commands, counts } = lobsterFlow(path);
    expect(counts).toMatchObject({ events: 1, seededOrders: 4, unknownIds: 0 });
    const quantities = commands.map(
      ({ command }) => command.kind === 'place' && [command.price, command.quantity],
    );
    expect(quantities).toEqual([
      [58533n, 5n],
      [58532n, 9n],
      [58594n, 200n],
      [58595n, 7n],
      [58533n, 18n],
    ]);
  });

  test('turns each event into its command, acts on seeded orders for unknown ids, and counts what it skips', () => {
    const messages = [
      '1,1,10,100,1000000,1', // rests
      '2,2,10,30,1000000,1', // reduces it to 70
      '3,4,10,70,1000000,1', // executes the rest of it
      '4,4,99,40,1010000,-1', // an unknown id at a seeded level
      '5,3,98,60,1010000,-1', // deletes what is left there
      '6,3,97,5,1020000,-1', // an unknown id where nothing was seeded
      '7,5,0,5,1005050,1',
      '8,7,0,0,-1,-1',
      '9,1,11,5,990000,1',
      '10,3,11,5,990000,1',
    ].join('\n');
    const { commands, counts } = lobsterFlow(files(messages, '1010000,100,1000000,100'));
    expect(counts).toEqual({
      events: 10,
      seededOrders: 1,
      hiddenSkipped: 1,
      otherSkipped: 1,
      unknownIds: 1,
      executionsElsewhere: 0,
    });
    expect(
      commands.map(({ command }) => (command.kind === 'place' ? command.timeInForce : command.kind)),
    ).toEqual(['GTC', 'GTC', 'reduce', 'IOC', 'IOC', 'reduce', 'GTC', 'cancel']);
  });

  test('stops at the number of commands asked for', () => {
    const path = files(`${GOOD}\n34201,1,2,5,5853300,1`, '5859400,200,5853300,23');
    expect(lobsterFlow(path, 1).commands).toHaveLength(1);
    expect(lobsterFlow(path, 3).commands).toHaveLength(3);
    expect(lobsterFlow(path).commands).toHaveLength(4);
  });

  test('names a file that is not there', () => {
    expectRefusal(() => lobsterFlow(join(folder, 'absent.csv')), 'FILE_UNREADABLE', {
      path: join(folder, 'absent.csv'),
    });
  });
});

const SAMPLE = fileURLToPath(new URL('../../../shared/data/lobster-aapl/messages.csv', import.meta.url));

describe.skipIf(!existsSync(SAMPLE))('LOBSTER sample of AAPL (skipped where the sample is absent)', () => {
  test('fills exactly the orders that the file names', () => {
    expect(lobsterFlow(SAMPLE).counts).toEqual({
      events: 999,
      seededOrders: 19,
      hiddenSkipped: 61,
      otherSkipped: 0,
      unknownIds: 4,
      executionsElsewhere: 0,
    });
  });

  test('keeps the best bid and ask, their prices and sizes, as the book file has them after every event', () => {
    const events = parseLobsterMessages('messages.csv', readFileSync(SAMPLE, 'utf8'));
    const rows = linesOf(readFileSync(lobsterBookPath(SAMPLE), 'utf8')).map((row, i) =>
      parseLobsterBookRow('book', i + 1, row),
    );
    const [firstEvent] = events;
    const [firstRow] = rows;
    if (firstEvent === undefined || firstRow === undefined) throw new Error('the sample is empty');
    const reader = new LobsterReader();
    // The first event is a new best bid that is not yet there before it.
    reader.seed({ asks: firstRow.asks, bids: firstRow.bids.slice(1) }, firstEvent.timestampNs);
    const differing: number[] = [];
    for (const [index, event] of events.entries()) {
      reader.take(event);
      const best = (side: 'bid' | 'ask') => {
        const [level] = reader.levels(side);
        return level && { price: level.price * 100n, size: level.volumeLots };
      };
      const row = rows[index];
      if (
        JSON.stringify([best('bid'), best('ask')], text) !==
        JSON.stringify([row?.bids[0], row?.asks[0]], text)
      ) {
        differing.push(index + 1);
      }
    }
    // From row 147 on the book file has bids at 585.40, 585.38 and 585.36 that no message placed and no earlier row shows.
    // Only while they are the best bid, from the delete in row 441 to the last one's execution in row 488, do we differ.
    expect(differing).toHaveLength(44);
    expect(differing.every((row) => row >= 441 && row < 488)).toBe(true);
  });
});

function text(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
