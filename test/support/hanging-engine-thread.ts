// The primary's thread as it is, with an engine that never comes back from its tenth batch.
import { workerData } from 'node:worker_threads';
import { runEngineLoop } from '../../queue/runtime/pipeline/engine-loop.ts';
import { openMarketEngine } from '../../queue/runtime/pipeline/market-engine.ts';
import type { ThreadSettings } from '../../queue/runtime/pipeline/thread-settings.ts';

const GOOD_BATCHES = 9;

const settings = workerData as ThreadSettings;
const engine = openMarketEngine(settings.geometry, settings.market);
let batches = 0;
const applyBatch = (records: number, timestamp: bigint): number => {
  const taken = engine.module.applyBatch(records, timestamp);
  batches += 1;
  // Done in the engine's memory, and told to nobody: what a hang in the middle of a batch leaves.
  while (batches > GOOD_BATCHES) Atomics.pause();
  return taken;
};
runEngineLoop({ ...engine, module: { ...engine.module, applyBatch } }, settings);
