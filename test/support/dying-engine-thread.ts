// The primary's thread as it is, with an engine that throws at its first batch.
import { workerData } from 'node:worker_threads';
import { runEngineLoop } from '../../queue/runtime/pipeline/engine-loop.ts';
import { openMarketEngine } from '../../queue/runtime/pipeline/market-engine.ts';
import type { ThreadSettings } from '../../queue/runtime/pipeline/thread-settings.ts';

const settings = workerData as ThreadSettings;
const engine = openMarketEngine(settings.geometry, settings.market);
const applyBatch = (): number => {
  throw new Error('this engine dies');
};
runEngineLoop({ ...engine, module: { ...engine.module, applyBatch } }, settings);
