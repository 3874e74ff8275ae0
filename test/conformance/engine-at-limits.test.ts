import { describe, expect, it } from 'vitest';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import type { BookState } from '../model/book-state.ts';
import {
  bid,
  type CommandFields,
  cancelAll,
  FOK,
  IOC,
  MARKET,
  POST_ONLY,
  sweep,
} from '../model/command-builders.ts';
import { BookPair, differenceOf } from '../model/compare-books.ts';
import { encodeCommandList, type ModelCommand } from '../model/model-command.ts';
import { type OrderToRest, stateOfOrders } from '../model/state-of-orders.ts';
import { ENGINE } from './engine-factory.ts';

/*
 * Random flows seldom stop exactly at a limit, so the cases on both sides of each limit are listed here. What
 * is right about each is in the model's own tests; here the engine is to agree.
 */

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Expects that engine and model agree on one batch after the other, from `start` on. */
function expectAgreement(start: BookState, ...batches: readonly (readonly ModelCommand[])[]): void {
  const history = batches.map((commands) => ({ commands: encodeCommandList(commands), timestamp: 1n }));
  expect(differenceOf(DEFAULT_MARKET_CONFIG, ENGINE, history, start)).toBeUndefined();
}

describe('engine against model at the match limit', () => {
  const TAKERS: readonly (readonly [string, CommandFields])[] = [
    ['GTC', {}],
    ['IOC', IOC],
    ['FOK', FOK],
    ['post-only', POST_ONLY],
    ['market GTC', { ...MARKET, price: 0n }],
    ['market FOK', { ...MARKET, ...FOK, price: 0n }],
  ];

  it.each(TAKERS)('agrees on a %s taker that meets 63 to 66 makers', (_, fields) => {
    for (const side of [0n, 1n]) {
      for (const makerCount of [63, 64, 65, 66]) {
        for (const crossedCount of [makerCount - 1, makerCount]) {
          // One maker may stand just behind the taker's price.
          const makers = times(makerCount, (index): OrderToRest => {
            const isBehind = index >= crossedCount;
            const makerSide = side === 0n ? 'ask' : 'bid';
            return {
              side: makerSide,
              price: side === 0n ? (isBehind ? 101n : 100n) : isBehind ? 99n : 100n,
              lots: 2n,
            };
          });
          for (const lots of [126n, 127n, 128n, 129n, 130n, 131n]) {
            const taker = bid(100n, lots, { account: 5n, ...fields, side });
            expectAgreement(stateOfOrders(makers), [taker]);
          }
        }
      }
    }
  });
});

describe('engine against model at the limits of the book', () => {
  const LEVELS_SIDES = [
    ['bid', (step: number) => BigInt(1000 + step), 0n],
    ['ask', (step: number) => BigInt(3000 - step), 1n],
  ] as const;

  it.each(LEVELS_SIDES)(
    'agrees on %s levels 63 to 65 over a worst level of 1 to 129 orders',
    (side, priceOf, code) => {
      for (const depth of [1, 2, 63, 64, 65, 128, 129]) {
        for (const levelCount of [63, 64]) {
          const orders = [
            ...times(depth, (): OrderToRest => ({ side, price: priceOf(0), lots: 1n })),
            ...times(
              levelCount - 1,
              (index): OrderToRest => ({ side, price: priceOf(2 * index + 2), lots: 1n }),
            ),
            // The fuller side is the other one, which is no victim while a level slot is lacking.
            ...times(
              200,
              (): OrderToRest =>
                side === 'bid'
                  ? { side: 'ask', price: 9000n, lots: 1n }
                  : { side: 'bid', price: 1n, lots: 1n },
            ),
          ];
          const prices = [-1, 0, 1, 2, 3, 500, 501, 502, 503].map(priceOf);
          expectAgreement(
            stateOfOrders(orders),
            prices.map((price) => bid(price, 1n, { side: code })),
            prices.map((price) => bid(price, 1n, { side: code, account: 1n })),
          );
        }
      }
    },
  );

  it.each([2047, 2048, 2049, 0, 4096, 1, 4095])('agrees on 4096 orders of which %i are bids', (bidCount) => {
    const orders = times(
      4096,
      (index): OrderToRest =>
        index < bidCount
          ? { side: 'bid', price: index % 70 === 0 ? 1n : 10n, lots: 1n }
          : { side: 'ask', price: index % 70 === 0 ? 90n : 80n, lots: 1n },
    );
    const takers = [1n, 2n, 10n, 11n, 79n, 80n, 90n, 91n].flatMap((price) => [
      bid(price, 1n, { account: 3n }),
      bid(price, 1n, { account: 3n, side: 1n }),
      bid(price, 1n, { account: 3n, ...IOC }),
    ]);
    expectAgreement(stateOfOrders(orders), takers, [...takers].reverse());
  });

  it.each([0, 31, 32, 4063, 4064, 4095])('agrees on a mass removal of what is from slot %i on', (first) => {
    const orders = times(
      4096,
      (slot): OrderToRest => ({ side: 'bid', price: 10n, lots: 1n, account: slot < first ? 0n : 1n }),
    );
    const expiring = orders.map((order, slot) => (slot < first ? order : { ...order, expiry: 1n }));
    expectAgreement(stateOfOrders(orders), [cancelAll(1n)], [cancelAll(1n)]);
    expectAgreement(stateOfOrders(expiring), [sweep()], [sweep()]);
  });
});

describe('engine against model at the limits of a batch', () => {
  it.each([2, 3, 4])('takes as many commands when 3770 + %i transitions are used up', (rejectedCount) => {
    const asks = times(4096, (): OrderToRest => ({ side: 'ask', price: 80n, lots: 1n }));
    // Accepted and 64 fills each, 58 times; 3773 is the most that may be used up before a command that is still taken.
    const sweeps = times(80, () => bid(80n, 64n, IOC));
    const rejected = times(rejectedCount, () => bid(80n, 64n, { kind: 0n }));
    const commands = encodeCommandList([...rejected, ...sweeps]);
    const pair = new BookPair(DEFAULT_MARKET_CONFIG, ENGINE, stateOfOrders(asks));
    const { taken, difference } = pair.apply({ commands, timestamp: 1n });
    expect(difference).toBeUndefined();
    expect(taken).toBe(rejectedCount === 4 ? 4 + 58 : rejectedCount + 59);
  });

  it('agrees on pages of commands that are all zero, and on the last page cut anywhere', () => {
    const nothing = bid(0n, 0n, { kind: 0n });
    for (const count of [1, 2, 31, 32, 33, 63, 64, 65, 1023, 1024]) {
      expectAgreement(
        stateOfOrders([]),
        times(count, () => nothing),
      );
    }
  });
});
