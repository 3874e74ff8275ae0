import { describe, expect, it } from 'vitest';
import { BothBooks } from '../model/both-books.ts';
import {
  ask,
  bid,
  FOK,
  IOC,
  idOf,
  MARKET,
  POST_ONLY,
  replace,
  SLIDE,
  withSelfTrade,
  withTerms,
} from '../model/command-builders.ts';
import { type ModelCommand, SELF_TRADE } from '../model/model-command.ts';
import { levelLines, times } from '../model/scenario.ts';
import { type OrderToRest, stateOfOrders } from '../model/state-of-orders.ts';

const A1 = { account: 1n };
const A3 = { account: 3n };

/** The named order: bid 100x5 of account 1. */
const BID: OrderToRest = { side: 'bid', price: 100n, lots: 5n, account: 1n, clientOrderId: 81n };
const ASK: OrderToRest = { side: 'ask', price: 110n, lots: 3n, account: 2n };
const BEHIND: OrderToRest = { ...BID, lots: 2n, account: 3n };
const NAMED = idOf(1n, 0n);

function booksOf(...orders: readonly OrderToRest[]): BothBooks {
  return new BothBooks(stateOfOrders(orders));
}

/** Expects one Rejected for this reason, and the book as it was. */
function expectRejected(books: BothBooks, command: ModelCommand, reason: string): void {
  const before = [
    levelLines(books.model, 'bid'),
    levelLines(books.model, 'ask'),
    structuredClone(books.model.state.stops),
  ];
  const lines = books.run(command);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(' rejected ');
  expect(lines[0]?.split(' ').at(-1)).toBe(reason);
  const { model } = books;
  expect([levelLines(model, 'bid'), levelLines(model, 'ask'), model.state.stops]).toEqual(before);
}

describe('Replace (protocol §4)', () => {
  it('removes the named order, takes its slot and goes to the back, at the same price too', () => {
    const books = booksOf(BID, BEHIND, ASK);
    expect(books.run(replace(NAMED, 100n, 7n, A1), ask(100n, 3n, A3))).toEqual([
      '@0 #4 canceled bid a1 id 1:0 w3 81 100x5 left 0 replaced',
      '@0 #5 replaced bid a1 id 5:0 w3 81 100x7 left 7',
      '@1 #6 accepted ask a3 id 6:3 w3 0 100x3 left 3',
      '@1 #7 filled ask a3 id 6:3 maker 2:1 a3 100x2 left 1',
      '@1 #8 filled ask a3 id 6:3 maker 5:0 a1 100x1 left 0',
    ]);
    expect(levelLines(books.model, 'bid')).toEqual(['100x6 (1)']);
  });

  it('keeps the side of an ask', () => {
    expect(booksOf(ASK).run(replace(NAMED, 105n, 1n, { account: 2n }))).toEqual([
      '@0 #2 canceled ask a2 id 1:0 w3 0 110x3 left 0 replaced',
      '@0 #3 replaced ask a2 id 3:0 w3 0 105x1 left 1',
    ]);
  });

  it('keeps the clientOrderId unless another is given', () => {
    const books = booksOf(BID);
    const renamed = withTerms(replace(NAMED, 100n, 1n, A1), { replacementId: 91n });
    expect(books.run(renamed, replace(idOf(3n, 0n), 99n, 1n, A1))).toEqual([
      '@0 #2 canceled bid a1 id 1:0 w3 81 100x5 left 0 replaced',
      '@0 #3 replaced bid a1 id 3:0 w3 91 100x1 left 1 flags 8',
      '@2 #4 canceled bid a1 id 3:0 w3 91 100x1 left 0 replaced',
      '@2 #5 replaced bid a1 id 5:0 w3 91 99x1 left 1',
    ]);
  });

  it('inherits nothing else: expiry, display and self-trade mode are the new ones', () => {
    const books = booksOf({ ...BID, expiry: 5n, hidden: 5n, displayQuantity: 5n });
    expect(books.run(replace(NAMED, 100n, 4n, A1))).toEqual([
      '@0 #3 canceled bid a1 id 1:0 w3 81 100x10 left 0 replaced',
      '@0 #4 replaced bid a1 id 4:0 w3 81 100x4 left 4',
    ]);
    const terms = { expiry: 9n, display: 1n };
    expect(books.run(withTerms(replace(idOf(4n, 0n), 100n, 4n, A1), terms))).toEqual([
      '@0 #5 canceled bid a1 id 4:0 w3 81 100x4 left 0 replaced',
      '@0 #6 replaced bid a1 id 6:0 w3 81 100x4 left 4 flags 8',
      '@0 #7 terms bid a1 id 6:0 w3 1 0x9 left 3',
    ]);
  });

  it('matches as a Place does, in every mode', () => {
    const books = booksOf(BID, ASK, { ...ASK, price: 111n, account: 1n });
    const crossing = withSelfTrade(replace(NAMED, 111n, 9n, A1), SELF_TRADE.cancelMaker);
    expect(books.run(crossing)).toEqual([
      '@0 #4 canceled bid a1 id 1:0 w3 81 100x5 left 0 replaced',
      '@0 #5 replaced bid a1 id 5:0 w3 81 111x9 left 9 flags 32',
      '@0 #6 filled bid a1 id 5:0 maker 2:1 a2 110x3 left 6',
      '@0 #7 canceled ask a1 id 3:2 w3 0 111x3 left 0 selfTrade',
    ]);
    expect(levelLines(books.model, 'bid')).toEqual(['111x6 (1)']);
  });

  it('cancels what an IOC has left, and gives the slot of the named order back', () => {
    const books = booksOf(BID, ASK);
    expect(books.run(replace(NAMED, 110n, 5n, { ...A1, ...IOC }), bid(1n, 1n))).toEqual([
      '@0 #3 canceled bid a1 id 1:0 w3 81 100x5 left 0 replaced',
      '@0 #4 replaced bid a1 id 4:4095 w3 81 110x5 left 5',
      '@0 #5 filled bid a1 id 4:4095 maker 2:1 a2 110x3 left 2',
      '@0 #6 canceled bid a1 id 4:4095 w3 81 110x2 left 0 remainder',
      '@1 #7 accepted bid a0 id 7:0 w3 0 1x1 left 1',
    ]);
  });

  it('is filled or killed; killed, it leaves the named order', () => {
    const books = booksOf(BID, ASK);
    expectRejected(books, replace(NAMED, 110n, 4n, { ...A1, ...FOK }), 'unfillable');
    expect(books.run(replace(NAMED, 110n, 3n, { ...A1, ...FOK }))).toEqual([
      '@0 #4 canceled bid a1 id 1:0 w3 81 100x5 left 0 replaced',
      '@0 #5 replaced bid a1 id 5:4095 w3 81 110x3 left 3',
      '@0 #6 filled bid a1 id 5:4095 maker 2:1 a2 110x3 left 0',
    ]);
  });

  it('slides, or would take', () => {
    const books = booksOf(BID, ASK);
    expectRejected(books, replace(NAMED, 110n, 4n, { ...A1, ...POST_ONLY }), 'wouldTake');
    expect(books.run(replace(NAMED, 115n, 4n, { ...A1, ...SLIDE }))).toEqual([
      '@0 #4 canceled bid a1 id 1:0 w3 81 100x5 left 0 replaced',
      '@0 #5 replaced bid a1 id 5:0 w3 81 109x4 left 4 flags 3',
    ]);
  });
});

describe('a rejected Replace leaves the old order (protocol §3)', () => {
  it.each([
    ['side 1', { side: 1n }, 'reservedBits'],
    ['market', { ...MARKET, price: 0n }, 'invalidCombination'],
    ['price 0', { price: 0n }, 'invalidPrice'],
    ['quantity 0', { quantity: 0n }, 'invalidQuantity'],
    ['another account', { account: 2n }, 'notOwner'],
    ['an unknown id', { id: idOf(1n, 1n) }, 'unknownOrder'],
    ['an id that its slot no longer has', { id: idOf(2n, 0n) }, 'unknownOrder'],
  ])('with %s', (_, fields, reason) => {
    expectRejected(booksOf(BID, ASK), replace(NAMED, 101n, 4n, { ...A1, ...fields }), reason);
  });

  it('with an extension that is wrong', () => {
    const plain = replace(NAMED, 101n, 4n, A1);
    expectRejected(booksOf(BID), withTerms(plain, { display: 5n }), 'invalidDisplay');
    expectRejected(booksOf(BID), withTerms(plain, { trigger: 1n << 48n }), 'invalidTrigger');
    expectRejected(booksOf(BID), { ...withTerms(plain, {}), timeInForce: 3n }, 'invalidCombination');
  });
});

describe('room for a Replace (protocol §3, 18)', () => {
  /** Bids at 2, 4 .. 128, the first of which is the named order's. */
  const FULL = times(64, (index): OrderToRest => ({ ...BID, price: BigInt(2 * index + 2), lots: 1n }));

  it('is the level slot of the named order when that is alone on its level', () => {
    const books = new BothBooks(stateOfOrders(FULL));
    expect(books.run(replace(NAMED, 3n, 1n, A1))).toEqual([
      '@0 #65 canceled bid a1 id 1:0 w3 81 2x1 left 0 replaced',
      '@0 #66 replaced bid a1 id 66:0 w3 81 3x1 left 1',
    ]);
    expect(books.model.state.bid.get(3n)?.slot).toBe(0);
  });

  it('is none when it is not alone, and nobody is evicted', () => {
    for (const price of [1n, 3n, 200n]) {
      const books = new BothBooks(stateOfOrders([...FULL, { ...BID, price: 2n }]));
      expectRejected(books, replace(NAMED, price, 1n, A1), 'bookFull');
    }
  });

  it('is a level at its price', () => {
    const books = new BothBooks(stateOfOrders([...FULL, { ...BID, price: 2n }]));
    expect(books.run(replace(NAMED, 128n, 1n, A1), replace(idOf(65n, 64n), 2n, 1n, A1))).toEqual([
      '@0 #66 canceled bid a1 id 1:0 w3 81 2x1 left 0 replaced',
      '@0 #67 replaced bid a1 id 67:0 w3 81 128x1 left 1',
      '@1 #68 canceled bid a1 id 65:64 w3 81 2x5 left 0 replaced',
      '@1 #69 replaced bid a1 id 69:64 w3 81 2x1 left 1',
    ]);
  });

  it('is needed by what may rest only, at the price as slid', () => {
    const books = new BothBooks(stateOfOrders([...FULL, { ...BID, price: 2n }, { ...ASK, price: 129n }]));
    expectRejected(books, replace(NAMED, 131n, 1n, A1), 'bookFull');
    expect(books.run(replace(NAMED, 131n, 1n, { ...A1, ...SLIDE }))).toEqual([
      '@0 #68 canceled bid a1 id 1:0 w3 81 2x1 left 0 replaced',
      '@0 #69 replaced bid a1 id 69:0 w3 81 128x1 left 1 flags 3',
    ]);
    expect(books.run(replace(idOf(65n, 64n), 131n, 1n, { ...A1, ...IOC })).slice(1)).toEqual([
      '@0 #71 replaced bid a1 id 71:4095 w3 81 131x1 left 1',
      '@0 #72 filled bid a1 id 71:4095 maker 66:65 a2 129x1 left 0',
    ]);
  });

  it('is no order slot: the named order gives its own', () => {
    const orders = times(4096, (index): OrderToRest => ({ ...BID, price: BigInt(1 + (index % 3)) }));
    expect(new BothBooks(stateOfOrders(orders)).run(replace(NAMED, 3n, 1n, A1))).toEqual([
      '@0 #4097 canceled bid a1 id 1:0 w3 81 1x5 left 0 replaced',
      '@0 #4098 replaced bid a1 id 4098:0 w3 81 3x1 left 1',
    ]);
  });
});
