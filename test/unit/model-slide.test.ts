import { describe, expect, it } from 'vitest';
import { BothBooks } from '../model/both-books.ts';
import { ask, bid, POST_ONLY, SLIDE, withTerms } from '../model/command-builders.ts';
import { VALUE_MAX } from '../model/geometry.ts';
import { levelLines, TEST_CONFIG, times } from '../model/scenario.ts';
import { type OrderToRest, stateOfOrders } from '../model/state-of-orders.ts';

const A1 = { account: 1n, ...SLIDE };

function bidAt(price: bigint): OrderToRest {
  return { side: 'bid', price, lots: 1n };
}

function askAt(price: bigint): OrderToRest {
  return { side: 'ask', price, lots: 1n };
}

describe('slide (protocol §3, 15)', () => {
  it('moves a bid to one tick below the best ask, an ask to one tick above the best bid', () => {
    const books = new BothBooks(stateOfOrders([bidAt(100n), askAt(110n), askAt(112n)]));
    expect(books.run(bid(110n, 3n, A1), bid(115n, 3n, A1), ask(1n, 4n, A1))).toEqual([
      '@0 #4 accepted bid a1 id 4:3 w3 0 109x3 left 3 flags 3',
      '@1 #5 accepted bid a1 id 5:4 w3 0 109x3 left 3 flags 3',
      '@2 #6 accepted ask a1 id 6:5 w3 0 110x4 left 4 flags 3',
    ]);
    expect(levelLines(books.model, 'bid')).toEqual(['109x6 (2)', '100x1 (1)']);
  });

  it('leaves an order that does not cross where it is', () => {
    const books = new BothBooks(stateOfOrders([bidAt(100n), askAt(110n)]));
    expect(books.run(bid(109n, 3n, A1), ask(110n, 3n, A1), bid(5n, 3n, A1))).toEqual([
      '@0 #3 accepted bid a1 id 3:2 w3 0 109x3 left 3 flags 3',
      '@1 #4 accepted ask a1 id 4:3 w3 0 110x3 left 3 flags 3',
      '@2 #5 accepted bid a1 id 5:4 w3 0 5x3 left 3 flags 3',
    ]);
    expect(new BothBooks().run(bid(109n, 3n, A1))).toEqual([
      '@0 #1 accepted bid a1 id 1:0 w3 0 109x3 left 3 flags 3',
    ]);
  });

  it('makes no price below 1 or above 2^48-1', () => {
    const low = new BothBooks(stateOfOrders([askAt(1n)]));
    expect(low.run(bid(7n, 3n, A1))).toEqual([
      '@0 #2 rejected side 0 a1 id - w3 0 7x3 left 0 flags 3 wouldTake',
    ]);
    const high = new BothBooks(stateOfOrders([bidAt(VALUE_MAX)]));
    expect(high.run(ask(7n, 3n, A1))).toEqual([
      '@0 #2 rejected side 1 a1 id - w3 0 7x3 left 0 flags 3 wouldTake',
    ]);
  });

  it('makes the prices 1 and 2^48-1', () => {
    const books = new BothBooks(stateOfOrders([askAt(2n)]));
    expect(books.run(bid(7n, 3n, A1))).toEqual(['@0 #2 accepted bid a1 id 2:1 w3 0 1x3 left 3 flags 3']);
    const high = new BothBooks(stateOfOrders([bidAt(VALUE_MAX - 1n)]));
    expect(high.run(ask(7n, 3n, A1))).toEqual([
      '@0 #2 accepted ask a1 id 2:1 w3 0 281474976710655x3 left 3 flags 3',
    ]);
  });

  it('moves by the tick of the market', () => {
    const config = { ...TEST_CONFIG, tickSize: 5n };
    const books = new BothBooks(stateOfOrders([bidAt(100n), askAt(110n)]), config);
    expect(books.run(bid(120n, 3n, A1), ask(100n, 3n, A1), bid(121n, 3n, A1))).toEqual([
      '@0 #3 accepted bid a1 id 3:2 w3 0 105x3 left 3 flags 3',
      '@1 #4 accepted ask a1 id 4:3 w3 0 110x3 left 3 flags 3',
      '@2 #5 rejected side 0 a1 id - w3 0 121x3 left 0 flags 3 offTick',
    ]);
    const low = new BothBooks(stateOfOrders([askAt(5n)]), config);
    expect(low.run(bid(10n, 3n, A1))).toEqual([
      '@0 #2 rejected side 0 a1 id - w3 0 10x3 left 0 flags 3 wouldTake',
    ]);
  });

  it('would take without slide, and rests at the price it has slid to with its terms', () => {
    const books = new BothBooks(stateOfOrders([askAt(110n)]));
    const iceberg = withTerms(bid(115n, 9n, A1), { display: 2n, expiry: 9n });
    expect(books.run(bid(115n, 9n, { account: 1n, ...POST_ONLY }), iceberg)).toEqual([
      '@0 #2 rejected side 0 a1 id - w3 0 115x9 left 0 flags 1 wouldTake',
      '@1 #3 accepted bid a1 id 3:1 w3 0 109x9 left 9 flags 11',
      '@1 #4 terms bid a1 id 3:1 w3 2 0x9 left 3',
    ]);
  });

  it('asks for room at the price it has slid to', () => {
    const bids = times(64, (index) => bidAt(BigInt(46 + index)));
    const books = new BothBooks(stateOfOrders([...bids, askAt(110n)]));
    // It slides to 109, which has a level: nobody is evicted.
    expect(books.run(bid(120n, 3n, A1))).toEqual([
      '@0 #66 accepted bid a1 id 66:65 w3 0 109x3 left 3 flags 3',
    ]);
    const few = new BothBooks(stateOfOrders([...bids, askAt(111n)]));
    expect(few.run(bid(120n, 3n, A1))).toEqual([
      '@0 #66 evicted bid a0 id 1:0 w3 0 46x1 left 0',
      '@0 #67 accepted bid a1 id 67:0 w3 0 110x3 left 3 flags 3',
    ]);
  });

  it('slides behind an order of its own account, and behind an expired one', () => {
    const books = new BothBooks(stateOfOrders([{ ...askAt(110n), account: 1n, expiry: 1n }]));
    expect(books.run(bid(120n, 3n, { ...A1, flags: 3n | (1n << 4n) }))).toEqual([
      '@0 #3 accepted bid a1 id 3:1 w3 0 109x3 left 3 flags 19',
    ]);
  });
});
