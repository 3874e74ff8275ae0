import {
  type EngineExports,
  instantiateDeepEngine,
  instantiateEngine,
} from '../../../engine/engine-module.ts';
import type { Geometry } from '../../../engine/geometry.ts';
import { encodeMarketConfig, type MarketConfig } from '../../../engine/market-config.ts';
import { ProofbookError } from '../../../engine/proofbook-error.ts';
import { REFUSALS } from '../../../engine/refusal.ts';

const ROOT_BYTES = 32;

/** An engine module with the market's empty book, and views of its memory that are made once. */
export interface MarketEngine {
  readonly geometry: Geometry;
  readonly module: EngineExports;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  /** The same memory in u64s: what copies a slot in the fewest steps. */
  readonly longs: BigInt64Array;
}

/** Opens a market; the deep geometry has every page of its pools in place. @throws INVALID_FIELD for a config it can't run */
export function openMarketEngine(geometry: Geometry, config: MarketConfig): MarketEngine {
  const module = openModule(geometry);
  const { buffer } = module.memory;
  const bytes = new Uint8Array(buffer);
  bytes.set(encodeMarketConfig(config, geometry), module.inputPointer());
  const status = module.openGenesis();
  if (status !== 0) {
    const { field, reason } = REFUSALS[status] ?? { field: 'marketConfig', reason: 'unknown status' };
    throw new ProofbookError('INVALID_FIELD', { field, value: `status ${status}`, reason });
  }
  return { geometry, module, bytes, words: new Int32Array(buffer), longs: new BigInt64Array(buffer) };
}

function openModule(geometry: Geometry): EngineExports {
  if (geometry === 'circuit') return instantiateEngine();
  const module = instantiateDeepEngine();
  module.warmUp();
  return module;
}

/** Seals the last batch and returns the root of the state: 64 hex digits. Takes longer the more has changed since the last seal. */
export function sealedRoot({ module, bytes }: MarketEngine): string {
  module.sealBatch();
  const at = module.stateRootPointer();
  return Buffer.from(bytes.subarray(at, at + ROOT_BYTES)).toString('hex');
}
