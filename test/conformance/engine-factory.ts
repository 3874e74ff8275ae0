import { Engine } from '../../engine/engine.ts';
import { DEFAULT_MARKET_CONFIG, type MarketConfig } from '../../engine/market-config.ts';
import type { BookFactory } from '../model/compare-books.ts';

/** The engine as the book under test, in a market of this config. */
export function engineOf(config: MarketConfig): BookFactory {
  return {
    create: () => Engine.create(config),
    restore: (snapshot) => Engine.restore(snapshot),
  };
}

/** In the default market. */
export const ENGINE: BookFactory = engineOf(DEFAULT_MARKET_CONFIG);
