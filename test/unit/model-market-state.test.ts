import { describe, expect, it } from 'vitest';
import { BothBooks } from '../model/both-books.ts';
import {
  ask,
  bid,
  cancel,
  cancelAll,
  FOK,
  IOC,
  idOf,
  MARKET,
  POST_ONLY,
  reduce,
  replace,
  SLIDE,
  setMarketState,
  sweep,
  withTerms,
} from '../model/command-builders.ts';
import { MARKET_STATE, type ModelCommand } from '../model/model-command.ts';
import { TEST_CONFIG } from '../model/scenario.ts';
import { stateOfOrders } from '../model/state-of-orders.ts';

const OPERATOR = BigInt(TEST_CONFIG.operatorAccount);
const A1 = { account: 1n };
const NAMED = idOf(1n, 0n);

/** A bid 100x5 and an expired ask 110x5 of account 1, in a market of this state. */
function booksIn(state: bigint): BothBooks {
  const books = new BothBooks(
    stateOfOrders([
      { side: 'bid', price: 100n, lots: 5n, account: 1n },
      { side: 'ask', price: 110n, lots: 5n, account: 1n, expiry: 1n },
    ]),
  );
  books.run(setMarketState(state, OPERATOR));
  return books;
}

/** What the command comes to in a market of each state: `ok`, or the reason of its rejection. */
function outcomesOf(command: ModelCommand): string {
  const { open, cancelOnly, postOnly, halted } = MARKET_STATE;
  const outcomes = [open, cancelOnly, postOnly, halted].map((state) => {
    const line = booksIn(state).run(command).at(0) ?? '';
    return line.includes(' rejected ') ? line.split(' ').at(-1) : 'ok';
  });
  return outcomes.join(' ');
}

describe('what a market takes in each state (protocol §3, 12)', () => {
  const CLOSED = 'ok marketClosed marketClosed marketClosed';
  const POSTING = 'ok marketClosed ok marketClosed';
  const TIDYING = 'ok ok ok marketClosed';

  it.each([
    ['a GTC order', bid(1n, 1n), CLOSED],
    ['an IOC order', bid(1n, 1n, IOC), CLOSED],
    [
      'a FOK order that cannot be filled',
      bid(1n, 1n, FOK),
      'unfillable marketClosed marketClosed marketClosed',
    ],
    ['a market order', bid(0n, 1n, MARKET), CLOSED],
    ['a stop', withTerms(bid(1n, 1n), { trigger: 500n }), CLOSED],
    ['a post-only order', bid(1n, 1n, POST_ONLY), POSTING],
    ['a sliding order', ask(90n, 1n, SLIDE), POSTING],
    [
      'a post-only order that would take',
      ask(90n, 1n, POST_ONLY),
      'wouldTake marketClosed wouldTake marketClosed',
    ],
    ['a post-only iceberg', withTerms(bid(1n, 2n, POST_ONLY), { display: 1n }), POSTING],
    ['a Replace', replace(NAMED, 99n, 1n, A1), CLOSED],
    ['a post-only Replace', replace(NAMED, 99n, 1n, { ...A1, ...POST_ONLY }), POSTING],
    ['a Replace of nothing', replace(0n, 99n, 1n, A1), 'unknownOrder marketClosed marketClosed marketClosed'],
    ['a Cancel', cancel(NAMED, A1), TIDYING],
    ['a Reduce', reduce(NAMED, 1n, A1), TIDYING],
    ['a Reduce of nothing', reduce(0n, 1n, A1), 'unknownOrder unknownOrder unknownOrder marketClosed'],
    ['a CancelAll', cancelAll(1n), TIDYING],
    ['a CancelAll of nothing', cancelAll(7n), 'noOrders noOrders noOrders marketClosed'],
    ['a Sweep', sweep(), TIDYING],
    ['a malformed order', bid(0n, 1n), 'invalidPrice invalidPrice invalidPrice invalidPrice'],
    ['an order of no lots', bid(1n, 0n), 'invalidQuantity invalidQuantity invalidQuantity invalidQuantity'],
    [
      'an expired order',
      withTerms(bid(1n, 1n), { expiry: 1n }),
      'expiryPassed expiryPassed expiryPassed expiryPassed',
    ],
  ] as const)('%s', (_, command, outcomes) => {
    expect(outcomesOf(command)).toBe(outcomes);
  });
});

describe('SetMarketState (protocol §3, §4)', () => {
  it('goes from any state to any state, the same one too', () => {
    const states = [0n, 1n, 1n, 2n, 3n, 3n, 0n, 2n, 1n, 0n];
    const lines = new BothBooks().run(...states.map((state) => setMarketState(state, OPERATOR)));
    expect(lines).toEqual(
      states.map(
        (state, index) =>
          `@${index} #${index + 1} marketStateChanged bid a${OPERATOR} id - w3 0 0x${state} left ${states[index - 1] ?? 0n}`,
      ),
    );
  });

  it('is kept from batch to batch', () => {
    const books = booksIn(MARKET_STATE.cancelOnly);
    expect(books.run(bid(1n, 1n)).at(0)).toMatch(/marketClosed$/);
    expect(books.model.state.marketState).toBe(MARKET_STATE.cancelOnly);
  });

  it.each([
    ['side', { side: 1n }],
    ['time in force', { timeInForce: 1n }],
    ['flags', { flags: 8n }],
    ['id', { id: 1n }],
    ['price', { price: 1n }],
  ])('is rejected with its %s set before anything else', (_, fields) => {
    expect(new BothBooks().run(setMarketState(9n, 1n, fields)).at(0)).toMatch(/ reservedBits$/);
  });

  it('is rejected for its state, then for who sends it', () => {
    const commands = [4n, 1n << 32n, (1n << 64n) - 1n].map((state) => setMarketState(state, 1n));
    expect(new BothBooks().run(...commands, setMarketState(3n, 1n), bid(1n, 1n))).toEqual([
      '@0 #1 rejected side 0 a1 id - w3 0 0x4 left 0 invalidMarketState',
      '@1 #2 rejected side 0 a1 id - w3 0 0x4294967296 left 0 invalidMarketState',
      '@2 #3 rejected side 0 a1 id - w3 0 0x18446744073709551615 left 0 invalidMarketState',
      '@3 #4 rejected side 0 a1 id - w3 0 0x3 left 0 notOperator',
      '@4 #5 accepted bid a0 id 5:0 w3 0 1x1 left 1',
    ]);
  });
});
