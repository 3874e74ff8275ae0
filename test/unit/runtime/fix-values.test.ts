import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_MARKET_CONFIG } from '../../../engine/market-config.ts';
import { ticksOfPrice } from '../../../engine/market-units.ts';
import { meanPrice, plainDecimal } from '../../../queue/runtime/gateways/fix/orders/fix-decimal.ts';
import { epochMsOf, fixTime } from '../../../queue/runtime/gateways/fix/session/fix-time.ts';
import { SEED } from '../../support/seed.ts';

const zeros = fc.nat(4).map((count) => '0'.repeat(count));

describe('a FIX float', () => {
  test(`is read exactly, whatever zeros stand around it (seed ${SEED})`, () => {
    const raw = fc.bigInt({ min: 1n, max: 2n ** 48n - 1n });
    fc.assert(
      fc.property(raw, fc.nat(6), zeros, zeros, (ticks, priceDecimals, before, behind) => {
        const digits = String(ticks).padStart(priceDecimals + 1, '0');
        const whole = digits.slice(0, digits.length - priceDecimals);
        const fraction = digits.slice(digits.length - priceDecimals);
        const text = `${before}${whole}${fraction + behind === '' ? '' : `.${fraction}${behind}`}`;
        const market = { ...DEFAULT_MARKET_CONFIG, priceDecimals };
        expect(ticksOfPrice(market, plainDecimal(text) ?? '')).toBe(ticks);
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  test.each([
    ['23.', '23'],
    ['.5', '0.5'],
    ['00023.2300', '23.23'],
    ['-1.50', '-1.5'],
    ['-.5', '-0.5'],
    ['0', '0'],
    ['000', '0'],
  ])('%s is %s', (text, plain) => {
    expect(plainDecimal(text)).toBe(plain);
  });

  test.each(['', '.', '-', '1e5', '+1', '1,5', '0x1', '1.2.3', ' 1', '1 ', '--1', '١'])(
    'is not %j',
    (text) => {
      expect(plainDecimal(text)).toBeUndefined();
    },
  );
});

test(`a mean price is cut off behind eight digits more than the market's (seed ${SEED})`, () => {
  const fill = fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 9n }), fc.bigInt({ min: 1n, max: 10n ** 6n }));
  fc.assert(
    fc.property(fc.array(fill, { minLength: 1, maxLength: 9 }), fc.nat(6), (fills, decimals) => {
      const paid = fills.reduce((sum, [ticks, lots]) => sum + ticks * lots, 0n);
      const filled = fills.reduce((sum, [, lots]) => sum + lots, 0n);
      const [whole = '', fraction = ''] = meanPrice(paid, filled, decimals).split('.');
      const scaled = BigInt(whole + fraction.padEnd(decimals + 8, '0'));
      // scaled / 10^8 <= paid / filled < (scaled + 1) / 10^8
      expect(scaled * filled <= paid * 10n ** 8n).toBe(true);
      expect((scaled + 1n) * filled > paid * 10n ** 8n).toBe(true);
    }),
    { seed: SEED, numRuns: 500 },
  );
  expect(meanPrice(0n, 0n, 2)).toBe('0');
});

describe('a UTCTimestamp', () => {
  test(`is read as it was written (seed ${SEED})`, () => {
    const times = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2099, 11, 31) });
    fc.assert(
      fc.property(times, (epochMs) => {
        expect(epochMsOf(fixTime(epochMs))).toBe(epochMs);
      }),
      { seed: SEED },
    );
  });

  test('may have no fraction, or a finer one, and a leap second', () => {
    expect(epochMsOf('20260101-12:30:00')).toBe(Date.UTC(2026, 0, 1, 12, 30));
    expect(epochMsOf('20260101-12:30:00.123456')).toBe(Date.UTC(2026, 0, 1, 12, 30, 0, 123));
    expect(epochMsOf('20260101-12:30:00.123456789')).toBe(Date.UTC(2026, 0, 1, 12, 30, 0, 123));
    expect(epochMsOf('20161231-23:59:60')).toBe(Date.UTC(2017, 0, 1));
  });

  test.each([
    '20260230-00:00:00',
    '20261301-00:00:00',
    '20260101-24:00:00',
    '20260101-00:60:00',
    '20260101-00:00:61',
    '20260101 00:00:00',
    '20260101-00:00:00.1',
    '2026-01-01T00:00:00Z',
    '',
  ])('is not %j', (text) => {
    expect(epochMsOf(text)).toBeUndefined();
  });
});
