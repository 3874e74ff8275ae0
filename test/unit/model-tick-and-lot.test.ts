import { describe, expect, it } from 'vitest';
import { BothBooks } from '../model/both-books.ts';
import { ask, bid, idOf, MARKET, reduce, replace, withTerms } from '../model/command-builders.ts';
import type { ModelCommand } from '../model/model-command.ts';
import { TEST_CONFIG } from '../model/scenario.ts';
import { type OrderToRest, stateOfOrders } from '../model/state-of-orders.ts';

const CONFIG = { ...TEST_CONFIG, tickSize: 25n, lotSize: 10n };
const BID: OrderToRest = { side: 'bid', price: 100n, lots: 50n, account: 1n };
const NAMED = idOf(1n, 0n);
const A1 = { account: 1n };

/** `ok`, or the reason of the rejection, in a market of 25 ticks and 10 lots. */
function outcomeOf(command: ModelCommand, config = CONFIG): string {
  const line = new BothBooks(stateOfOrders([BID]), config).run(command).at(0) ?? '';
  return line.includes(' rejected ') ? (line.split(' ').at(-1) ?? '') : 'ok';
}

describe('multiples of tick and lot (protocol §3)', () => {
  it.each([
    [bid(75n, 10n), 'ok'],
    [bid(74n, 10n), 'offTick'],
    [bid(76n, 10n), 'offTick'],
    [bid(1n, 10n), 'offTick'],
    [bid(75n, 15n), 'offLot'],
    [bid(75n, 1n), 'offLot'],
    [bid(0n, 15n, MARKET), 'offLot'],
    [bid(0n, 20n, MARKET), 'ok'],
    // The tick before the quantity, the quantity before the lot.
    [bid(76n, 0n), 'offTick'],
    [bid(75n, 1n << 48n), 'invalidQuantity'],
    [bid(0n, 15n), 'invalidPrice'],
    [replace(NAMED, 76n, 10n, A1), 'offTick'],
    [replace(NAMED, 75n, 11n, A1), 'offLot'],
    [replace(NAMED, 75n, 10n, A1), 'ok'],
    [reduce(NAMED, 15n, A1), 'offLot'],
    [reduce(NAMED, 20n, A1), 'ok'],
    [reduce(NAMED, 15n, { account: 2n }), 'offLot'],
    [reduce(NAMED, 0n, A1), 'invalidQuantity'],
  ])('case %#', (command, outcome) => {
    expect(outcomeOf(command)).toBe(outcome);
    // A Place that comes with a second record takes another way through the checks.
    if (command.kind === 1n) expect(outcomeOf(withTerms(command, {}))).toBe(outcome);
  });

  it.each([
    [{ display: 20n }, 'ok'],
    [{ display: 15n }, 'offLot'],
    [{ display: 45n }, 'invalidDisplay'],
    [{ trigger: 500n }, 'ok'],
    [{ trigger: 510n }, 'offTick'],
    [{ trigger: (1n << 48n) + 1n }, 'invalidTrigger'],
    [{ display: 15n, trigger: 510n }, 'offLot'],
    [{ trigger: 510n, expiry: 1n }, 'offTick'],
  ])('holds for display and trigger, case %#', (terms, outcome) => {
    expect(outcomeOf(withTerms(bid(75n, 40n), terms))).toBe(outcome);
    expect(outcomeOf(withTerms(replace(NAMED, 75n, 40n, A1), terms))).toBe(outcome);
  });

  it.each([
    ['a power of two', 1n << 20n],
    ['just below 2^32', (1n << 32n) - 5n],
    ['2^32', 1n << 32n],
    ['above 2^32', (1n << 40n) + 7n],
    ['above every price', 1n << 60n],
    ['the largest', (1n << 64n) - 1n],
  ])('holds for a size that is %s', (_, size) => {
    const config = { ...TEST_CONFIG, tickSize: size, lotSize: size };
    const books = new BothBooks(undefined, config);
    const values = [1n, size, size + 1n, size * 3n, size * 3n - 1n, (1n << 48n) - 1n].filter(
      (value) => value < 1n << 48n,
    );
    const lines = books.run(
      ...values.flatMap((value) => [bid(value, size % (1n << 48n)), bid(size % (1n << 48n), value)]),
    );
    const outcomes = lines.map((line) => (line.includes(' rejected ') ? line.split(' ').at(-1) : 'ok'));
    const isValue = size < 1n << 48n;
    const priceOutcome = (price: bigint) => (price % size === 0n ? 'ok' : 'offTick');
    const lotOutcome = (lots: bigint) => (lots % size === 0n ? 'ok' : 'offLot');
    const small = size % (1n << 48n);
    const expected = values.flatMap((value) =>
      isValue
        ? [priceOutcome(value), lotOutcome(value)]
        : ['offTick', small === 0n ? 'invalidPrice' : 'offTick'],
    );
    expect(outcomes).toEqual(expected);
  });
});

describe('what tick and lot do not change', () => {
  it('fills what both have, in whole lots', () => {
    const books = new BothBooks(stateOfOrders([BID]), CONFIG);
    expect(books.run(ask(75n, 30n), ask(0n, 30n, MARKET))).toEqual([
      '@0 #2 accepted ask a0 id 2:1 w3 0 75x30 left 30',
      '@0 #3 filled ask a0 id 2:1 maker 1:0 a1 100x30 left 0',
      '@1 #4 accepted ask a0 id 4:4095 w3 0 0x30 left 30 flags 4',
      '@1 #5 filled ask a0 id 4:4095 maker 1:0 a1 100x20 left 10',
      '@1 #6 canceled ask a0 id 4:4095 w3 0 0x10 left 0 remainder',
    ]);
  });

  it('takes the rest of an order that is off the lot with a Reduce by more', () => {
    const books = new BothBooks(stateOfOrders([{ ...BID, lots: 45n }]), CONFIG);
    expect(books.run(reduce(NAMED, 40n, A1), reduce(NAMED, 10n, A1))).toEqual([
      '@0 #2 reduced bid a1 id 1:0 w3 0 100x40 left 5',
      '@1 #3 canceled bid a1 id 1:0 w3 0 100x5 left 0 requested',
    ]);
  });
});
