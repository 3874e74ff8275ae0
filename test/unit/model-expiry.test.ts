import { describe, expect, it } from 'vitest';
import { BothBooks } from '../model/both-books.ts';
import {
  ask,
  bid,
  cancel,
  FOK,
  IOC,
  idOf,
  MARKET,
  POST_ONLY,
  reduce,
  replace,
  setMarketState,
  sweep,
  withSelfTrade,
  withTerms,
} from '../model/command-builders.ts';
import { MARKET_STATE, type ModelCommand, SELF_TRADE } from '../model/model-command.ts';
import { levelLines, TEST_CONFIG, times } from '../model/scenario.ts';
import { type OrderToRest, stateOfOrders } from '../model/state-of-orders.ts';

const A1 = { account: 1n };
const A2 = { account: 2n };
const OPERATOR = BigInt(TEST_CONFIG.operatorAccount);

/** An order that is good till 10 ns. */
function till10(order: ModelCommand): ModelCommand {
  return withTerms(order, { expiry: 10n });
}

/** One lot offered at 100, good till 10 ns. */
const SHORT_ASK: OrderToRest = { side: 'ask', price: 100n, lots: 1n, account: 1n, expiry: 10n };

describe('orders that are good till a time (protocol §3, §4.3)', () => {
  it('fills one a nanosecond before its expiry', () => {
    const books = new BothBooks();
    books.run(till10(ask(100n, 5n, A1)));
    expect(books.runAt(9n, bid(100n, 2n, A2))).toEqual([
      '@0 #3 accepted bid a2 id 3:1 w3 0 100x2 left 2',
      '@0 #4 filled bid a2 id 3:1 maker 1:0 a1 100x2 left 0',
    ]);
  });

  it('removes it at its expiry, with its hidden part, and goes on to the next maker', () => {
    const books = new BothBooks();
    const iceberg = withTerms(ask(100n, 5n, { ...A1, id: 11n }), { expiry: 10n, display: 2n });
    books.run(iceberg, ask(100n, 3n, A1), till10(ask(101n, 3n, A1)));
    expect(books.runAt(10n, bid(102n, 4n, A2))).toEqual([
      '@0 #6 accepted bid a2 id 6:3 w3 0 102x4 left 4',
      '@0 #7 expired ask a1 id 1:0 w3 11 100x5 left 0',
      '@0 #8 filled bid a2 id 6:3 maker 3:1 a1 100x3 left 1',
      '@0 #9 expired ask a1 id 4:2 w3 0 101x3 left 0',
    ]);
    expect(levelLines(books.model, 'bid')).toEqual(['102x1 (1)']);
    expect(levelLines(books.model, 'ask')).toEqual([]);
  });

  it('counts an expired maker as work', () => {
    const books = new BothBooks(stateOfOrders([...times(64, () => SHORT_ASK), { ...SHORT_ASK, expiry: 0n }]));
    const lines = books.runAt(10n, bid(0n, 1n, { ...A2, ...MARKET }));
    expect(lines).toHaveLength(66);
    expect(lines.at(-2)).toBe('@0 #194 expired ask a1 id 127:63 w3 0 100x1 left 0');
    expect(lines.at(-1)).toBe('@0 #195 canceled bid a2 id 130:4095 w3 0 0x1 left 0 matchLimit');
    expect(levelLines(books.model, 'ask')).toEqual(['100x1 (1)']);
  });

  it('sees an expired maker before it sees whose it is', () => {
    for (const mode of Object.values(SELF_TRADE)) {
      const books = new BothBooks(stateOfOrders([SHORT_ASK, { ...SHORT_ASK, expiry: 0n, account: 3n }]));
      expect(books.runAt(10n, withSelfTrade(bid(100n, 1n, A1), mode)).slice(1)).toEqual([
        '@0 #5 expired ask a1 id 1:0 w3 0 100x1 left 0',
        '@0 #6 filled bid a1 id 4:2 maker 3:1 a3 100x1 left 0',
      ]);
    }
  });

  it('leaves an expired order where it is until somebody meets it', () => {
    const books = new BothBooks(stateOfOrders([SHORT_ASK]));
    expect(books.runAt(10n, bid(100n, 1n, { ...A2, ...POST_ONLY }), bid(99n, 1n, A2))).toEqual([
      '@0 #3 rejected side 0 a2 id - w3 0 100x1 left 0 flags 1 wouldTake',
      '@1 #4 accepted bid a2 id 4:1 w3 0 99x1 left 1',
    ]);
    expect(levelLines(books.model, 'ask')).toEqual(['100x1 (1)']);
  });

  it('lets its owner cancel, reduce and replace an expired order', () => {
    const books = new BothBooks(stateOfOrders(times(3, () => ({ ...SHORT_ASK, lots: 4n }))));
    expect(
      books.runAt(
        11n,
        cancel(idOf(1n, 0n), A1),
        reduce(idOf(3n, 1n), 1n, A1),
        replace(idOf(5n, 2n), 105n, 2n, A1),
        bid(100n, 1n, { ...A2, ...IOC }),
      ),
    ).toEqual([
      '@0 #7 canceled ask a1 id 1:0 w3 0 100x4 left 0 requested',
      '@1 #8 reduced ask a1 id 3:1 w3 0 100x1 left 3',
      '@2 #9 canceled ask a1 id 5:2 w3 0 100x4 left 0 replaced',
      '@2 #10 replaced ask a1 id 10:0 w3 0 105x2 left 2',
      '@3 #11 accepted bid a2 id 11:4095 w3 0 100x1 left 1',
      '@3 #12 expired ask a1 id 3:1 w3 0 100x3 left 0',
      '@3 #13 canceled bid a2 id 11:4095 w3 0 100x1 left 0 remainder',
    ]);
  });

  it('rejects an order that is expired as it comes, and a stop or Replace too', () => {
    const books = new BothBooks(stateOfOrders([SHORT_ASK]));
    const stop = withTerms(bid(100n, 1n), { trigger: 5n, expiry: 20n });
    const instead = withTerms(replace(idOf(1n, 0n), 105n, 2n, A1), { expiry: 1n });
    const last = withTerms(bid(1n, 1n), { expiry: (1n << 64n) - 1n });
    expect(books.runAt(20n, withTerms(bid(1n, 1n), { expiry: 20n }), stop, instead, last)).toEqual([
      '@0 #3 rejected side 0 a0 id - w3 0 1x1 left 0 flags 8 expiryPassed',
      '@2 #4 rejected side 0 a0 id - w3 0 100x1 left 0 flags 8 expiryPassed',
      '@4 #5 rejected side 0 a1 id 1:0 w3 0 105x2 left 0 flags 8 expiryPassed',
      '@6 #6 accepted bid a0 id 6:1 w3 0 1x1 left 1 flags 8',
      '@6 #7 terms bid a0 id 6:1 w3 0 0x18446744073709551615 left 3',
    ]);
  });

  it('does not count on expired lots for a fill-or-kill order', () => {
    const books = new BothBooks(stateOfOrders([SHORT_ASK, { ...SHORT_ASK, expiry: 11n, lots: 2n }]));
    expect(books.runAt(10n, bid(100n, 3n, { ...A2, ...FOK }), bid(100n, 2n, { ...A2, ...FOK }))).toEqual([
      '@0 #5 rejected side 0 a2 id - w3 0 100x3 left 0 unfillable',
      '@1 #6 accepted bid a2 id 6:4095 w3 0 100x2 left 2',
      '@1 #7 expired ask a1 id 1:0 w3 0 100x1 left 0',
      '@1 #8 filled bid a2 id 6:4095 maker 3:1 a1 100x2 left 0',
    ]);
  });
});

describe('Sweep (protocol §3, §4)', () => {
  it('removes expired orders and stops of both sides in the order of their slots', () => {
    const books = new BothBooks();
    books.run(
      till10(ask(110n, 1n, A1)),
      ask(111n, 2n, A1),
      withTerms(bid(100n, 3n, { ...A2, id: 3n }), { trigger: 120n, expiry: 10n }),
      withTerms(bid(90n, 4n, A2), { expiry: 11n }),
      withTerms(bid(90n, 5n, { ...A2, id: 5n }), { expiry: 9n, display: 1n }),
      withTerms(ask(100n, 6n, A2), { trigger: 20n }),
      till10(bid(80n, 7n, A1)),
    );
    expect(books.runAt(10n, sweep({ account: 77n }), bid(1n, 1n), sweep())).toEqual([
      '@0 #14 expired ask a1 id 1:0 w3 0 110x1 left 0',
      '@0 #15 expired bid a2 id 4:2 w3 3 100x3 left 0',
      '@0 #16 expired bid a2 id 8:4 w3 5 90x5 left 0',
      '@0 #17 expired bid a1 id 12:6 w3 0 80x7 left 0',
      '@1 #18 accepted bid a0 id 18:0 w3 0 1x1 left 1',
      '@2 #19 rejected side 0 a0 id - w3 0 0x0 left 0 noOrders',
    ]);
    expect(levelLines(books.model, 'bid')).toEqual(['90x4 (1)', '1x1 (1)']);
    expect(levelLines(books.model, 'ask')).toEqual(['111x2 (1)']);
    expect(books.model.state.stops).toHaveLength(1);
  });

  it('removes 64 at a time', () => {
    const books = new BothBooks(
      stateOfOrders(times(130, (index) => ({ ...SHORT_ASK, price: BigInt(100 + (index % 5)) }))),
    );
    const lines = books.runAt(10n, sweep(), sweep(), sweep(), sweep());
    expect(lines.map((line) => line.split(' ')[0]).filter((at) => at === '@0')).toHaveLength(64);
    expect(lines[63]).toBe('@0 #324 expired ask a1 id 127:63 w3 0 103x1 left 0');
    expect(lines).toHaveLength(131);
    expect(lines.at(-1)).toBe('@3 #391 rejected side 0 a0 id - w3 0 0x0 left 0 noOrders');
  });

  it.each([
    ['side', { side: 1n }],
    ['time in force', { timeInForce: 1n }],
    ['flags', { flags: 8n }],
    ['id', { id: 1n }],
    ['price', { price: 1n }],
    ['quantity', { quantity: 1n }],
  ])('rejects a Sweep with its %s set before anything else', (_, fields) => {
    const books = new BothBooks(stateOfOrders([SHORT_ASK]));
    const [, line] = books.runAt(10n, setMarketState(MARKET_STATE.halted, OPERATOR), sweep(fields));
    expect(line).toMatch(/^@1 .* reservedBits$/);
  });
});
