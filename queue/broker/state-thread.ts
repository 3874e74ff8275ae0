import { parentPort, workerData } from 'node:worker_threads';
import { Engine } from '../../engine/engine.ts';
import { decodeMarketConfig } from '../../engine/market-config.ts';
import { CommandLog } from '../store/command-log.ts';
import { encodeStateFile } from '../store/state-file.ts';
import type { StateQuestion } from './state-replay.ts';

const { logPath, batchNumber, receiptDigest } = workerData as StateQuestion;
const log = new CommandLog(logPath).read();
const engine = Engine.create(decodeMarketConfig(log.marketConfig));
for (const batch of log.batches.slice(0, batchNumber)) engine.applyBatch(batch.commands, batch.timestampNs);
parentPort?.postMessage(encodeStateFile(engine.snapshot(), receiptDigest ?? null));
