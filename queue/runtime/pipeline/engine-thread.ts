// The worker thread of the primary engine.
import { workerData } from 'node:worker_threads';
import { runEngineLoop } from './engine-loop.ts';
import { openMarketEngine } from './market-engine.ts';
import type { ThreadSettings } from './thread-settings.ts';

const settings = workerData as ThreadSettings;
runEngineLoop(openMarketEngine(settings.geometry, settings.market), settings);
