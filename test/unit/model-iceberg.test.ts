import { describe, expect, it } from 'vitest';
import { BothBooks } from '../model/both-books.ts';
import { ask, bid, cancel, IOC, idOf, reduce, withTerms } from '../model/command-builders.ts';
import { levelLines, times } from '../model/scenario.ts';
import { type OrderToRest, stateOfOrders } from '../model/state-of-orders.ts';

const A1 = { account: 1n };
const A2 = { account: 2n };
const A3 = { account: 3n };

/** Nine lots offered at 100 by account 1, of which three are displayed. */
const ICEBERG: OrderToRest = {
  side: 'ask',
  price: 100n,
  lots: 3n,
  hidden: 6n,
  displayQuantity: 3n,
  account: 1n,
  clientOrderId: 81n,
};
const PLAIN: OrderToRest = { side: 'ask', price: 100n, lots: 2n, account: 2n };
const FIRST = idOf(1n, 0n);

/** The iceberg and an order behind it. */
function twoAsks(): BothBooks {
  return new BothBooks(stateOfOrders([ICEBERG, PLAIN]));
}

/** What the next taker of account 3 fills. */
function fillsOf(books: BothBooks, lots: bigint): string[] {
  return books.run(bid(100n, lots, { ...A3, ...IOC })).slice(1);
}

describe('an iceberg that rests (protocol §4.4)', () => {
  it('is the state that placing it makes', () => {
    const books = new BothBooks();
    const iceberg = withTerms(ask(100n, 9n, { ...A1, id: 81n }), { display: 3n });
    expect(books.run(iceberg, ask(100n, 2n, A2))).toEqual([
      '@0 #1 accepted ask a1 id 1:0 w3 81 100x9 left 9 flags 8',
      '@0 #2 terms ask a1 id 1:0 w3 3 0x0 left 0',
      '@2 #3 accepted ask a2 id 3:1 w3 0 100x2 left 2',
    ]);
    expect(books.model.snapshot()).toEqual(twoAsks().model.snapshot());
    expect(levelLines(books.model, 'ask')).toEqual(['100x11 (2)']);
  });

  it('shows all of it when it displays its whole quantity', () => {
    const books = new BothBooks();
    books.run(withTerms(ask(100n, 3n, A1), { display: 3n }), ask(100n, 2n, A2));
    expect(fillsOf(books, 4n)).toEqual([
      '@0 #5 filled bid a3 id 4:4095 maker 1:0 a1 100x3 left 1',
      '@0 #6 filled bid a3 id 4:4095 maker 3:1 a2 100x1 left 0',
    ]);
  });

  it('shows the least of its display quantity and what it did not trade on arrival', () => {
    const books = new BothBooks(stateOfOrders([PLAIN]));
    expect(books.run(withTerms(bid(100n, 9n, A1), { display: 4n }))).toEqual([
      '@0 #2 accepted bid a1 id 2:1 w3 0 100x9 left 9 flags 8',
      '@0 #3 terms bid a1 id 2:1 w3 4 0x0 left 0',
      '@0 #4 filled bid a1 id 2:1 maker 1:0 a2 100x2 left 7',
    ]);
    expect(books.model.state.bid.get(100n)?.orders).toMatchObject([{ remaining: 4n, hidden: 3n }]);
    books.run(withTerms(bid(99n, 9n, A1), { display: 9n }));
    expect(books.model.state.bid.get(99n)?.orders).toMatchObject([{ remaining: 9n, hidden: 0n }]);
    const few = new BothBooks(stateOfOrders([PLAIN]));
    few.run(withTerms(bid(100n, 5n, A1), { display: 4n }));
    expect(few.model.state.bid.get(100n)?.orders).toMatchObject([{ remaining: 3n, hidden: 0n }]);
  });
});

describe('an iceberg that is filled (protocol §4.3)', () => {
  it('keeps its place while something displayed is left', () => {
    const books = twoAsks();
    expect(fillsOf(books, 2n)).toEqual(['@0 #5 filled bid a3 id 4:4095 maker 1:0 a1 100x2 left 0']);
    expect(fillsOf(books, 2n)).toEqual([
      '@0 #7 filled bid a3 id 6:4095 maker 1:0 a1 100x1 left 1',
      '@0 #8 filled bid a3 id 6:4095 maker 3:1 a2 100x1 left 0',
    ]);
  });

  it('goes to the back when nothing displayed is left, by the last lot of a taker too', () => {
    const books = twoAsks();
    expect(fillsOf(books, 3n)).toEqual(['@0 #5 filled bid a3 id 4:4095 maker 1:0 a1 100x3 left 0']);
    expect(fillsOf(books, 3n)).toEqual([
      '@0 #7 filled bid a3 id 6:4095 maker 3:1 a2 100x2 left 1',
      '@0 #8 filled bid a3 id 6:4095 maker 1:0 a1 100x1 left 0',
    ]);
  });

  it('is met again and again by one taker, its last part being what is left', () => {
    const books = new BothBooks(stateOfOrders([{ ...ICEBERG, hidden: 5n }, PLAIN]));
    expect(fillsOf(books, 20n)).toEqual([
      '@0 #5 filled bid a3 id 4:4095 maker 1:0 a1 100x3 left 17',
      '@0 #6 filled bid a3 id 4:4095 maker 3:1 a2 100x2 left 15',
      '@0 #7 filled bid a3 id 4:4095 maker 1:0 a1 100x3 left 12',
      '@0 #8 filled bid a3 id 4:4095 maker 1:0 a1 100x2 left 10',
      '@0 #9 canceled bid a3 id 4:4095 w3 0 100x10 left 0 remainder',
    ]);
    expect(levelLines(books.model, 'ask')).toEqual([]);
  });

  it('stays the first of its level when it is alone there', () => {
    const books = new BothBooks(stateOfOrders([ICEBERG]));
    expect(fillsOf(books, 4n)).toEqual([
      '@0 #4 filled bid a3 id 3:4095 maker 1:0 a1 100x3 left 1',
      '@0 #5 filled bid a3 id 3:4095 maker 1:0 a1 100x1 left 0',
    ]);
    expect(levelLines(books.model, 'ask')).toEqual(['100x5 (1)']);
  });

  it('is refilled behind an order that came in the same batch', () => {
    const books = twoAsks();
    const iceberg = withTerms(ask(100n, 4n, A2), { display: 1n });
    const taker = bid(100n, 6n, { ...A3, ...IOC });
    expect(books.run(iceberg, taker, taker)).toEqual([
      '@0 #4 accepted ask a2 id 4:2 w3 0 100x4 left 4 flags 8',
      '@0 #5 terms ask a2 id 4:2 w3 1 0x0 left 0',
      '@2 #6 accepted bid a3 id 6:4095 w3 0 100x6 left 6',
      '@2 #7 filled bid a3 id 6:4095 maker 1:0 a1 100x3 left 3',
      '@2 #8 filled bid a3 id 6:4095 maker 3:1 a2 100x2 left 1',
      '@2 #9 filled bid a3 id 6:4095 maker 4:2 a2 100x1 left 0',
      '@3 #10 accepted bid a3 id 10:4095 w3 0 100x6 left 6',
      '@3 #11 filled bid a3 id 10:4095 maker 1:0 a1 100x3 left 3',
      '@3 #12 filled bid a3 id 10:4095 maker 4:2 a2 100x1 left 2',
      '@3 #13 filled bid a3 id 10:4095 maker 1:0 a1 100x2 left 0',
    ]);
  });

  it('takes 64 refills of one lot and stops', () => {
    const books = new BothBooks(stateOfOrders([{ ...ICEBERG, lots: 1n, hidden: 99n, displayQuantity: 1n }]));
    const lines = fillsOf(books, 70n);
    expect(lines).toHaveLength(65);
    expect(lines.slice(-2)).toEqual([
      '@0 #67 filled bid a3 id 3:4095 maker 1:0 a1 100x1 left 6',
      '@0 #68 canceled bid a3 id 3:4095 w3 0 100x6 left 0 matchLimit',
    ]);
    expect(levelLines(books.model, 'ask')).toEqual(['100x36 (1)']);
  });
});

describe('an iceberg that is reduced or removed (protocol §4)', () => {
  it('loses its hidden part first and keeps its place', () => {
    const books = twoAsks();
    expect(books.run(reduce(FIRST, 5n, A1))).toEqual(['@0 #4 reduced ask a1 id 1:0 w3 81 100x5 left 4']);
    // Three lots displayed, one hidden, then the order behind it.
    expect(fillsOf(books, 6n)).toEqual([
      '@0 #6 filled bid a3 id 5:4095 maker 1:0 a1 100x3 left 3',
      '@0 #7 filled bid a3 id 5:4095 maker 3:1 a2 100x2 left 1',
      '@0 #8 filled bid a3 id 5:4095 maker 1:0 a1 100x1 left 0',
    ]);
  });

  it('loses displayed lots after that', () => {
    const books = twoAsks();
    expect(books.run(reduce(FIRST, 6n, A1), reduce(FIRST, 2n, A1))).toEqual([
      '@0 #4 reduced ask a1 id 1:0 w3 81 100x6 left 3',
      '@1 #5 reduced ask a1 id 1:0 w3 81 100x2 left 1',
    ]);
    expect(fillsOf(books, 2n)).toEqual([
      '@0 #7 filled bid a3 id 6:4095 maker 1:0 a1 100x1 left 1',
      '@0 #8 filled bid a3 id 6:4095 maker 3:1 a2 100x1 left 0',
    ]);
    const atOnce = twoAsks();
    atOnce.run(reduce(FIRST, 8n, A1));
    expect(levelLines(atOnce.model, 'ask')).toEqual(['100x3 (2)']);
  });

  it.each([9n, 10n])('leaves when it is reduced by %s lots', (lots) => {
    const books = twoAsks();
    expect(books.run(reduce(FIRST, lots, A1))).toEqual([
      '@0 #4 canceled ask a1 id 1:0 w3 81 100x9 left 0 requested',
    ]);
    expect(levelLines(books.model, 'ask')).toEqual(['100x2 (1)']);
  });

  it('is canceled and evicted with its hidden part', () => {
    expect(twoAsks().run(cancel(FIRST, A1))).toEqual([
      '@0 #4 canceled ask a1 id 1:0 w3 81 100x9 left 0 requested',
    ]);
    const levels = times(63, (index): OrderToRest => ({ ...PLAIN, price: BigInt(index + 1) }));
    const full = new BothBooks(stateOfOrders([ICEBERG, ...levels.map((order) => ({ ...order, lots: 1n }))]));
    expect(full.run(ask(99n, 1n, A2))).toEqual([
      '@0 #66 evicted ask a1 id 1:0 w3 81 100x9 left 0',
      '@0 #67 accepted ask a2 id 67:0 w3 0 99x1 left 1',
    ]);
  });
});
