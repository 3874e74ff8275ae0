import { COMMAND_BYTES } from '../../engine/command.ts';
import type { EngineExports } from '../../engine/engine-module.ts';
import { openMarket } from '../support/market-module.ts';
import { type Figures, median } from './bench-result.ts';
import { mixedCommands } from './mixed-batches.ts';

const COMMANDS = 65_536;
const BATCH = 1024;

/**
 * The circuit's geometry on the mixed flow: matching alone, and matching with every hash of sealing, the same commands in batches of
 * 1024. Matching reads records from linear memory and writes transitions there; copying commands in is counted.
 */
export class CircuitReplay {
  readonly #commands = mixedCommands(COMMANDS);
  readonly #matchedNs: number[] = [];
  readonly #sealedNs: number[] = [];
  #compressionsPerCommand = 0;

  round(): void {
    this.#matchedNs.push(replayNs(openMarket('circuit'), this.#commands, false));
    const module = openMarket('circuit');
    const before = module.compressionCount();
    this.#sealedNs.push(replayNs(module, this.#commands, true));
    this.#compressionsPerCommand = Number(module.compressionCount() - before) / COMMANDS;
  }

  figures(): Figures {
    return {
      commands_per_second: (COMMANDS / median(this.#matchedNs)) * 1e9,
      sealed_commands_per_second: (COMMANDS / median(this.#sealedNs)) * 1e9,
      compressions_per_command: this.#compressionsPerCommand,
    };
  }
}

/** Returns the nanoseconds that the replay took. */
function replayNs(module: EngineExports, commands: Uint8Array, seal: boolean): number {
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
