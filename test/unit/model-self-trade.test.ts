import { describe, expect, it } from 'vitest';
import { BothBooks } from '../model/both-books.ts';
import { ask, bid, IOC, MARKET, withSelfTrade, withTerms } from '../model/command-builders.ts';
import { type ModelCommand, SELF_TRADE } from '../model/model-command.ts';
import { levelLines, times } from '../model/scenario.ts';
import { type OrderToRest, stateOfOrders } from '../model/state-of-orders.ts';

const A1 = { account: 1n, id: 91n };
const { cancelTaker, cancelMaker, cancelBoth, decrement } = SELF_TRADE;

/** Offered at 100 by account 1, which is the taker's, too. */
const OWN: OrderToRest = { side: 'ask', price: 100n, lots: 5n, account: 1n, clientOrderId: 81n };
const FOREIGN: OrderToRest = { ...OWN, lots: 2n, account: 2n, clientOrderId: 82n };
const OWN_ICEBERG: OrderToRest = { ...OWN, lots: 3n, hidden: 6n, displayQuantity: 3n };

function booksOf(...orders: readonly OrderToRest[]): BothBooks {
  return new BothBooks(stateOfOrders(orders));
}

/** A bid of account 1. */
function taker(lots: bigint, mode: bigint, fields: Partial<ModelCommand> = {}): ModelCommand {
  return withSelfTrade(bid(100n, lots, { ...A1, ...fields }), mode);
}

/** The transitions after the Accepted of a taker. */
function meeting(books: BothBooks, command: ModelCommand): string[] {
  return books.run(command).slice(1);
}

function asksOf(books: BothBooks): string[] {
  return levelLines(books.model, 'ask');
}

describe('self-trade modes that cancel (protocol §4.3)', () => {
  it('cancelTaker cancels what remains of the taker and leaves the maker', () => {
    const books = booksOf(FOREIGN, OWN);
    expect(meeting(books, taker(6n, cancelTaker))).toEqual([
      '@0 #4 filled bid a1 id 3:2 maker 1:0 a2 100x2 left 4',
      '@0 #5 canceled bid a1 id 3:2 w3 91 100x4 left 0 selfTrade',
    ]);
    expect(asksOf(books)).toEqual(['100x5 (1)']);
    // The slot that it was to rest in is free again.
    expect(books.run(bid(1n, 1n), bid(1n, 1n))).toEqual([
      '@0 #6 accepted bid a0 id 6:0 w3 0 1x1 left 1',
      '@1 #7 accepted bid a0 id 7:2 w3 0 1x1 left 1',
    ]);
  });

  it('cancelMaker removes the maker and goes on', () => {
    const books = booksOf(OWN, OWN_ICEBERG, FOREIGN);
    expect(meeting(books, taker(6n, cancelMaker))).toEqual([
      '@0 #6 canceled ask a1 id 1:0 w3 81 100x5 left 0 selfTrade',
      '@0 #7 canceled ask a1 id 2:1 w3 81 100x9 left 0 selfTrade',
      '@0 #8 filled bid a1 id 5:3 maker 4:2 a2 100x2 left 4',
    ]);
    expect(levelLines(books.model, 'bid')).toEqual(['100x4 (1)']);
  });

  it('cancelBoth cancels the maker first, then the taker', () => {
    const books = booksOf(OWN_ICEBERG, FOREIGN);
    expect(meeting(books, taker(6n, cancelBoth, IOC))).toEqual([
      '@0 #5 canceled ask a1 id 1:0 w3 81 100x9 left 0 selfTrade',
      '@0 #6 canceled bid a1 id 4:4095 w3 91 100x6 left 0 selfTrade',
    ]);
    expect(asksOf(books)).toEqual(['100x2 (1)']);
  });

  it('says price 0 of a market order', () => {
    const market = { ...MARKET, price: 0n };
    expect(meeting(booksOf(OWN), taker(6n, cancelTaker, market))).toEqual([
      '@0 #3 canceled bid a1 id 2:4095 w3 91 0x6 left 0 selfTrade',
    ]);
    expect(meeting(booksOf(OWN), taker(6n, decrement, market))).toEqual([
      '@0 #3 canceled ask a1 id 1:0 w3 81 100x5 left 0 selfTrade',
      '@0 #4 reduced bid a1 id 2:4095 w3 91 0x5 left 1 selfTrade',
      '@0 #5 canceled bid a1 id 2:4095 w3 91 0x1 left 0 remainder',
    ]);
    expect(meeting(booksOf(OWN), taker(4n, decrement, market))).toEqual([
      '@0 #3 reduced ask a1 id 1:0 w3 81 100x4 left 1 selfTrade',
      '@0 #4 canceled bid a1 id 2:4095 w3 91 0x4 left 0 selfTrade',
    ]);
  });

  it('trades with other accounts, and in mode none with its own', () => {
    for (const mode of Object.values(SELF_TRADE)) {
      expect(meeting(booksOf(FOREIGN), taker(2n, mode))).toEqual([
        '@0 #3 filled bid a1 id 2:1 maker 1:0 a2 100x2 left 0',
      ]);
    }
    expect(meeting(booksOf(OWN), taker(5n, SELF_TRADE.none))).toHaveLength(1);
  });

  it("asks for the taker's mode, not for the maker's", () => {
    const books = booksOf();
    books.run(withSelfTrade(ask(100n, 5n, A1), cancelBoth));
    expect(meeting(books, bid(100n, 2n, A1))).toEqual([
      '@0 #3 filled bid a1 id 2:1 maker 1:0 a1 100x2 left 0',
    ]);
    expect(meeting(books, taker(2n, cancelTaker))).toEqual([
      '@0 #5 canceled bid a1 id 4:1 w3 91 100x2 left 0 selfTrade',
    ]);
  });

  it('counts makers of its own as work', () => {
    const lines = booksOf(...times(65, () => OWN)).run(taker(1n, cancelMaker));
    expect(lines).toHaveLength(66);
    expect(lines.at(-1)).toBe('@0 #131 canceled bid a1 id 66:65 w3 91 100x1 left 0 matchLimit');
  });
});

describe('self-trade mode decrement (protocol §4.3)', () => {
  it('takes a smaller taker off the maker, which keeps its place', () => {
    const books = booksOf(OWN, FOREIGN);
    expect(meeting(books, taker(2n, decrement))).toEqual([
      '@0 #4 reduced ask a1 id 1:0 w3 81 100x2 left 3 selfTrade',
      '@0 #5 canceled bid a1 id 3:2 w3 91 100x2 left 0 selfTrade',
    ]);
    expect(asksOf(books)).toEqual(['100x5 (2)']);
    expect(meeting(books, bid(100n, 4n, { account: 3n }))).toEqual([
      '@0 #7 filled bid a3 id 6:2 maker 1:0 a1 100x3 left 1',
      '@0 #8 filled bid a3 id 6:2 maker 2:1 a2 100x1 left 0',
    ]);
  });

  it('takes a smaller maker off the taker, which goes on and rests', () => {
    const books = booksOf(OWN, FOREIGN);
    expect(meeting(books, taker(9n, decrement))).toEqual([
      '@0 #4 canceled ask a1 id 1:0 w3 81 100x5 left 0 selfTrade',
      '@0 #5 reduced bid a1 id 3:2 w3 91 100x5 left 4 selfTrade',
      '@0 #6 filled bid a1 id 3:2 maker 2:1 a2 100x2 left 2',
    ]);
    expect(levelLines(books.model, 'bid')).toEqual(['100x2 (1)']);
  });

  it('cancels both when they are of the same size', () => {
    const books = booksOf(OWN, FOREIGN);
    expect(meeting(books, taker(5n, decrement))).toEqual([
      '@0 #4 canceled ask a1 id 1:0 w3 81 100x5 left 0 selfTrade',
      '@0 #5 canceled bid a1 id 3:2 w3 91 100x5 left 0 selfTrade',
    ]);
    expect(asksOf(books)).toEqual(['100x2 (1)']);
  });

  it('is no trade', () => {
    const books = booksOf(OWN, FOREIGN);
    books.run(taker(5n, decrement));
    expect(books.model.state).toMatchObject({ tradeCount: 0n, tradedLots: 0n, lastTradePrice: 0n });
  });

  it('takes the hidden part of an iceberg first', () => {
    const books = booksOf(OWN_ICEBERG, FOREIGN);
    expect(meeting(books, taker(6n, decrement))).toEqual([
      '@0 #5 reduced ask a1 id 1:0 w3 81 100x6 left 3 selfTrade',
      '@0 #6 canceled bid a1 id 4:2 w3 91 100x6 left 0 selfTrade',
    ]);
    // All that it displayed is still there, and first in the queue.
    expect(meeting(books, bid(100n, 4n, { account: 3n }))).toEqual([
      '@0 #8 filled bid a3 id 7:2 maker 1:0 a1 100x3 left 1',
      '@0 #9 filled bid a3 id 7:2 maker 3:1 a2 100x1 left 0',
    ]);
  });

  it('takes what an iceberg displays after that', () => {
    const books = booksOf(OWN_ICEBERG, FOREIGN);
    expect(meeting(books, taker(8n, decrement))).toEqual([
      '@0 #5 reduced ask a1 id 1:0 w3 81 100x8 left 1 selfTrade',
      '@0 #6 canceled bid a1 id 4:2 w3 91 100x8 left 0 selfTrade',
    ]);
    expect(meeting(books, bid(100n, 2n, { account: 3n }))).toEqual([
      '@0 #8 filled bid a3 id 7:2 maker 1:0 a1 100x1 left 1',
      '@0 #9 filled bid a3 id 7:2 maker 3:1 a2 100x1 left 0',
    ]);
  });

  it('takes a whole iceberg off a larger taker, and cancels both of one size', () => {
    expect(meeting(booksOf(OWN_ICEBERG), taker(10n, decrement, IOC))).toEqual([
      '@0 #4 canceled ask a1 id 1:0 w3 81 100x9 left 0 selfTrade',
      '@0 #5 reduced bid a1 id 3:4095 w3 91 100x9 left 1 selfTrade',
      '@0 #6 canceled bid a1 id 3:4095 w3 91 100x1 left 0 remainder',
    ]);
    expect(meeting(booksOf(OWN_ICEBERG), taker(9n, decrement, IOC))).toEqual([
      '@0 #4 canceled ask a1 id 1:0 w3 81 100x9 left 0 selfTrade',
      '@0 #5 canceled bid a1 id 3:4095 w3 91 100x9 left 0 selfTrade',
    ]);
  });

  it('takes lots off an iceberg that is on its way, all of which it has in one', () => {
    const books = booksOf({ ...OWN, lots: 2n });
    const iceberg = withTerms(taker(9n, decrement), { display: 3n });
    expect(books.run(iceberg)).toEqual([
      '@0 #2 accepted bid a1 id 2:1 w3 91 100x9 left 9 flags 72',
      '@0 #3 terms bid a1 id 2:1 w3 3 0x0 left 0',
      '@0 #4 canceled ask a1 id 1:0 w3 81 100x2 left 0 selfTrade',
      '@0 #5 reduced bid a1 id 2:1 w3 91 100x2 left 7 selfTrade',
    ]);
    expect(meeting(books, ask(100n, 4n, { account: 3n }))).toEqual([
      '@0 #7 filled ask a3 id 6:0 maker 2:1 a1 100x3 left 1',
      '@0 #8 filled ask a3 id 6:0 maker 2:1 a1 100x1 left 0',
    ]);
  });

  it('counts as work', () => {
    const lines = booksOf(...times(65, () => ({ ...OWN, lots: 1n }))).run(taker(70n, decrement));
    expect(lines).toHaveLength(1 + 2 * 64 + 1);
    expect(lines.slice(-2)).toEqual([
      '@0 #194 reduced bid a1 id 66:65 w3 91 100x1 left 6 selfTrade',
      '@0 #195 canceled bid a1 id 66:65 w3 91 100x6 left 0 matchLimit',
    ]);
  });
});
