import { describe, expect, it } from 'vitest';
import { BothBooks } from '../model/both-books.ts';
import { bid, cancelAll, setMarketState } from '../model/command-builders.ts';
import { MARKET_STATE, type ModelCommand } from '../model/model-command.ts';
import { levelLines, TEST_CONFIG, times } from '../model/scenario.ts';
import {
  type OrderToRest,
  type StopToWait,
  stateOfOrders,
  stateWithStops,
} from '../model/state-of-orders.ts';

const OPERATOR = BigInt(TEST_CONFIG.operatorAccount);
const BID: OrderToRest = { side: 'bid', price: 100n, lots: 1n, account: 1n };
const ASK: OrderToRest = { side: 'ask', price: 110n, lots: 2n, account: 1n };
const ICEBERG: OrderToRest = { ...BID, lots: 2n, hidden: 7n, displayQuantity: 2n };
const STOP: StopToWait = { side: 'bid', trigger: 120n, lots: 4n, account: 1n, clientOrderId: 82n };

/** Orders and stops of accounts 1 and 2 on both sides; slots 0 to 3 and 4 to 6. */
function mixedBooks(): BothBooks {
  const orders = [BID, { ...BID, account: 2n }, ASK, ICEBERG];
  const stops: StopToWait[] = [
    STOP,
    { ...STOP, account: 2n },
    { ...STOP, side: 'ask', trigger: 90n, price: 80n },
  ];
  return new BothBooks(stateWithStops(orders, stops, 0n));
}

describe('CancelAll (protocol §3, §4)', () => {
  it('removes the orders and stops of the account in the order of their slots', () => {
    const books = mixedBooks();
    expect(books.run(cancelAll(1n))).toEqual([
      '@0 #12 canceled bid a1 id 1:0 w3 0 100x1 left 0 requested',
      '@0 #13 canceled ask a1 id 3:2 w3 0 110x2 left 0 requested',
      '@0 #14 canceled bid a1 id 4:3 w3 0 100x9 left 0 requested',
      '@0 #15 canceled bid a1 id 6:4 w3 82 0x4 left 0 requested',
      '@0 #16 canceled ask a1 id 10:6 w3 82 80x4 left 0 requested',
    ]);
    expect(levelLines(books.model, 'bid')).toEqual(['100x1 (1)']);
    expect(books.model.state.stops.map(({ account }) => account)).toEqual([2n]);
  });

  it('removes those of one side', () => {
    const bids = mixedBooks();
    expect(bids.run(cancelAll(1n, { side: 0n }))).toEqual([
      '@0 #12 canceled bid a1 id 1:0 w3 0 100x1 left 0 requested',
      '@0 #13 canceled bid a1 id 4:3 w3 0 100x9 left 0 requested',
      '@0 #14 canceled bid a1 id 6:4 w3 82 0x4 left 0 requested',
    ]);
    expect(levelLines(bids.model, 'ask')).toEqual(['110x2 (1)']);
    const asks = mixedBooks();
    expect(asks.run(cancelAll(1n, { side: 1n }))).toEqual([
      '@0 #12 canceled ask a1 id 3:2 w3 0 110x2 left 0 requested',
      '@0 #13 canceled ask a1 id 10:6 w3 82 80x4 left 0 requested',
    ]);
  });

  it.each([
    ['of the account', cancelAll(3n)],
    ['of the account on that side', cancelAll(2n, { side: 1n })],
  ])('says NoOrders when there are none %s', (_, command) => {
    expect(mixedBooks().run(command).at(0)).toMatch(
      /^@0 #12 rejected side \d a\d id - w3 0 0x0 left 0 noOrders$/,
    );
  });

  it('removes 64 at a time, of both sides and the stop book', () => {
    const orders = times(
      40,
      (index): OrderToRest => ({ ...(index % 2 === 0 ? BID : ASK), lots: BigInt(index + 1) }),
    );
    const books = new BothBooks(
      stateWithStops(
        [...orders, { ...BID, account: 2n }],
        times(26, () => STOP),
        0n,
      ),
    );
    const lines = books.run(cancelAll(1n), cancelAll(1n), cancelAll(1n));
    expect(lines).toHaveLength(64 + 2 + 1);
    // Slot 40 is account 2's.
    expect(lines.slice(39, 41)).toEqual([
      '@0 #133 canceled ask a1 id 40:39 w3 0 110x40 left 0 requested',
      '@0 #134 canceled bid a1 id 42:41 w3 82 0x4 left 0 requested',
    ]);
    expect(lines.slice(63)).toEqual([
      '@0 #157 canceled bid a1 id 88:64 w3 82 0x4 left 0 requested',
      '@1 #158 canceled bid a1 id 90:65 w3 82 0x4 left 0 requested',
      '@1 #159 canceled bid a1 id 92:66 w3 82 0x4 left 0 requested',
      '@2 #160 rejected side 2 a1 id - w3 0 0x0 left 0 noOrders',
    ]);
    expect(levelLines(books.model, 'bid')).toEqual(['100x1 (1)']);
  });

  it('goes by slots, not by age, and gives them back', () => {
    const books = new BothBooks(stateOfOrders([{ ...BID, account: 2n }, BID, BID]));
    books.run(cancelAll(2n), bid(99n, 1n, { account: 1n }));
    expect(books.run(cancelAll(1n), bid(1n, 1n))).toEqual([
      '@0 #6 canceled bid a1 id 5:0 w3 0 99x1 left 0 requested',
      '@0 #7 canceled bid a1 id 2:1 w3 0 100x1 left 0 requested',
      '@0 #8 canceled bid a1 id 3:2 w3 0 100x1 left 0 requested',
      '@1 #9 accepted bid a0 id 9:0 w3 0 1x1 left 1',
    ]);
  });

  it('triggers stops as every command does', () => {
    const due = { ...STOP, account: 3n };
    const books = new BothBooks(stateWithStops([BID, ASK], [due], 120n));
    // The stop fills the ask before the CancelAll comes to it.
    expect(books.run(cancelAll(1n))).toEqual([
      '@0 #5 triggered bid a3 id 3:2 w3 82 0x4 left 120',
      '@0 #6 filled bid a3 id 3:2 maker 2:1 a1 110x2 left 2',
      '@0 #7 canceled bid a3 id 3:2 w3 82 0x2 left 0 remainder',
      '@0 #8 canceled bid a1 id 1:0 w3 0 100x1 left 0 requested',
    ]);
  });
});

describe('checks of a CancelAll (protocol §3)', () => {
  const bad: ModelCommand = cancelAll(1n, { side: 3n });

  it.each([
    ['time in force', { timeInForce: 1n }],
    ['flags', { flags: 8n }],
    ['id', { id: 1n }],
    ['price', { price: 1n }],
    ['quantity', { quantity: 1n }],
  ])('rejects it with its %s set before anything else', (_, fields) => {
    expect(
      mixedBooks()
        .run({ ...bad, ...fields })
        .at(0),
    ).toMatch(/ reservedBits$/);
  });

  it('takes sides 0 to 2, and looks at the side before the market', () => {
    const close = setMarketState(MARKET_STATE.halted, OPERATOR);
    const [, side, closed] = mixedBooks().run(close, bad, cancelAll(9n));
    expect(side).toMatch(/ rejected side 3 .* invalidSide$/);
    expect(closed).toMatch(/ marketClosed$/);
  });
});
