import { describe, expect, it } from 'vitest';
import { BothBooks } from '../model/both-books.ts';
import { idOf, reduce, replace, withTerms } from '../model/command-builders.ts';
import { levelLines, times } from '../model/scenario.ts';
import {
  type OrderToRest,
  type StopToWait,
  stateOfOrders,
  stateWithStops,
} from '../model/state-of-orders.ts';

const A1 = { account: 1n };
/** The named order: bid 100x5 of account 1. */
const BID: OrderToRest = { side: 'bid', price: 100n, lots: 5n, account: 1n, clientOrderId: 81n };
const ASK: OrderToRest = { side: 'ask', price: 110n, lots: 3n, account: 2n };
const NAMED = idOf(1n, 0n);
const STOP: StopToWait = {
  side: 'bid',
  trigger: 120n,
  price: 121n,
  lots: 4n,
  account: 1n,
  clientOrderId: 82n,
};

describe('Replace from and to a stop (protocol §3, 14, and §4)', () => {
  it('makes a stop of an order, and an order of a stop', () => {
    const books = new BothBooks(stateOfOrders([BID, ASK]));
    expect(books.run(withTerms(replace(NAMED, 121n, 4n, A1), { trigger: 120n }))).toEqual([
      '@0 #3 canceled bid a1 id 1:0 w3 81 100x5 left 0 replaced',
      '@0 #4 replaced bid a1 id 4:0 w3 81 121x4 left 4 flags 8',
      '@0 #5 terms bid a1 id 4:0 w3 0 120x0 left 0',
    ]);
    expect(levelLines(books.model, 'bid')).toEqual([]);
    expect(books.run(replace(idOf(4n, 0n), 110n, 4n, A1))).toEqual([
      '@0 #6 canceled bid a1 id 4:0 w3 81 121x4 left 0 replaced',
      '@0 #7 replaced bid a1 id 7:0 w3 81 110x4 left 4',
      '@0 #8 filled bid a1 id 7:0 maker 2:1 a2 110x3 left 1',
    ]);
    expect(books.model.state.stops).toEqual([]);
  });

  it('makes a stop of a stop, which loses its turn', () => {
    const books = new BothBooks(stateWithStops([], [STOP, { ...STOP, account: 3n }], 0n));
    expect(books.run(withTerms(replace(NAMED, 122n, 3n, A1), { trigger: 119n }))).toEqual([
      '@0 #5 canceled bid a1 id 1:0 w3 82 121x4 left 0 replaced',
      '@0 #6 replaced bid a1 id 6:0 w3 82 122x3 left 3 flags 8',
      '@0 #7 terms bid a1 id 6:0 w3 0 119x0 left 0',
    ]);
    expect(books.model.state.stops.map(({ account }) => account)).toEqual([3n, 1n]);
  });

  it('does not count the named stop among those that wait', () => {
    const books = new BothBooks(
      stateWithStops(
        [BID],
        times(256, () => STOP),
        0n,
      ),
    );
    const trigger = { trigger: 119n };
    expect(books.run(withTerms(replace(NAMED, 122n, 3n, A1), trigger)).at(0)).toMatch(
      / rejected .* stopBookFull$/,
    );
    expect(books.model.levels('bid')).toHaveLength(1);
    expect(books.run(withTerms(replace(idOf(2n, 1n), 122n, 3n, A1), trigger))).toEqual([
      '@0 #515 canceled bid a1 id 2:1 w3 82 121x4 left 0 replaced',
      '@0 #516 replaced bid a1 id 516:1 w3 82 122x3 left 3 flags 8',
      '@0 #517 terms bid a1 id 516:1 w3 0 119x0 left 0',
    ]);
  });

  it('needs no order slot for a stop', () => {
    const orders = times(4096, (index): OrderToRest => ({ ...BID, price: BigInt(1 + (index % 3)) }));
    const books = new BothBooks(stateOfOrders(orders));
    expect(books.run(withTerms(replace(NAMED, 122n, 3n, A1), { trigger: 119n }))).toEqual([
      '@0 #4097 canceled bid a1 id 1:0 w3 81 1x5 left 0 replaced',
      '@0 #4098 replaced bid a1 id 4098:0 w3 81 122x3 left 3 flags 8',
      '@0 #4099 terms bid a1 id 4098:0 w3 0 119x0 left 0',
    ]);
  });

  it('triggers the stop at once when it is due', () => {
    const books = new BothBooks(stateWithStops([BID, ASK], [], 125n));
    expect(books.run(withTerms(replace(NAMED, 122n, 4n, A1), { trigger: 119n }))).toEqual([
      '@0 #3 canceled bid a1 id 1:0 w3 81 100x5 left 0 replaced',
      '@0 #4 replaced bid a1 id 4:0 w3 81 122x4 left 4 flags 8',
      '@0 #5 terms bid a1 id 4:0 w3 0 119x0 left 0',
      '@0 #6 triggered bid a1 id 4:0 w3 81 122x4 left 119',
      '@0 #7 filled bid a1 id 4:0 maker 2:1 a2 110x3 left 1',
    ]);
  });

  it('takes the lots that a Reduce left', () => {
    const books = new BothBooks(stateWithStops([], [STOP], 0n));
    expect(books.run(reduce(NAMED, 3n, A1), replace(NAMED, 10n, 9n, A1))).toEqual([
      '@0 #3 reduced bid a1 id 1:0 w3 82 121x3 left 1',
      '@1 #4 canceled bid a1 id 1:0 w3 82 121x1 left 0 replaced',
      '@1 #5 replaced bid a1 id 5:0 w3 82 10x9 left 9',
    ]);
  });
});

describe('a Replace of a waiting stop by an order that may rest (protocol §3, 18)', () => {
  const FULL = times(64, (index): OrderToRest => ({ ...BID, price: BigInt(2 * index + 2), lots: 1n }));
  /** Finds no level: 64 are taken, and a stop is on none that it could leave. */
  const replaceStop = (stopCount: number) => {
    const books = new BothBooks(
      stateWithStops(
        FULL,
        times(stopCount, () => STOP),
        0n,
      ),
    );
    return books.run(replace(idOf(65n, 64n), 3n, 1n, A1));
  };

  it('leaves the stop when there is no level for it', () => {
    for (const stopCount of [2, 3]) {
      expect(replaceStop(stopCount)).toEqual([
        `@0 #${65 + 2 * stopCount} rejected side 0 a1 id 65:64 w3 0 3x1 left 0 bookFull`,
      ]);
    }
  });

  it('leaves the only stop, too', () => {
    expect(replaceStop(1)).toEqual(['@0 #67 rejected side 0 a1 id 65:64 w3 0 3x1 left 0 bookFull']);
  });
});
