import type { Lots, Ticks } from './brands.ts';
import type { EngineExports } from './engine-module.ts';
import { SIDE_CODES, type SideName } from './protocol-codes.ts';

/** One price level of the book. */
export interface PriceLevel {
  readonly price: Ticks;
  /** Lots of all its orders, the hidden parts of icebergs included. */
  readonly volumeLots: Lots;
  /** Lots that are shown, 1 .. volumeLots: what the rest of the market may know. */
  readonly displayedLots: Lots;
  /** 1 or more. */
  readonly orderCount: number;
}

/** The levels of a side that a module holds, best first, at most `levelsMax`. */
export function levelsOf(
  module: EngineExports,
  side: SideName,
  levelsMax = Number.POSITIVE_INFINITY,
): readonly PriceLevel[] {
  const code = SIDE_CODES[side];
  const view = new DataView(module.memory.buffer);
  const levels: PriceLevel[] = [];
  for (
    let cursor = module.bestLevelCursor(code);
    cursor !== 0 && levels.length < levelsMax;
    cursor = module.worseLevelCursor(code, cursor)
  ) {
    const at = module.levelPointer(code, cursor);
    const volumeLots = view.getBigUint64(at + 8, true) as Lots;
    levels.push({
      price: view.getBigUint64(at, true) as Ticks,
      volumeLots,
      displayedLots: (volumeLots - view.getBigUint64(at + 24, true)) as Lots,
      orderCount: Number(view.getBigUint64(at + 16, true)),
    });
  }
  return levels;
}
