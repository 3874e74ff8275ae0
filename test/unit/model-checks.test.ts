import { describe, expect, it } from 'vitest';
import { ask, bid, cancel, FOK, IOC, idOf, MARKET, POST_ONLY, reduce } from '../model/command-builders.ts';
import { ModelBook } from '../model/model-book.ts';
import { FLAG, type ModelCommand } from '../model/model-command.ts';
import { levelLines, run, TEST_CONFIG } from '../model/scenario.ts';

const EDGE = 1n << 48n;
const FIRST_BID = idOf(1n, 0n);
const ZEROS = [0n, 0n, 0n, 0n];
const A7 = { account: 7n, id: 77n };

/** One bid 100x5 of account 1 (sequence 1, slot 0) and one ask 110x5 of account 2 (sequence 2, slot 1). */
function bookOfTwo(): ModelBook {
  const book = new ModelBook(TEST_CONFIG);
  run(book, bid(100n, 5n, { account: 1n }), ask(110n, 5n, { account: 2n }));
  return book;
}

/** Expects that the command makes one Rejected, with this line, and leaves the levels as they are. */
function expectRejected(command: ModelCommand, line: string): void {
  const book = bookOfTwo();
  expect(run(book, command)).toEqual([line]);
  expect(levelLines(book, 'bid')).toEqual(['100x5 (1)']);
  expect(levelLines(book, 'ask')).toEqual(['110x5 (1)']);
}

describe('model checks of any kind (protocol §3)', () => {
  it('rejects kinds 0, 8 and 255 as UnknownKind, whatever else is wrong', () => {
    const bad = { ...A7, side: 9n, flags: 255n };
    expectRejected(
      bid(0n, 0n, { ...bad, kind: 0n }),
      '@0 #3 rejected side 9 a7 id - w3 77 0x0 left 0 flags 255 unknownKind',
    );
    for (const kind of [8n, 255n]) {
      expectRejected(
        bid(100n, 5n, { ...bad, kind }),
        '@0 #3 rejected side 9 a7 id - w3 77 100x5 left 0 flags 255 unknownKind',
      );
    }
  });

  it('rejects a Place or Replace with extended as the last record as MissingExtension', () => {
    for (const [kind, named] of [
      [1n, 'id - w3 77'],
      [4n, 'id 0:77 w3 0'],
    ] as const) {
      expectRejected(
        bid(100n, 5n, { ...A7, kind, flags: FLAG.extended | FLAG.reserved }),
        `@0 #3 rejected side 0 a7 ${named} 100x5 left 0 flags 136 missingExtension`,
      );
    }
  });
});

describe('model checks of a Place (protocol §3, 1-15)', () => {
  const rejected = (text: string) => `@0 #3 rejected side 0 a7 id - w3 77 ${text}`;

  it.each([
    ['flags bit 7', { flags: 128n, side: 0n, timeInForce: 9n }, '100x5 left 0 flags 128 reservedBits'],
    ['self-trade mode 5', { flags: 5n << 4n }, '100x5 left 0 flags 80 reservedBits'],
    ['self-trade mode 7', { flags: 7n << 4n }, '100x5 left 0 flags 112 reservedBits'],
    ['time in force 4', { timeInForce: 4n, flags: FLAG.slide }, '100x5 left 0 flags 2 invalidTimeInForce'],
    ['slide alone', { flags: FLAG.slide, price: 0n }, '0x5 left 0 flags 2 invalidCombination'],
    ['postOnly market', { flags: 5n, price: 0n }, '0x5 left 0 flags 5 invalidCombination'],
    ['postOnly IOC', { flags: 1n, ...IOC }, '100x5 left 0 flags 1 invalidCombination'],
    ['postOnly FOK', { flags: 1n, ...FOK }, '100x5 left 0 flags 1 invalidCombination'],
    ['market GTD', { flags: 4n, timeInForce: 3n, price: 0n }, '0x5 left 0 flags 4 invalidCombination'],
    ['market with a price', { flags: 4n, price: 1n, quantity: 0n }, '1x0 left 0 flags 4 invalidPrice'],
    ['price 0', { price: 0n, quantity: 0n }, '0x0 left 0 invalidPrice'],
    ['price 2^48', { price: EDGE }, `${EDGE}x5 left 0 invalidPrice`],
    ['GTD without expiry', { timeInForce: 3n, price: 0n }, '0x5 left 0 invalidCombination'],
    ['quantity 0', { quantity: 0n, ...FOK }, '100x0 left 0 invalidQuantity'],
    ['quantity 2^48', { quantity: EDGE }, `100x${EDGE} left 0 invalidQuantity`],
  ])('rejects %s', (_, fields, text) => {
    expectRejected(bid(100n, 5n, { ...A7, ...fields }), rejected(text));
  });

  it('rejects side 2 before its time in force', () => {
    expectRejected(
      bid(100n, 5n, { ...A7, side: 2n, timeInForce: 4n }),
      '@0 #3 rejected side 2 a7 id - w3 77 100x5 left 0 invalidSide',
    );
  });

  // What is wrong in each row is followed by something that a later check would say.
  it.each([
    ['expiry without GTD', [0n, 0n, 9n, 0n], { quantity: 0n }, '100x0 left 0 flags 8 invalidCombination'],
    ['display IOC', [1n, 0n, 0n, 0n], { ...IOC, quantity: 0n }, '100x0 left 0 flags 8 invalidCombination'],
    ['display FOK', [1n, 0n, 0n, 0n], { ...FOK, price: 0n }, '0x5 left 0 flags 8 invalidCombination'],
    ['display market', [1n, 0n, 0n, 0n], { flags: 12n }, '100x5 left 0 flags 12 invalidCombination'],
    ['post-only stop', [0n, 9n, 0n, 0n], { flags: 9n, price: 0n }, '0x5 left 0 flags 9 invalidCombination'],
    ['FOK stop', [0n, 9n, 0n, 0n], { ...FOK, quantity: 0n }, '100x0 left 0 flags 8 invalidCombination'],
    ['replacement id', [0n, 0n, 0n, 9n], { price: 0n }, '0x5 left 0 flags 8 invalidCombination'],
    ['display above quantity', [6n, EDGE, 0n, 0n], {}, '100x5 left 0 flags 8 invalidDisplay'],
    ['trigger of 2^48', [5n, EDGE, 1n, 0n], { timeInForce: 3n }, '100x5 left 0 flags 8 invalidTrigger'],
    ['passed expiry', [0n, 0n, 2n, 0n], { timeInForce: 3n }, '100x5 left 0 flags 8 expiryPassed'],
  ])('rejects %s', (_, extension, fields, text) => {
    expectRejected(bid(100n, 5n, { ...A7, flags: FLAG.extended, extension, ...fields }), rejected(text));
  });

  it('accepts a display of the whole quantity, a trigger of 2^48-1 and an expiry of the next nanosecond', () => {
    const extension = [5n, EDGE - 1n, 3n, 0n];
    const flags = FLAG.extended;
    expect(run(bookOfTwo(), bid(100n, 5n, { ...A7, flags, timeInForce: 3n, extension }))).toEqual([
      '@0 #3 accepted bid a7 id 3:2 w3 77 100x5 left 5 flags 8',
      `@0 #4 terms bid a7 id 3:2 w3 5 ${EDGE - 1n}x3 left 3`,
    ]);
  });

  it('rejects a post-only order that crosses, at equal price too, as WouldTake', () => {
    expectRejected(bid(110n, 5n, { ...A7, ...POST_ONLY }), rejected('110x5 left 0 flags 1 wouldTake'));
    expectRejected(
      ask(100n, 5n, { ...A7, ...POST_ONLY }),
      '@0 #3 rejected side 1 a7 id - w3 77 100x5 left 0 flags 1 wouldTake',
    );
  });

  it('accepts prices and quantities of 1 and 2^48-1, and self-trade mode none', () => {
    const book = new ModelBook(TEST_CONFIG);
    expect(run(book, bid(1n, EDGE - 1n), ask(EDGE - 1n, 1n))).toEqual([
      `@0 #1 accepted bid a0 id 1:0 w3 0 1x${EDGE - 1n} left ${EDGE - 1n}`,
      `@1 #2 accepted ask a0 id 2:1 w3 0 ${EDGE - 1n}x1 left 1`,
    ]);
  });
});

describe('model checks of Cancel and Reduce (protocol §3)', () => {
  it.each([
    ['side', { side: 1n }, 'side 1 a9 id 1:0 w3 0 0x0 left 0 reservedBits'],
    ['time in force', { timeInForce: 1n }, 'side 0 a9 id 1:0 w3 0 0x0 left 0 reservedBits'],
    ['flags', { flags: 8n }, 'side 0 a9 id 1:0 w3 0 0x0 left 0 flags 8 reservedBits'],
    ['price', { price: 1n }, 'side 0 a9 id 1:0 w3 0 1x0 left 0 reservedBits'],
    ['quantity', { quantity: 1n }, 'side 0 a9 id 1:0 w3 0 0x1 left 0 reservedBits'],
  ])('rejects a Cancel with its %s set, before it looks for the order', (_, fields, text) => {
    expectRejected(cancel(FIRST_BID, { account: 9n, ...fields }), `@0 #3 rejected ${text}`);
  });

  it.each([
    ['side', { side: 1n, quantity: 0n }, 'side 1 a9 id 1:0 w3 0 0x0 left 0 reservedBits'],
    ['time in force', { timeInForce: 1n }, 'side 0 a9 id 1:0 w3 0 0x2 left 0 reservedBits'],
    ['flags', { flags: 1n }, 'side 0 a9 id 1:0 w3 0 0x2 left 0 flags 1 reservedBits'],
    ['price', { price: 1n }, 'side 0 a9 id 1:0 w3 0 1x2 left 0 reservedBits'],
    ['quantity 0', { quantity: 0n, id: 0n }, 'side 0 a9 id - w3 0 0x0 left 0 invalidQuantity'],
    ['quantity 2^48', { quantity: EDGE, id: 0n }, `side 0 a9 id - w3 0 0x${EDGE} left 0 invalidQuantity`],
  ])('rejects a Reduce with a bad %s', (_, fields, text) => {
    expectRejected(reduce(FIRST_BID, 2n, { account: 9n, ...fields }), `@0 #3 rejected ${text}`);
  });

  it('takes an id for unknown unless its slot is taken by an order with exactly this id', () => {
    for (const [id, text] of [
      [idOf(1n, 1n), '1:1'],
      [idOf(2n, 0n), '2:0'],
      [idOf(1n, 5n), '1:5'],
      [0n, '-'],
    ] as const) {
      expectRejected(
        cancel(id, { account: 1n }),
        `@0 #3 rejected side 0 a1 id ${text} w3 0 0x0 left 0 unknownOrder`,
      );
      expectRejected(
        reduce(id, 1n, { account: 1n }),
        `@0 #3 rejected side 0 a1 id ${text} w3 0 0x1 left 0 unknownOrder`,
      );
    }
  });

  it("rejects another account's Cancel and Reduce as NotOwner", () => {
    const line = '@0 #3 rejected side 0 a2 id 1:0 w3 0';
    expectRejected(cancel(FIRST_BID, { account: 2n }), `${line} 0x0 left 0 notOwner`);
    expectRejected(reduce(FIRST_BID, 1n, { account: 2n }), `${line} 0x1 left 0 notOwner`);
  });
});

describe('model commands of two records (protocol §3)', () => {
  it('skips a zero extension and counts its record in commandIndex', () => {
    const book = bookOfTwo();
    const extended = { flags: FLAG.extended, extension: ZEROS };
    expect(run(book, bid(101n, 1n, extended), bid(102n, 1n), bid(0n, 1n, { ...extended, kind: 4n }))).toEqual(
      [
        '@0 #3 accepted bid a0 id 3:2 w3 0 101x1 left 1 flags 8',
        '@2 #4 accepted bid a0 id 4:3 w3 0 102x1 left 1',
        '@3 #5 rejected side 0 a0 id - w3 0 0x1 left 0 flags 8 invalidPrice',
      ],
    );
  });

  it('takes one record for a Cancel with the extended bit and for an unknown kind', () => {
    const book = bookOfTwo();
    const flags = FLAG.extended;
    const market = ask(0n, 5n, { ...MARKET, account: 3n });
    expect(run(book, cancel(FIRST_BID, { flags }), bid(1n, 1n, { kind: 9n, flags }), market)).toEqual([
      '@0 #3 rejected side 0 a0 id 1:0 w3 0 0x0 left 0 flags 8 reservedBits',
      '@1 #4 rejected side 0 a0 id - w3 0 1x1 left 0 flags 8 unknownKind',
      '@2 #5 accepted ask a3 id 5:4095 w3 0 0x5 left 5 flags 4',
      '@2 #6 filled ask a3 id 5:4095 maker 1:0 a1 100x5 left 0',
    ]);
  });

  it('rejects only the last of two extended orders when its extension is cut off', () => {
    const book = bookOfTwo();
    const flags = FLAG.extended;
    expect(run(book, bid(50n, 1n, { flags, extension: ZEROS }), bid(50n, 1n, { flags }))).toEqual([
      '@0 #3 accepted bid a0 id 3:2 w3 0 50x1 left 1 flags 8',
      '@2 #4 rejected side 0 a0 id - w3 0 50x1 left 0 flags 8 missingExtension',
    ]);
  });
});
