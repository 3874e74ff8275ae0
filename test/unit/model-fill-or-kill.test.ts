import { describe, expect, it } from 'vitest';
import { BothBooks } from '../model/both-books.ts';
import { bid, FOK, idOf, MARKET, replace, withSelfTrade } from '../model/command-builders.ts';
import { SELF_TRADE } from '../model/model-command.ts';
import { levelLines, times } from '../model/scenario.ts';
import { type OrderToRest, stateOfOrders } from '../model/state-of-orders.ts';

const A1 = { account: 1n };
const { none, cancelTaker, cancelMaker, cancelBoth, decrement } = SELF_TRADE;

/** One lot offered at 100 by account 2. */
const ASK: OrderToRest = { side: 'ask', price: 100n, lots: 1n, account: 2n };
const OWN: OrderToRest = { ...ASK, account: 1n };
const EXPIRED: OrderToRest = { ...ASK, expiry: 2n };

function icebergOf(lots: bigint, hidden: bigint, displayQuantity: bigint): OrderToRest {
  return { ...ASK, lots, hidden, displayQuantity };
}

/** A fill-or-kill bid of account 1 at 100. */
function fok(lots: bigint, mode: bigint = none) {
  return withSelfTrade(bid(100n, lots, { ...A1, ...FOK }), mode);
}

/** What becomes of it over these asks: the reason of its rejection, or that it was filled; all levels stay if not. */
function outcomeOf(asks: readonly OrderToRest[], lots: bigint, mode: bigint = none): string {
  const books = new BothBooks(stateOfOrders(asks));
  const before = levelLines(books.model, 'ask');
  const lines = books.run(fok(lots, mode));
  const last = lines.at(-1) ?? '';
  if (last.includes(' filled ')) return last.endsWith('left 0') ? 'filled' : last;
  expect(lines).toHaveLength(1);
  expect(levelLines(books.model, 'ask')).toEqual(before);
  return last.split(' ').at(-1) ?? '';
}

describe('fill or kill over its own account (protocol §3, 17)', () => {
  it.each([
    ['none', none, 'filled'],
    ['cancelTaker', cancelTaker, 'selfTrade'],
    ['cancelMaker', cancelMaker, 'filled'],
    ['cancelBoth', cancelBoth, 'selfTrade'],
    ['decrement', decrement, 'selfTrade'],
  ])('in mode %s', (_, mode, outcome) => {
    expect(outcomeOf([ASK, OWN, { ...ASK, lots: 3n }], 4n, mode)).toBe(outcome);
  });

  it('cancels its own makers on the way in mode cancelMaker', () => {
    const books = new BothBooks(stateOfOrders([ASK, OWN, { ...OWN, price: 99n }, { ...ASK, lots: 3n }]));
    expect(books.run(fok(3n, cancelMaker))).toEqual([
      '@0 #5 accepted bid a1 id 5:4095 w3 0 100x3 left 3 flags 32',
      '@0 #6 canceled ask a1 id 3:2 w3 0 99x1 left 0 selfTrade',
      '@0 #7 filled bid a1 id 5:4095 maker 1:0 a2 100x1 left 2',
      '@0 #8 canceled ask a1 id 2:1 w3 0 100x1 left 0 selfTrade',
      '@0 #9 filled bid a1 id 5:4095 maker 4:3 a2 100x2 left 0',
    ]);
  });

  it('is unfillable without the lots of its own makers', () => {
    expect(outcomeOf([ASK, OWN], 2n, cancelMaker)).toBe('unfillable');
    expect(outcomeOf([ASK, OWN], 1n, cancelMaker)).toBe('filled');
  });

  it('is filled before it would come to its own maker', () => {
    for (const mode of [cancelTaker, cancelBoth, decrement]) {
      expect(outcomeOf([ASK, OWN], 1n, mode)).toBe('filled');
      expect(outcomeOf([icebergOf(1n, 1n, 1n), OWN], 1n, mode)).toBe('filled');
      // The refill goes behind its own maker.
      expect(outcomeOf([icebergOf(1n, 1n, 1n), OWN], 2n, mode)).toBe('selfTrade');
    }
  });

  it('asks for enough volume first', () => {
    expect(outcomeOf([OWN], 2n, cancelTaker)).toBe('unfillable');
    expect(outcomeOf([...times(64, () => EXPIRED), OWN], 66n, cancelTaker)).toBe('unfillable');
  });

  it('takes no expired maker for its own', () => {
    for (const mode of [cancelTaker, cancelMaker, cancelBoth, decrement]) {
      expect(outcomeOf([{ ...EXPIRED, account: 1n }, ASK], 1n, mode)).toBe('filled');
    }
  });

  it('meets the 64th maker, and no 65th', () => {
    const others = (count: number) => times(count, () => ASK);
    for (const mode of [cancelTaker, cancelBoth, decrement]) {
      expect(outcomeOf([...others(63), OWN, ASK], 64n, mode)).toBe('selfTrade');
      expect(outcomeOf([...others(64), OWN, ASK], 65n, mode)).toBe('matchLimit');
    }
  });
});

describe('fill or kill over icebergs (protocol §3, 17)', () => {
  it('counts on their hidden parts, refill by refill', () => {
    const books = new BothBooks(stateOfOrders([icebergOf(2n, 3n, 2n), { ...ASK, lots: 3n }]));
    expect(books.run(fok(9n), fok(8n))).toEqual([
      '@0 #4 rejected side 0 a1 id - w3 0 100x9 left 0 unfillable',
      '@1 #5 accepted bid a1 id 5:4095 w3 0 100x8 left 8',
      '@1 #6 filled bid a1 id 5:4095 maker 1:0 a2 100x2 left 6',
      '@1 #7 filled bid a1 id 5:4095 maker 3:1 a2 100x3 left 3',
      '@1 #8 filled bid a1 id 5:4095 maker 1:0 a2 100x2 left 1',
      '@1 #9 filled bid a1 id 5:4095 maker 1:0 a2 100x1 left 0',
    ]);
  });

  it('knows that each refill is one more maker', () => {
    const iceberg = [icebergOf(1n, 99n, 1n)];
    expect(outcomeOf(iceberg, 64n)).toBe('filled');
    expect(outcomeOf(iceberg, 65n)).toBe('matchLimit');
    expect(outcomeOf([icebergOf(1n, 62n, 1n), { ...ASK, price: 99n }, ASK], 65n)).toBe('matchLimit');
    expect(outcomeOf([icebergOf(1n, 61n, 1n), { ...ASK, price: 99n }, ASK], 64n)).toBe('filled');
  });

  it('refills two icebergs of one level in turn', () => {
    const icebergs = [icebergOf(1n, 2n, 1n), icebergOf(2n, 5n, 2n)];
    const books = new BothBooks(stateOfOrders(icebergs));
    expect(books.run(fok(9n)).slice(1)).toEqual([
      '@0 #6 filled bid a1 id 5:4095 maker 1:0 a2 100x1 left 8',
      '@0 #7 filled bid a1 id 5:4095 maker 3:1 a2 100x2 left 6',
      '@0 #8 filled bid a1 id 5:4095 maker 1:0 a2 100x1 left 5',
      '@0 #9 filled bid a1 id 5:4095 maker 3:1 a2 100x2 left 3',
      '@0 #10 filled bid a1 id 5:4095 maker 1:0 a2 100x1 left 2',
      '@0 #11 filled bid a1 id 5:4095 maker 3:1 a2 100x2 left 0',
    ]);
    expect(outcomeOf(icebergs, 10n)).toBe('filled');
    expect(outcomeOf([...icebergs, EXPIRED], 11n)).toBe('unfillable');
  });
});

describe('fill or kill at the end of its work (protocol §3, 17)', () => {
  const BEHIND: OrderToRest = { ...ASK, price: 101n };

  it.each([
    ['63 expired makers and nothing else', 63, [], 'unfillable'],
    ['64 expired makers and nothing else', 64, [], 'matchLimit'],
    ['63 expired makers and a level that it does not cross', 63, [BEHIND], 'unfillable'],
    ['64 expired makers and a level that it does not cross', 64, [BEHIND], 'matchLimit'],
    ['64 expired makers and one that would fill it', 64, [ASK], 'matchLimit'],
    ['63 expired makers and one that would fill it', 63, [ASK], 'filled'],
  ] as const)('after %s', (_, count, behind, outcome) => {
    expect(outcomeOf([...times(count, () => EXPIRED), ...behind], 1n)).toBe(outcome);
  });

  it('counts makers over several levels, its own canceled ones too', () => {
    const makers = times(64, (index): OrderToRest => ({ ...OWN, price: BigInt(100 - (index % 3)) }));
    expect(outcomeOf([...makers, ASK], 1n, cancelMaker)).toBe('matchLimit');
    expect(outcomeOf([...makers.slice(1), ASK], 1n, cancelMaker)).toBe('filled');
  });

  it('is filled by the last maker of its work', () => {
    expect(outcomeOf([...times(63, () => EXPIRED), icebergOf(1n, 1n, 1n)], 1n)).toBe('filled');
    expect(outcomeOf([...times(63, () => EXPIRED), icebergOf(1n, 1n, 1n)], 2n)).toBe('matchLimit');
  });

  it('says so of a market order and of a Replace, which then leaves the old order', () => {
    const makers = times(64, () => EXPIRED);
    const named: OrderToRest = { side: 'bid', price: 50n, lots: 5n, account: 1n };
    const books = new BothBooks(stateOfOrders([...makers, named]));
    const market = bid(0n, 1n, { ...A1, ...FOK, ...MARKET });
    expect(books.run(market, replace(idOf(129n, 64n), 100n, 1n, { ...A1, ...FOK }))).toEqual([
      '@0 #130 rejected side 0 a1 id - w3 0 0x1 left 0 flags 4 matchLimit',
      '@1 #131 rejected side 0 a1 id 129:64 w3 0 100x1 left 0 matchLimit',
    ]);
    expect(levelLines(books.model, 'bid')).toEqual(['50x5 (1)']);
  });
});
