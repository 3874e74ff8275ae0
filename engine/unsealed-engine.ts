import type { Ticks } from './brands.ts';
import { BATCH_COMMANDS_MAX, COMMAND_BYTES, countCommands } from './command.ts';
import { type EngineExports, instantiateEngine } from './engine-module.ts';
import { levelsOf, type PriceLevel } from './price-level.ts';
import { ProofbookError } from './proofbook-error.ts';
import type { SideName } from './protocol-codes.ts';
import { REFUSALS } from './refusal.ts';
import { TRANSITION_BYTES } from './transition.ts';

/** What some records did. */
export interface AppliedRecords {
  /** Records that were taken: all, or fewer when their transitions ran out of room. */
  readonly recordCount: number;
  /** Packed transitions; their `commandIndex` counts from the first of these records. */
  readonly transitions: Uint8Array;
}

const SEQUENCE_WORD = 0;
const LAST_TRADE_PRICE_WORD = 5;

/**
 * The consensus module without its commitments: it applies commands as they come and never seals, so it answers within
 * microseconds what a sealing engine will say of the same commands later. It has no state root and gives no witness. That
 * what a command does never depends on where batches end is what makes both agree (protocol §3: only the timestamp counts).
 */
export class UnsealedEngine {
  readonly #module: EngineExports;

  private constructor(module: EngineExports) {
    this.#module = module;
  }

  /** The book of a snapshot that `Engine.snapshot` gave. @throws SNAPSHOT_REFUSED */
  static restore(snapshot: Uint8Array): UnsealedEngine {
    const module = instantiateEngine();
    new Uint8Array(module.memory.buffer, module.inputPointer(), snapshot.length).set(snapshot);
    const status = module.openState(snapshot.length);
    if (status !== 0) {
      const refusal = REFUSALS[status] ?? { field: `status ${status}`, reason: 'unknown' };
      throw new ProofbookError('SNAPSHOT_REFUSED', refusal);
    }
    return new UnsealedEngine(module);
  }

  /**
   * Applies packed commands, whole ones, at a time.
   *
   * @param records 1 .. 1024 of 32 bytes
   * @param timestampNs ns since epoch, not below the last one
   * @throws EMPTY_BATCH, BATCH_TOO_LARGE, INVALID_LENGTH
   */
  apply(records: Uint8Array, timestampNs: bigint): AppliedRecords {
    const given = countCommands(records);
    if (given === 0) throw new ProofbookError('EMPTY_BATCH');
    if (given > BATCH_COMMANDS_MAX)
      throw new ProofbookError('BATCH_TOO_LARGE', { value: given, max: BATCH_COMMANDS_MAX });
    const module = this.#module;
    new Uint8Array(module.memory.buffer, module.commandsPointer(), given * COMMAND_BYTES).set(records);
    const recordCount = module.applyBatch(given, timestampNs);
    const length = module.transitionCount() * TRANSITION_BYTES;
    const transitions = new Uint8Array(module.memory.buffer, module.transitionsPointer(), length).slice();
    return { recordCount, transitions };
  }

  /** Sequence of the last transition. */
  sequence(): bigint {
    return this.#headerWord(SEQUENCE_WORD);
  }

  /** Ticks; 0 before the first trade. */
  lastTradePrice(): Ticks {
    return this.#headerWord(LAST_TRADE_PRICE_WORD) as Ticks;
  }

  /** Price levels, best first, at most `levelsMax`. */
  levels(side: SideName, levelsMax?: number): readonly PriceLevel[] {
    return levelsOf(this.#module, side, levelsMax);
  }

  #headerWord(index: number): bigint {
    const at = this.#module.headerPointer() + index * 8;
    return new DataView(this.#module.memory.buffer).getBigUint64(at, true);
  }
}
