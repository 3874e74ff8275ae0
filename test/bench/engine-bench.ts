import { COMMAND_BYTES } from '../../engine/command.ts';
import { type EngineExports, instantiateEngine } from '../../engine/engine-module.ts';
import { DEFAULT_MARKET_CONFIG, encodeMarketConfig } from '../../engine/market-config.ts';
import { median } from './bench-result.ts';
import { mixedCommands } from './mixed-batches.ts';

const COMMANDS = 65_536;
const BATCH = 1024;
const ROUNDS = 9;

/**
 * Matching alone, and matching with every hash of sealing, on the mixed flow: the same commands in batches of
 * 1024, one thread, medians of interleaved rounds. Matching reads records from linear memory and writes
 * transitions there; copying commands in is counted.
 */
export function engineBench(): Readonly<Record<string, number>> {
  const commands = mixedCommands(COMMANDS);
  const matchedNs: number[] = [];
  const sealedNs: number[] = [];
  let compressionsPerCommand = 0;
  for (let round = 0; round < ROUNDS; round++) {
    matchedNs.push(replay(openModule(), commands, false));
    const module = openModule();
    const before = module.compressionCount();
    sealedNs.push(replay(module, commands, true));
    compressionsPerCommand = Number(module.compressionCount() - before) / COMMANDS;
  }
  return {
    commands_per_second: (COMMANDS / median(matchedNs)) * 1e9,
    sealed_commands_per_second: (COMMANDS / median(sealedNs)) * 1e9,
    compressions_per_command: compressionsPerCommand,
  };
}

function openModule(): EngineExports {
  const module = instantiateEngine();
  new Uint8Array(module.memory.buffer).set(encodeMarketConfig(DEFAULT_MARKET_CONFIG), module.inputPointer());
  if (module.openGenesis() !== 0) throw new Error('the default market does not open');
  return module;
}

/** Returns the nanoseconds that the replay took. */
function replay(module: EngineExports, commands: Uint8Array, seal: boolean): number {
  const memory = new Uint8Array(module.memory.buffer);
  const start = process.hrtime.bigint();
  for (let at = 0; at < commands.length; ) {
    const batch = commands.subarray(at, at + BATCH * COMMAND_BYTES);
    memory.set(batch, module.commandsPointer());
    at += module.applyBatch(batch.length / COMMAND_BYTES, 1n) * COMMAND_BYTES;
    if (seal) module.sealBatch();
  }
  return Number(process.hrtime.bigint() - start);
}
