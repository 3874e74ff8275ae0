import { COMMAND_BYTES } from '../../engine/command.ts';
import { type EngineExports, instantiateDeepEngine, instantiateEngine } from '../../engine/engine-module.ts';
import type { Geometry } from '../../engine/geometry.ts';
import { DEFAULT_MARKET_CONFIG, encodeMarketConfig, type MarketConfig } from '../../engine/market-config.ts';
import { TRANSITION_BYTES } from '../../engine/transition.ts';

/** What tests need to know of a geometry (PROTOCOL.md §2). */
export const GEOMETRIES = {
  circuit: { slotBits: 12n, orders: 4096, levelsPerSide: 64, instantiate: instantiateEngine },
  deep: { slotBits: 20n, orders: 2 ** 20, levelsPerSide: 65_536, instantiate: instantiateDeepEngine },
} as const satisfies Readonly<Record<Geometry, unknown>>;

export interface BookLevel {
  readonly price: bigint;
  readonly volume: bigint;
  readonly orderCount: bigint;
}

/** A module of a geometry as it is, with the market's empty book. */
export function openMarket<G extends Geometry>(
  geometry: G,
  config: MarketConfig = DEFAULT_MARKET_CONFIG,
): ReturnType<(typeof GEOMETRIES)[G]['instantiate']> {
  const module = GEOMETRIES[geometry].instantiate();
  openGenesis(module, geometry, config);
  return module as ReturnType<(typeof GEOMETRIES)[G]['instantiate']>;
}

/** Gives a fresh module the market's empty book. */
export function openGenesis(module: EngineExports, geometry: Geometry, config: MarketConfig): void {
  writeInput(module, encodeMarketConfig(config, geometry));
  const status = module.openGenesis();
  if (status !== 0) throw new Error(`a market of ${geometry} has status ${status}`);
}

export function writeInput(module: EngineExports, bytes: Uint8Array): void {
  new Uint8Array(module.memory.buffer).set(bytes, module.inputPointer());
}

/** Applies one batch and returns its packed transitions. Seals nothing. Throws if a record was left over. */
export function applyPacked(module: EngineExports, commands: Uint8Array, timestamp = 1n): Uint8Array {
  new Uint8Array(module.memory.buffer).set(commands, module.commandsPointer());
  const given = commands.length / COMMAND_BYTES;
  const taken = module.applyBatch(given, timestamp);
  if (taken !== given) throw new Error(`the batch took ${taken} of ${given} records`);
  return transitionsOf(module);
}

export function transitionsOf(module: EngineExports): Uint8Array {
  const length = module.transitionCount() * TRANSITION_BYTES;
  return new Uint8Array(module.memory.buffer, module.transitionsPointer(), length).slice();
}

/** The levels of a side (0 bid, 1 ask), best first. */
export function levelsOf(module: EngineExports, side: number): BookLevel[] {
  const view = new DataView(module.memory.buffer);
  const levels: BookLevel[] = [];
  for (
    let cursor = module.bestLevelCursor(side);
    cursor !== 0;
    cursor = module.worseLevelCursor(side, cursor)
  ) {
    const at = module.levelPointer(side, cursor);
    levels.push({
      price: view.getBigUint64(at, true),
      volume: view.getBigUint64(at + 8, true),
      orderCount: view.getBigUint64(at + 16, true),
    });
  }
  return levels;
}
