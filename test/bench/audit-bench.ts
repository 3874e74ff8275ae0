import { COMMAND_BYTES } from '../../engine/command.ts';
import { Engine } from '../../engine/engine.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { type ReplayBatch, replayJournals } from '../../engine/replay.ts';
import { type Figures, median } from './bench-result.ts';
import { mixedCommands } from './mixed-batches.ts';

const COMMANDS = 524_288;
const BATCH = 1024;
const ROUNDS = 7;

/** What an audit does with a log, receipts left out: match, compute every root, and compare each journal. No witness is made. */
export function auditBench(): Figures {
  const log = recordLog();
  const commands = log.reduce((sum, batch) => sum + batch.commands.length / COMMAND_BYTES, 0);
  const ns = Array.from({ length: ROUNDS }, () => {
    const from = process.hrtime.bigint();
    for (const _ of replayJournals({ config: DEFAULT_MARKET_CONFIG }, log));
    return Number(process.hrtime.bigint() - from);
  });
  return { commands_per_second: (commands / median(ns)) * 1e9 };
}

function recordLog(): readonly ReplayBatch[] {
  const engine = Engine.create(DEFAULT_MARKET_CONFIG);
  const records = mixedCommands(COMMANDS);
  const log: ReplayBatch[] = [];
  for (let at = 0; at < records.length; ) {
    const { commands, journal } = engine.applyBatch(records.subarray(at, at + BATCH * COMMAND_BYTES), 1n);
    log.push({ commands, journal, timestampNs: 1n });
    at += commands.length;
  }
  return log;
}
