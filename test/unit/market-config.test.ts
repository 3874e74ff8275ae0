import { describe, expect, test } from 'vitest';
import {
  DEFAULT_MARKET_CONFIG,
  decodeMarketConfig,
  encodeMarketConfig,
  type MarketConfig,
} from '../../engine/market-config.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

const CONFIG: MarketConfig = {
  marketId: 0x0102030405060708n,
  tickSize: 5n,
  lotSize: 6n,
  priceDecimals: 18,
  quantityDecimals: 3,
  operatorAccount: 0xa1a2a3a4,
};

describe('market config codec (PROTOCOL.md §2)', () => {
  test('writes each field at the offset that the protocol gives', () => {
    const words = [
      '01000000 01000000',
      '0807060504030201',
      '0500000000000000',
      '0600000000000000',
      '12 03 000000000000',
      '40000000 40000000',
      '40000000 00100000',
      'a4a3a2a1 00000000',
    ];
    const bytes = Buffer.from(encodeMarketConfig(CONFIG));
    expect(bytes.toString('hex')).toBe(words.join('').replaceAll(' ', ''));
  });

  test('reads back what it wrote, and account 0 runs the default market', () => {
    expect(decodeMarketConfig(encodeMarketConfig(CONFIG))).toEqual(CONFIG);
    expect(decodeMarketConfig(encodeMarketConfig(DEFAULT_MARKET_CONFIG))).toEqual(DEFAULT_MARKET_CONFIG);
    expect(DEFAULT_MARKET_CONFIG.operatorAccount).toBe(0);
  });

  test('every flipped bit is refused or read as another market', () => {
    const bytes = encodeMarketConfig(CONFIG);
    let refused = 0;
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = bytes.slice();
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      let decoded: MarketConfig | undefined;
      try {
        decoded = decodeMarketConfig(altered);
      } catch {
        refused += 1;
        continue;
      }
      expect(decoded, `bit ${bit}`).not.toEqual(CONFIG);
      expect(encodeMarketConfig(decoded), `bit ${bit}`).toEqual(altered);
    }
    // Six u32 of the geometry, 6 and 4 reserved bytes, and what takes decimals above 18.
    expect(refused).toBeGreaterThan((6 * 4 + 6 + 4) * 8);
  });

  test.each([
    ['operatorAccount', { operatorAccount: -1 }, '-1'],
    ['operatorAccount', { operatorAccount: 2 ** 32 }, '4294967296'],
    ['operatorAccount', { operatorAccount: 1.5 }, '1.5'],
    ['marketId', { marketId: 2n ** 64n }, `${2n ** 64n}`],
    ['tickSize', { tickSize: 0n }, 0],
    ['lotSize', { lotSize: 0n }, 0],
    ['priceDecimals', { priceDecimals: 19 }, 19],
    ['quantityDecimals', { quantityDecimals: -1 }, -1],
  ])('refuses %s out of range, naming it and its value', (field, change, value) => {
    expectRefusal(() => encodeMarketConfig({ ...CONFIG, ...change }), 'INVALID_FIELD', { field, value });
  });

  test('refuses another length', () => {
    expectRefusal(() => decodeMarketConfig(new Uint8Array(63)), 'INVALID_LENGTH', { value: 63 });
  });
});
