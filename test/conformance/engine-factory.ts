import { Engine } from '../../engine/engine.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import type { BookFactory } from '../model/compare-books.ts';

/** The engine as the book under test. */
export const ENGINE: BookFactory = {
  create: () => Engine.create(DEFAULT_MARKET_CONFIG),
  restore: (snapshot) => Engine.restore(snapshot),
};
