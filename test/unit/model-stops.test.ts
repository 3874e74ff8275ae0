import { describe, expect, it } from 'vitest';
import { BothBooks } from '../model/both-books.ts';
import {
  ask,
  bid,
  cancel,
  IOC,
  idOf,
  MARKET,
  reduce,
  withSelfTrade,
  withTerms,
} from '../model/command-builders.ts';
import { SELF_TRADE } from '../model/model-command.ts';
import { levelLines, times } from '../model/scenario.ts';
import {
  type OrderToRest,
  type StopToWait,
  stateOfOrders,
  stateWithStops,
} from '../model/state-of-orders.ts';

const A1 = { account: 1n };
const A2 = { account: 2n };
const A3 = { account: 3n };

/** A buy stop of account 1: at 105, up to 107. */
const STOP: StopToWait = {
  side: 'bid',
  trigger: 105n,
  price: 107n,
  lots: 4n,
  account: 1n,
  clientOrderId: 81n,
};
const OWN_STOP: StopToWait = { ...STOP, account: 2n, selfTradeMode: SELF_TRADE.cancelTaker };
const ASK: OrderToRest = { side: 'ask', price: 106n, lots: 2n, account: 2n };
/** A trade at 105 without anything else: one ask, and a bid that takes it. */
const AT_105: OrderToRest = { side: 'ask', price: 105n, lots: 1n, account: 2n };
const TAKE_105 = bid(105n, 1n, { ...A3, ...IOC });

describe('a stop that waits (protocol §3, 14, and §4.2)', () => {
  it('is the state that placing it makes, with Terms, and is on no level', () => {
    const books = new BothBooks();
    const stops = [
      withTerms(bid(107n, 4n, { ...A1, id: 81n }), { trigger: 105n }),
      withTerms(ask(0n, 5n, { ...A2, ...MARKET, ...IOC }), { trigger: 95n }),
      withSelfTrade(withTerms(ask(90n, 6n, A2), { trigger: 94n, expiry: 9n, display: 2n }), 3n),
    ];
    expect(books.run(...stops)).toEqual([
      '@0 #1 accepted bid a1 id 1:0 w3 81 107x4 left 4 flags 8',
      '@0 #2 terms bid a1 id 1:0 w3 0 105x0 left 0',
      '@2 #3 accepted ask a2 id 3:1 w3 0 0x5 left 5 flags 12',
      '@2 #4 terms ask a2 id 3:1 w3 0 95x0 left 1',
      '@4 #5 accepted ask a2 id 5:2 w3 0 90x6 left 6 flags 56',
      '@4 #6 terms ask a2 id 5:2 w3 2 94x9 left 3',
    ]);
    const same = stateWithStops(
      [],
      [
        STOP,
        { side: 'ask', trigger: 95n, lots: 5n, account: 2n, timeInForce: 1n },
        {
          side: 'ask',
          trigger: 94n,
          price: 90n,
          lots: 6n,
          account: 2n,
          expiry: 9n,
          displayQuantity: 2n,
          selfTradeMode: 3n,
        },
      ],
      0n,
    );
    expect(books.model.snapshot()).toEqual(new BothBooks(same).model.snapshot());
    expect([...levelLines(books.model, 'bid'), ...levelLines(books.model, 'ask')]).toEqual([]);
  });

  it('is canceled and reduced by its owner, a market stop at price 0', () => {
    const books = new BothBooks(stateWithStops([], [STOP, { ...STOP, price: 0n }, STOP], 0n));
    expect(
      books.run(
        cancel(idOf(1n, 0n), A2),
        cancel(idOf(1n, 0n), A1),
        reduce(idOf(3n, 1n), 3n, A1),
        reduce(idOf(3n, 1n), 1n, A1),
        reduce(idOf(5n, 2n), 5n, A1),
        cancel(idOf(5n, 2n), A1),
      ),
    ).toEqual([
      '@0 #7 rejected side 0 a2 id 1:0 w3 0 0x0 left 0 notOwner',
      '@1 #8 canceled bid a1 id 1:0 w3 81 107x4 left 0 requested',
      '@2 #9 reduced bid a1 id 3:1 w3 81 0x3 left 1',
      '@3 #10 canceled bid a1 id 3:1 w3 81 0x1 left 0 requested',
      '@4 #11 canceled bid a1 id 5:2 w3 81 107x4 left 0 requested',
      '@5 #12 rejected side 0 a1 id 5:2 w3 0 0x0 left 0 unknownOrder',
    ]);
    expect(books.model.state.stops).toEqual([]);
  });

  it('is one of 256 at most', () => {
    const books = new BothBooks(
      stateWithStops(
        [],
        times(255, () => STOP),
        0n,
      ),
    );
    const stop = withTerms(bid(1n, 1n), { trigger: 105n });
    expect(books.run(stop, stop, bid(1n, 1n), cancel(idOf(3n, 1n), A1), stop)).toEqual([
      '@0 #511 accepted bid a0 id 511:255 w3 0 1x1 left 1 flags 8',
      '@0 #512 terms bid a0 id 511:255 w3 0 105x0 left 0',
      '@2 #513 rejected side 0 a0 id - w3 0 1x1 left 0 flags 8 stopBookFull',
      '@4 #514 accepted bid a0 id 514:256 w3 0 1x1 left 1',
      '@5 #515 canceled bid a1 id 3:1 w3 81 107x4 left 0 requested',
      '@6 #516 accepted bid a0 id 516:1 w3 0 1x1 left 1 flags 8',
      '@6 #517 terms bid a0 id 516:1 w3 0 105x0 left 0',
    ]);
  });

  it('needs a free order slot and evicts nobody for it', () => {
    const orders = times(
      4095,
      (index): OrderToRest => ({
        ...ASK,
        side: index % 2 === 0 ? 'bid' : 'ask',
        price: index % 2 === 0 ? 90n : 110n,
      }),
    );
    const books = new BothBooks(stateOfOrders(orders));
    const stop = withTerms(bid(120n, 1n), { trigger: 105n });
    // The last free slot is the stop's, which counts when another order needs one.
    expect(books.run(stop, stop, bid(91n, 1n))).toEqual([
      '@0 #4096 accepted bid a0 id 4096:4095 w3 0 120x1 left 1 flags 8',
      '@0 #4097 terms bid a0 id 4096:4095 w3 0 105x0 left 0',
      '@2 #4098 rejected side 0 a0 id - w3 0 120x1 left 0 flags 8 bookFull',
      '@4 #4099 evicted bid a2 id 4095:4094 w3 0 90x2 left 0',
      '@4 #4100 accepted bid a0 id 4100:4094 w3 0 91x1 left 1',
    ]);
  });
});

describe('a stop that is triggered (protocol §4.5)', () => {
  it.each([
    ['bid', 104n, 0],
    ['bid', 105n, 1],
    ['bid', 106n, 1],
    ['ask', 106n, 0],
    ['ask', 105n, 1],
    ['ask', 104n, 1],
  ] as const)('for a %s at 105 when %s was traded: %i times', (side, traded, count) => {
    const books = new BothBooks(stateWithStops([], [{ ...STOP, side, price: 0n }], traded));
    const lines = books.run(bid(1n, 1n));
    expect(lines.filter((line) => line.includes(' triggered '))).toHaveLength(count);
  });

  it('waits for the first trade of the market', () => {
    const books = new BothBooks(stateWithStops([AT_105], [{ ...STOP, side: 'ask', price: 200n }], 0n));
    expect(books.run(bid(1n, 1n), TAKE_105)).toEqual([
      '@0 #4 accepted bid a0 id 4:2 w3 0 1x1 left 1',
      '@1 #5 accepted bid a3 id 5:4095 w3 0 105x1 left 1',
      '@1 #6 filled bid a3 id 5:4095 maker 1:0 a2 105x1 left 0',
      '@1 #7 triggered ask a1 id 2:1 w3 81 200x4 left 105',
    ]);
  });

  it('is triggered by the command that it came with when it is due at once', () => {
    const books = new BothBooks(stateWithStops([ASK], [], 105n));
    const stop = withTerms(bid(107n, 4n, { ...A1, id: 81n }), { trigger: 105n });
    expect(books.run(bid(1n, 1n), stop)).toEqual([
      '@0 #2 accepted bid a0 id 2:1 w3 0 1x1 left 1',
      '@1 #3 accepted bid a1 id 3:2 w3 81 107x4 left 4 flags 8',
      '@1 #4 terms bid a1 id 3:2 w3 0 105x0 left 0',
      '@1 #5 triggered bid a1 id 3:2 w3 81 107x4 left 105',
      '@1 #6 filled bid a1 id 3:2 maker 1:0 a2 106x2 left 2',
    ]);
    expect(levelLines(books.model, 'bid')).toEqual(['107x2 (1)', '1x1 (1)']);
  });

  it('meets makers with its own id and slot, and rests at its price', () => {
    const books = new BothBooks(stateWithStops([AT_105, ASK], [STOP], 0n));
    expect(books.run(TAKE_105)).toEqual([
      '@0 #5 accepted bid a3 id 5:4095 w3 0 105x1 left 1',
      '@0 #6 filled bid a3 id 5:4095 maker 1:0 a2 105x1 left 0',
      '@0 #7 triggered bid a1 id 3:2 w3 81 107x4 left 105',
      '@0 #8 filled bid a1 id 3:2 maker 2:1 a2 106x2 left 2',
    ]);
    expect(books.run(cancel(idOf(3n, 2n), A1))).toEqual([
      '@0 #9 canceled bid a1 id 3:2 w3 81 107x2 left 0 requested',
    ]);
  });

  it.each([
    ['a market order', { ...STOP, price: 0n }, 'left 0 remainder', ['10:0', '11:1', '12:2']],
    ['an IOC order', { ...STOP, timeInForce: 1n }, 'left 0 remainder', ['10:0', '11:1', '12:2']],
    // Nothing is filled, and slot 1 stays the maker's.
    ['one that meets its own account', OWN_STOP, 'left 0 selfTrade', ['9:0', '10:2', '11:3']],
  ])('cancels what remains of %s, and frees its slot', (_, stop, ending, ids) => {
    const books = new BothBooks(stateWithStops([AT_105, ASK], [stop], 0n));
    expect(books.run(TAKE_105).at(-1)?.endsWith(ending)).toBe(true);
    const lines = books.run(bid(1n, 1n), bid(1n, 1n), bid(1n, 1n));
    expect(lines.map((line) => line.split(' ')[6])).toEqual(ids);
  });

  it('decrements with its own maker', () => {
    const own = { ...STOP, account: 2n, selfTradeMode: SELF_TRADE.decrement };
    const books = new BothBooks(stateWithStops([AT_105, ASK], [own], 0n));
    expect(books.run(TAKE_105).slice(2)).toEqual([
      '@0 #7 triggered bid a2 id 3:2 w3 81 107x4 left 105',
      '@0 #8 canceled ask a2 id 2:1 w3 0 106x2 left 0 selfTrade',
      '@0 #9 reduced bid a2 id 3:2 w3 81 107x2 left 2 selfTrade',
    ]);
  });

  it('rests as an iceberg, or until its expiry', () => {
    const stops = [
      { ...STOP, displayQuantity: 1n },
      { ...STOP, expiry: 9n },
    ];
    const books = new BothBooks(stateWithStops([AT_105], stops, 0n));
    books.run(TAKE_105);
    expect(books.run(ask(107n, 5n, { ...A2, ...IOC }))).toEqual([
      '@0 #10 accepted ask a2 id 10:4095 w3 0 107x5 left 5',
      '@0 #11 filled ask a2 id 10:4095 maker 2:1 a1 107x1 left 4',
      '@0 #12 filled ask a2 id 10:4095 maker 4:2 a1 107x4 left 0',
    ]);
    expect(books.runAt(9n, ask(107n, 5n, { ...A2, ...IOC }))).toEqual([
      '@0 #13 accepted ask a2 id 13:4095 w3 0 107x5 left 5',
      '@0 #14 filled ask a2 id 13:4095 maker 2:1 a1 107x1 left 4',
      '@0 #15 filled ask a2 id 13:4095 maker 2:1 a1 107x1 left 3',
      '@0 #16 filled ask a2 id 13:4095 maker 2:1 a1 107x1 left 2',
      '@0 #17 canceled ask a2 id 13:4095 w3 0 107x2 left 0 remainder',
    ]);
  });

  it('shows no more than what remains of it after a Reduce', () => {
    const books = new BothBooks(stateWithStops([AT_105], [{ ...STOP, displayQuantity: 3n }], 0n));
    books.run(reduce(idOf(2n, 1n), 2n, A1), TAKE_105);
    expect(books.model.state.bid.get(107n)?.orders).toMatchObject([{ remaining: 2n, hidden: 0n }]);
  });

  it('is Expired when its time has come, and takes nothing', () => {
    const books = new BothBooks(stateWithStops([AT_105, ASK], [{ ...STOP, expiry: 9n }, STOP], 0n));
    expect(books.runAt(9n, TAKE_105)).toEqual([
      '@0 #7 accepted bid a3 id 7:4095 w3 0 105x1 left 1',
      '@0 #8 filled bid a3 id 7:4095 maker 1:0 a2 105x1 left 0',
      '@0 #9 expired bid a1 id 3:2 w3 81 107x4 left 0',
      '@0 #10 triggered bid a1 id 5:3 w3 81 107x4 left 105',
      '@0 #11 filled bid a1 id 5:3 maker 2:1 a2 106x2 left 2',
    ]);
  });
});
