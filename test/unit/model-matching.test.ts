import { describe, expect, it } from 'vitest';
import { ask, bid, cancel, FOK, IOC, idOf, MARKET, POST_ONLY, reduce } from '../model/command-builders.ts';
import { ModelBook } from '../model/model-book.ts';
import { levelLines, run, runMany, TEST_CONFIG } from '../model/scenario.ts';

const A1 = { account: 1n };
const A2 = { account: 2n };
const A3 = { account: 3n };

/** A new book after these commands, one batch. */
function bookAfter(...commands: Parameters<typeof run>[1][]): ModelBook {
  const book = new ModelBook(TEST_CONFIG);
  if (commands.length > 0) run(book, ...commands);
  return book;
}

/** A book with `count` bids of one lot at 100, sequences 1 .. count, slots 0 .. count-1, account 1. */
function bookOfSmallBids(count: number): ModelBook {
  const book = new ModelBook(TEST_CONFIG);
  runMany(
    book,
    Array.from({ length: count }, () => bid(100n, 1n, A1)),
  );
  return book;
}

describe('model price-time priority (protocol §4, 3)', () => {
  it('fills the oldest order of a level first', () => {
    const book = bookAfter(bid(100n, 5n, A1), bid(100n, 5n, A2));
    expect(run(book, ask(100n, 7n, { ...A3, id: 33n }))).toEqual([
      '@0 #3 accepted ask a3 id 3:2 w3 33 100x7 left 7',
      '@0 #4 filled ask a3 id 3:2 maker 1:0 a1 100x5 left 2',
      '@0 #5 filled ask a3 id 3:2 maker 2:1 a2 100x2 left 0',
    ]);
    expect(levelLines(book, 'bid')).toEqual(['100x3 (1)']);
    expect(levelLines(book, 'ask')).toEqual([]);
  });

  it('fills the best level first, at the makers prices, and stops at its own price', () => {
    const bids = bookAfter(bid(99n, 1n, A1), bid(101n, 1n, A1), bid(100n, 1n, A1), bid(98n, 1n, A1));
    expect(run(bids, ask(99n, 9n, { ...A3, ...IOC }))).toEqual([
      '@0 #5 accepted ask a3 id 5:4095 w3 0 99x9 left 9',
      '@0 #6 filled ask a3 id 5:4095 maker 2:1 a1 101x1 left 8',
      '@0 #7 filled ask a3 id 5:4095 maker 3:2 a1 100x1 left 7',
      '@0 #8 filled ask a3 id 5:4095 maker 1:0 a1 99x1 left 6',
      '@0 #9 canceled ask a3 id 5:4095 w3 0 99x6 left 0 remainder',
    ]);
    expect(bids.state.lastTradePrice).toBe(99n);
    const asks = bookAfter(ask(101n, 1n, A1), ask(99n, 1n, A1), ask(100n, 1n, A1), ask(102n, 1n, A1));
    expect(run(asks, bid(101n, 9n, A3)).slice(1)).toEqual([
      '@0 #6 filled bid a3 id 5:4 maker 2:1 a1 99x1 left 8',
      '@0 #7 filled bid a3 id 5:4 maker 3:2 a1 100x1 left 7',
      '@0 #8 filled bid a3 id 5:4 maker 1:0 a1 101x1 left 6',
    ]);
    expect(levelLines(asks, 'bid')).toEqual(['101x6 (1)']);
    expect(levelLines(asks, 'ask')).toEqual(['102x1 (1)']);
  });

  it('counts trades, traded lots and the last trade price', () => {
    const book = bookAfter(ask(100n, 2n), ask(101n, 2n), bid(101n, 3n, IOC));
    expect(book.state).toMatchObject({ tradeCount: 2n, tradedLots: 3n, lastTradePrice: 101n });
  });

  it('lets a maker keep its place after a partial fill', () => {
    const book = bookAfter(bid(100n, 5n, A1), bid(100n, 5n, A2), ask(100n, 2n, A3));
    expect(run(book, ask(100n, 4n, A3)).slice(1)).toEqual([
      '@0 #6 filled ask a3 id 5:2 maker 1:0 a1 100x3 left 1',
      '@0 #7 filled ask a3 id 5:2 maker 2:1 a2 100x1 left 0',
    ]);
    expect(levelLines(book, 'bid')).toEqual(['100x4 (1)']);
  });

  it('lets a taker of the same account trade with itself (self-trade mode none)', () => {
    const book = bookAfter(bid(100n, 5n, A1));
    expect(run(book, ask(100n, 5n, A1)).at(-1)).toBe('@0 #3 filled ask a1 id 2:1 maker 1:0 a1 100x5 left 0');
  });

  it('matches the next best level once the best one was canceled', () => {
    const book = bookAfter(ask(100n, 1n, A1), ask(105n, 1n, A1), cancel(idOf(1n, 0n), A1));
    expect(run(book, bid(102n, 1n, POST_ONLY), bid(110n, 1n, IOC)).slice(0, 3)).toEqual([
      '@0 #4 accepted bid a0 id 4:0 w3 0 102x1 left 1 flags 1',
      '@1 #5 accepted bid a0 id 5:4095 w3 0 110x1 left 1',
      '@1 #6 filled bid a0 id 5:4095 maker 2:1 a1 105x1 left 0',
    ]);
  });
});

describe('model remainders (protocol §4, 4)', () => {
  it('rests what remains of a GTC order at its own price, behind older orders', () => {
    const book = bookAfter(ask(100n, 3n, A1), bid(100n, 5n, A2), bid(100n, 1n, A3));
    expect(levelLines(book, 'bid')).toEqual(['100x3 (2)']);
    expect(run(book, ask(100n, 3n)).slice(1)).toEqual([
      '@0 #6 filled ask a0 id 5:2 maker 2:1 a2 100x2 left 1',
      '@0 #7 filled ask a0 id 5:2 maker 4:0 a3 100x1 left 0',
    ]);
  });

  it('cancels what remains of an IOC order, also when nothing matched', () => {
    const book = bookAfter(ask(101n, 3n, A1));
    expect(run(book, bid(100n, 5n, { ...A2, ...IOC, id: 9n }))).toEqual([
      '@0 #2 accepted bid a2 id 2:4095 w3 9 100x5 left 5',
      '@0 #3 canceled bid a2 id 2:4095 w3 9 100x5 left 0 remainder',
    ]);
    expect(levelLines(book, 'bid')).toEqual([]);
  });

  it.each([
    ['GTC', {}],
    ['IOC', IOC],
  ] as const)(
    'sweeps all prices with a market %s order and cancels the rest at price 0',
    (_, timeInForce) => {
      const book = bookAfter(ask(1n, 1n, A1), ask(1n << 47n, 1n, A1));
      expect(run(book, bid(0n, 5n, { ...A2, ...MARKET, ...timeInForce }))).toEqual([
        '@0 #3 accepted bid a2 id 3:4095 w3 0 0x5 left 5 flags 4',
        '@0 #4 filled bid a2 id 3:4095 maker 1:0 a1 1x1 left 4',
        `@0 #5 filled bid a2 id 3:4095 maker 2:1 a1 ${1n << 47n}x1 left 3`,
        '@0 #6 canceled bid a2 id 3:4095 w3 0 0x3 left 0 remainder',
      ]);
      expect(levelLines(book, 'bid')).toEqual([]);
    },
  );

  it('cancels a market order whole when the other side is empty', () => {
    expect(run(bookAfter(), ask(0n, 5n, MARKET)).at(-1)).toBe(
      '@0 #2 canceled ask a0 id 1:4095 w3 0 0x5 left 0 remainder',
    );
  });
});

describe('model fill-or-kill (protocol §3, 16 and 17)', () => {
  it('fills over several makers and levels when their volume is just enough', () => {
    const book = bookAfter(ask(100n, 2n, A1), ask(100n, 2n, A1), ask(101n, 3n, A1), ask(102n, 9n, A1));
    expect(run(book, bid(101n, 7n, { ...A2, ...FOK }))).toEqual([
      '@0 #5 accepted bid a2 id 5:4095 w3 0 101x7 left 7',
      '@0 #6 filled bid a2 id 5:4095 maker 1:0 a1 100x2 left 5',
      '@0 #7 filled bid a2 id 5:4095 maker 2:1 a1 100x2 left 3',
      '@0 #8 filled bid a2 id 5:4095 maker 3:2 a1 101x3 left 0',
    ]);
  });

  it('changes nothing when the levels it crosses hold one lot less', () => {
    const book = bookAfter(ask(100n, 2n, A1), ask(100n, 2n, A1), ask(101n, 3n, A1), ask(102n, 9n, A1));
    expect(run(book, bid(101n, 8n, { ...A2, ...FOK }))).toEqual([
      '@0 #5 rejected side 0 a2 id - w3 0 101x8 left 0 unfillable',
    ]);
    expect(levelLines(book, 'ask')).toEqual(['100x4 (2)', '101x3 (1)', '102x9 (1)']);
    expect(book.state.tradeCount).toBe(0n);
  });

  it('counts every level for a market FOK', () => {
    const asks = [ask(100n, 2n, A1), ask(200n, 3n, A1)];
    const fields = { ...MARKET, ...FOK };
    expect(run(bookAfter(...asks), bid(0n, 5n, fields)).at(-1)).toContain('filled');
    expect(run(bookAfter(...asks), bid(0n, 6n, fields))).toEqual([
      '@0 #3 rejected side 0 a0 id - w3 0 0x6 left 0 flags 4 unfillable',
    ]);
  });

  it('fills with 64 makers and is rejected as MatchLimit when it would need 65', () => {
    const fills = run(bookOfSmallBids(65), ask(100n, 64n, FOK));
    expect(fills).toHaveLength(65);
    expect(fills.at(-1)).toBe('@0 #130 filled ask a0 id 66:4095 maker 64:63 a1 100x1 left 0');
    const book = bookOfSmallBids(65);
    expect(run(book, ask(100n, 65n, FOK))).toEqual([
      '@0 #66 rejected side 1 a0 id - w3 0 100x65 left 0 matchLimit',
    ]);
    expect(run(book, ask(100n, 66n, FOK))).toEqual([
      '@0 #67 rejected side 1 a0 id - w3 0 100x66 left 0 unfillable',
    ]);
    expect(levelLines(book, 'bid')).toEqual(['100x65 (65)']);
  });
});

describe('model match limit of 64 makers (protocol §4, 3 and 4)', () => {
  it.each([
    ['GTC', 100n, {}, '65'],
    ['IOC', 100n, IOC, '4095'],
    ['market', 0n, MARKET, '4095'],
  ] as const)('cancels the rest of a %s order that still crosses', (_, price, fields, slot) => {
    const book = bookOfSmallBids(65);
    const lines = run(book, ask(price, 70n, { ...A2, ...fields }));
    expect(lines).toHaveLength(66);
    expect(lines.at(-2)).toBe(`@0 #130 filled ask a2 id 66:${slot} maker 64:63 a1 100x1 left 6`);
    expect(lines.at(-1)).toBe(`@0 #131 canceled ask a2 id 66:${slot} w3 0 ${price}x6 left 0 matchLimit`);
    expect(levelLines(book, 'bid')).toEqual(['100x1 (1)']);
    expect(levelLines(book, 'ask')).toEqual([]);
  });

  it('rests a GTC order that met 64 makers and crosses no more', () => {
    const book = bookOfSmallBids(64);
    run(book, bid(99n, 1n, A1));
    expect(run(book, ask(100n, 70n, A2))).toHaveLength(65);
    expect(levelLines(book, 'ask')).toEqual(['100x6 (1)']);
  });

  it('cancels an IOC order that met 64 makers and crosses no more as Remainder', () => {
    const lines = run(bookOfSmallBids(64), ask(100n, 70n, { ...A2, ...IOC }));
    expect(lines.at(-1)).toBe('@0 #130 canceled ask a2 id 65:4095 w3 0 100x6 left 0 remainder');
  });

  it('makes no Canceled when the 64th maker fills it whole', () => {
    expect(run(bookOfSmallBids(65), ask(100n, 64n, A2)).at(-1)).toContain('filled');
  });
});

describe('model Cancel and Reduce (protocol §4)', () => {
  it('cancels what remains', () => {
    const book = bookAfter(bid(100n, 5n, { ...A1, id: 11n }), ask(100n, 2n));
    expect(run(book, cancel(idOf(1n, 0n), A1), cancel(idOf(1n, 0n), A1))).toEqual([
      '@0 #4 canceled bid a1 id 1:0 w3 11 100x3 left 0 requested',
      '@1 #5 rejected side 0 a1 id 1:0 w3 0 0x0 left 0 unknownOrder',
    ]);
    expect(levelLines(book, 'bid')).toEqual([]);
  });

  it('cancels an order in the middle of its queue and leaves the others in order', () => {
    const book = bookAfter(ask(100n, 1n, A1), ask(100n, 2n, A2), ask(100n, 4n, A3), cancel(idOf(2n, 1n), A2));
    expect(run(book, bid(100n, 3n)).slice(1)).toEqual([
      '@0 #6 filled bid a0 id 5:1 maker 1:0 a1 100x1 left 2',
      '@0 #7 filled bid a0 id 5:1 maker 3:2 a3 100x2 left 0',
    ]);
  });

  it('takes lots off and keeps the place', () => {
    const book = bookAfter(ask(100n, 5n, { ...A1, id: 11n }), ask(100n, 5n, A2));
    expect(run(book, reduce(idOf(1n, 0n), 4n, A1), bid(100n, 2n))).toEqual([
      '@0 #3 reduced ask a1 id 1:0 w3 11 100x4 left 1',
      '@1 #4 accepted bid a0 id 4:2 w3 0 100x2 left 2',
      '@1 #5 filled bid a0 id 4:2 maker 1:0 a1 100x1 left 1',
      '@1 #6 filled bid a0 id 4:2 maker 2:1 a2 100x1 left 0',
    ]);
  });

  it.each([3n, 4n, (1n << 48n) - 1n])('removes an order of 3 lots when reduced by %s', (quantity) => {
    const book = bookAfter(ask(100n, 5n, { ...A1, id: 11n }), bid(100n, 2n));
    expect(run(book, reduce(idOf(1n, 0n), quantity, A1))).toEqual([
      '@0 #4 canceled ask a1 id 1:0 w3 11 100x3 left 0 requested',
    ]);
    expect(levelLines(book, 'ask')).toEqual([]);
  });
});

describe('model order slots and ids (protocol §4, 2)', () => {
  it('takes the lowest free order slot and reuses it under a new id', () => {
    const book = bookAfter(bid(1n, 1n), bid(2n, 1n), bid(3n, 1n), cancel(idOf(2n, 1n)));
    expect(run(book, bid(4n, 1n), bid(5n, 1n), cancel(idOf(2n, 1n)), cancel(idOf(5n, 1n)))).toEqual([
      '@0 #5 accepted bid a0 id 5:1 w3 0 4x1 left 1',
      '@1 #6 accepted bid a0 id 6:3 w3 0 5x1 left 1',
      '@2 #7 rejected side 0 a0 id 2:1 w3 0 0x0 left 0 unknownOrder',
      '@3 #8 canceled bid a0 id 5:1 w3 0 4x1 left 0 requested',
    ]);
  });

  it('gives back the slot of an order that was filled whole on arrival', () => {
    const book = bookAfter(bid(100n, 5n));
    expect(run(book, ask(100n, 2n), ask(100n, 2n), ask(200n, 1n))).toEqual([
      '@0 #2 accepted ask a0 id 2:1 w3 0 100x2 left 2',
      '@0 #3 filled ask a0 id 2:1 maker 1:0 a0 100x2 left 0',
      '@1 #4 accepted ask a0 id 4:1 w3 0 100x2 left 2',
      '@1 #5 filled ask a0 id 4:1 maker 1:0 a0 100x2 left 0',
      '@2 #6 accepted ask a0 id 6:1 w3 0 200x1 left 1',
    ]);
  });

  it('does not reuse the slot of a maker for the taker that fills it', () => {
    const book = bookAfter(bid(100n, 1n));
    expect(run(book, ask(100n, 2n), bid(50n, 1n))).toEqual([
      '@0 #2 accepted ask a0 id 2:1 w3 0 100x2 left 2',
      '@0 #3 filled ask a0 id 2:1 maker 1:0 a0 100x1 left 1',
      '@1 #4 accepted bid a0 id 4:0 w3 0 50x1 left 1',
    ]);
  });
});
