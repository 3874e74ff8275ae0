import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_MARKET_CONFIG, type MarketConfig } from '../../engine/market-config.ts';
import {
  lotsOfQuantity,
  notionalOf,
  priceOfTicks,
  quantityOfLots,
  ticksOfPrice,
} from '../../engine/market-units.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { SEED } from '../support/seed.ts';

/** Prices in steps of 0.25, quantities in steps of 0.001. */
const QUARTERS: MarketConfig = {
  ...DEFAULT_MARKET_CONFIG,
  priceDecimals: 2,
  tickSize: 25n,
  quantityDecimals: 8,
  lotSize: 100_000n,
};
const VALUE_MAX = 2n ** 48n - 1n;
const steps = fc.bigInt({ min: 1n, max: 2n ** 32n - 1n });

describe('ticks and lots', () => {
  test('are the raw values of prices and quantities', () => {
    expect(ticksOfPrice(QUARTERS, '100.50')).toBe(10_050n);
    expect(priceOfTicks(QUARTERS, 10_050n)).toBe('100.50');
    expect(lotsOfQuantity(QUARTERS, '1.25')).toBe(125_000_000n);
    expect(quantityOfLots(QUARTERS, 125_000_000n)).toBe('1.25000000');
    expect(notionalOf(QUARTERS, 10_050n, 125_000_000n).format()).toBe('125.6250000000');
    expect(ticksOfPrice(DEFAULT_MARKET_CONFIG, '99.99')).toBe(9999n);
    expect(lotsOfQuantity(DEFAULT_MARKET_CONFIG, '5')).toBe(5n);
  });

  test('go to texts and back, in any market', () => {
    const market = fc.record({
      priceDecimals: fc.integer({ min: 0, max: 18 }),
      quantityDecimals: fc.integer({ min: 0, max: 18 }),
      tickSize: fc.bigInt({ min: 1n, max: 2n ** 16n }),
      lotSize: fc.bigInt({ min: 1n, max: 2n ** 16n }),
    });
    fc.assert(
      fc.property(market, steps, steps, (units, priceSteps, quantitySteps) => {
        const ticks = priceSteps * units.tickSize;
        const lots = quantitySteps * units.lotSize;
        expect(ticksOfPrice(units, priceOfTicks(units, ticks))).toBe(ticks);
        expect(lotsOfQuantity(units, quantityOfLots(units, lots))).toBe(lots);
        const notional = notionalOf(units, ticks, lots);
        expect(notional.raw).toBe(ticks * lots);
        expect(notional.decimals).toBe(units.priceDecimals + units.quantityDecimals);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test('of a text between two steps are refused by field and value', () => {
    const error = expectRefusal(() => ticksOfPrice(QUARTERS, '100.10', 'limit price'), 'OFF_GRID', {
      field: 'limit price',
      value: '100.10',
      step: '0.25',
    });
    expect(error.message).toBe('limit price is 100.10: not a multiple of 0.25');
    expectRefusal(() => lotsOfQuantity(QUARTERS, '0.0005'), 'OFF_GRID', {
      field: 'quantity',
      step: '0.00100000',
    });
  });

  test('are 1 .. 2^48-1', () => {
    expectRefusal(() => ticksOfPrice(QUARTERS, '0'), 'INVALID_FIELD', {
      field: 'price',
      value: '0',
      reason: 'expected 1 .. 2^48-1 ticks, it is 0',
    });
    const most = priceOfTicks(DEFAULT_MARKET_CONFIG, VALUE_MAX);
    expect(ticksOfPrice(DEFAULT_MARKET_CONFIG, most)).toBe(VALUE_MAX);
    const tooMuch = '2814749767106.56';
    expectRefusal(() => ticksOfPrice(DEFAULT_MARKET_CONFIG, tooMuch), 'INVALID_FIELD', {
      field: 'price',
      value: tooMuch,
    });
    expectRefusal(() => lotsOfQuantity(DEFAULT_MARKET_CONFIG, String(2n ** 48n)), 'INVALID_FIELD', {
      field: 'quantity',
    });
    for (const value of [0n, -1n, 2n ** 48n]) {
      expectRefusal(() => priceOfTicks(QUARTERS, value), 'INVALID_FIELD', { field: 'price' });
      expectRefusal(() => quantityOfLots(QUARTERS, value), 'INVALID_FIELD', { field: 'quantity' });
    }
  });

  test('of a malformed text are refused as such, under the name of the field', () => {
    expectRefusal(() => ticksOfPrice(QUARTERS, '-1', 'stop price'), 'FIXED_POINT_MALFORMED', {
      field: 'stop price',
    });
    expectRefusal(() => lotsOfQuantity(QUARTERS, '1.000000000'), 'FIXED_POINT_TOO_PRECISE', {
      field: 'quantity',
    });
  });

  test('need decimals of 0 .. 18', () => {
    expectRefusal(() => ticksOfPrice({ ...QUARTERS, priceDecimals: 19 }, '1'), 'INVALID_FIELD', {
      field: 'priceDecimals',
      value: 19,
    });
  });
});
