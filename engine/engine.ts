import { batchRoot } from './batch-root.ts';
import { BlockHasher } from './block-hasher.ts';
import type { Digest } from './brands.ts';
import { BATCH_COMMANDS_MAX, COMMAND_BYTES, countCommands } from './command.ts';
import { copyBytes } from './copy-bytes.ts';
import { type EngineExports, instantiateEngine } from './engine-module.ts';
import type { ErrorCode } from './error-table.ts';
import { decodeMarketConfig, encodeMarketConfig, type MarketConfig } from './market-config.ts';
import { type PoolsUsage, poolsUsageOf } from './pools-usage.ts';
import { levelsOf, type PriceLevel } from './price-level.ts';
import { ProofbookError } from './proofbook-error.ts';
import type { SideName } from './protocol-codes.ts';
import { REFUSALS } from './refusal.ts';
import { TRANSITION_BYTES } from './transition.ts';
import { requireU64 } from './value-ranges.ts';
import { buildWitness } from './witness.ts';

const DIGEST_BYTES = 32;
const JOURNAL_BYTES = 256;
const CONFIG_OFFSET = 32;
const CONFIG_BYTES = 64;
// In the journal (protocol §7).
const COMMAND_COUNT_OFFSET = 40;
const COMMANDS_ROOT_OFFSET = 160;

/** One batch, applied and sealed: all that a prover needs, and all that it promises. */
export interface SealedBatch {
  /** The statement, 256 bytes (protocol §7). */
  readonly journal: Uint8Array;
  readonly journalDigest: Digest;
  /** The command records that the batch took. */
  readonly commands: Uint8Array;
  /** Packed transitions. */
  readonly transitions: Uint8Array;
  /** Input of the guest (protocol §8). */
  readonly witness: Uint8Array;
  /** BLAKE3 compressions that sealing took in this process. The guest also hashes what its witness opens, and needs more. */
  readonly compressionCount: number;
}

/** One batch, applied for the sake of its statement: what an auditor compares. */
export interface ReplayedBatch {
  /** The statement, 256 bytes (protocol §7), as `applyBatch` gives it for the same commands. */
  readonly journal: Uint8Array;
  /** The command records that the batch took. */
  readonly commands: Uint8Array;
  /** Packed transitions, copied out when asked for. Good until the engine's next batch. */
  transitions(): Uint8Array;
}

/** One market's matching engine: the consensus module and nothing beside it. Single-threaded and synchronous. */
export class Engine {
  readonly config: MarketConfig;
  readonly #module: EngineExports;
  /** State image as of the last seal: what the next batch's witness opens. Undefined after a replayed batch, until it is needed. */
  #preState: Uint8Array | undefined;
  #hasher: BlockHasher | undefined;
  #transitionsHighWater = 0;

  private constructor(config: MarketConfig, module: EngineExports) {
    this.config = config;
    this.#module = module;
  }

  /** The empty book. Throws INVALID_FIELD for a config that the engine can't run. */
  static create(config: MarketConfig): Engine {
    const module = instantiateEngine();
    writeInput(module, encodeMarketConfig(config), 'INVALID_FIELD');
    refuseUnlessOk(module.openGenesis(), 'INVALID_FIELD');
    return new Engine(config, module);
  }

  /** The book of a snapshot. Throws SNAPSHOT_REFUSED unless every byte of it is sound and it gives its own state root. */
  static restore(snapshot: Uint8Array): Engine {
    const module = instantiateEngine();
    writeInput(module, snapshot, 'SNAPSHOT_REFUSED');
    refuseUnlessOk(module.openState(snapshot.length), 'SNAPSHOT_REFUSED');
    const engine = new Engine(
      decodeMarketConfig(copyBytes(snapshot, CONFIG_OFFSET, CONFIG_OFFSET + CONFIG_BYTES)),
      module,
    );
    if (Buffer.compare(engine.#sealedState(), snapshot) !== 0) {
      throw new ProofbookError('SNAPSHOT_REFUSED', {
        field: 'opened',
        reason: 'a level or the stop book is not opened',
      });
    }
    return engine;
  }

  stateRoot(): Digest {
    return this.#copy(this.#module.stateRootPointer(), DIGEST_BYTES) as Digest;
  }

  /** Sequence of the last transition. */
  sequence(): bigint {
    return this.#headerWord(0);
  }

  /** Number of the last batch; the first is 1. */
  batchNumber(): bigint {
    return this.#headerWord(1);
  }

  /** Timestamp of the last batch, ns since epoch. */
  timestamp(): bigint {
    return this.#headerWord(7);
  }

  /** Every resting order's and waiting stop's place, as bytes that `restore` takes: the state as of the last seal (protocol §8). */
  snapshot(): Uint8Array {
    return this.#sealedState().slice();
  }

  /** How full the fixed pools are, and were since this engine was made. */
  poolUsage(): PoolsUsage {
    return poolsUsageOf(this.#module, this.#transitionsHighWater);
  }

  /** Price levels, best first. */
  levels(side: SideName): readonly PriceLevel[] {
    return levelsOf(this.#module, side);
  }

  /**
   * Applies packed commands as the next batch and seals it. The batch may take fewer records than given, when its transitions
   * run out of room: the rest belongs into the next batch.
   *
   * @param commands packed records, 1 to 1024
   * @param timestampNs ns since epoch, not below the last batch's
   * @throws EMPTY_BATCH, BATCH_TOO_LARGE, INVALID_LENGTH, INVALID_FIELD, TIMESTAMP_REGRESSED
   */
  applyBatch(commands: Uint8Array, timestampNs: bigint): SealedBatch {
    const preState = this.#sealedState();
    const module = this.#module;
    const compressionsBefore = module.compressionCount();
    const taken = copyBytes(commands, 0, this.#apply(commands, timestampNs) * COMMAND_BYTES);
    module.sealBatch();
    const journalDigest = this.#copy(module.journalDigestPointer(), DIGEST_BYTES) as Digest;
    return {
      journal: this.#copy(module.journalPointer(), JOURNAL_BYTES),
      journalDigest,
      commands: taken,
      transitions: this.#transitions(),
      witness: buildWitness({
        preState,
        touchedBids: module.touchedLevels(0, 0),
        touchedAsks: module.touchedLevels(1, 0),
        areStopsTouched: module.areStopsTouched() === 1,
        commands: taken,
        timestamp: timestampNs,
        journalDigest,
      }),
      compressionCount: Number(module.compressionCount() - compressionsBefore),
    };
  }

  /**
   * Applies packed commands as the next batch, like `applyBatch`, and gives its journal alone: no witness is made and no transition
   * copied. Every root of the journal is computed here; the one over the commands by the host's hasher, for that is faster.
   *
   * @param commands packed records, 1 to 1024
   * @param timestampNs ns since epoch, not below the last batch's
   * @throws EMPTY_BATCH, BATCH_TOO_LARGE, INVALID_LENGTH, INVALID_FIELD, TIMESTAMP_REGRESSED
   */
  replayBatch(commands: Uint8Array, timestampNs: bigint): ReplayedBatch {
    const module = this.#module;
    const takenCount = this.#apply(commands, timestampNs);
    // Sealing would hash every page of commands in the scalar module. It is told of one command, and of what that gives the count
    // and the root of the commands are put right below: nothing else of the journal depends on them.
    const view = new DataView(module.memory.buffer);
    view.setUint32(module.journalPointer() + COMMAND_COUNT_OFFSET, 1, true);
    module.sealBatch();
    const taken = commands.subarray(0, takenCount * COMMAND_BYTES);
    const journal = this.#copy(module.journalPointer(), JOURNAL_BYTES);
    new DataView(journal.buffer).setUint32(COMMAND_COUNT_OFFSET, takenCount, true);
    this.#hasher ??= new BlockHasher();
    journal.set(batchRoot(this.#hasher, taken), COMMANDS_ROOT_OFFSET);
    return { journal, commands: taken, transitions: () => this.#transitions() };
  }

  /** Applies the next batch, checked, and returns how many records it took. The state that it was applied to is no longer kept. */
  #apply(commands: Uint8Array, timestampNs: bigint): number {
    const given = countCommands(commands);
    if (given === 0) throw new ProofbookError('EMPTY_BATCH');
    if (given > BATCH_COMMANDS_MAX)
      throw new ProofbookError('BATCH_TOO_LARGE', { value: given, max: BATCH_COMMANDS_MAX });
    const timestamp = requireU64(timestampNs, 'timestamp');
    if (timestamp < this.timestamp()) {
      throw new ProofbookError('TIMESTAMP_REGRESSED', { value: timestamp, previous: this.timestamp() });
    }
    const module = this.#module;
    this.#preState = undefined;
    new Uint8Array(module.memory.buffer, module.commandsPointer(), commands.length).set(commands);
    const taken = module.applyBatch(given, timestamp);
    this.#transitionsHighWater = Math.max(this.#transitionsHighWater, module.transitionCount());
    return taken;
  }

  #transitions(): Uint8Array {
    const module = this.#module;
    return this.#copy(module.transitionsPointer(), module.transitionCount() * TRANSITION_BYTES);
  }

  #sealedState(): Uint8Array {
    this.#preState ??= this.#copy(this.#module.inputPointer(), this.#module.writeState());
    return this.#preState;
  }

  #headerWord(index: number): bigint {
    return new DataView(this.#module.memory.buffer).getBigUint64(
      this.#module.headerPointer() + index * 8,
      true,
    );
  }

  #copy(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.#module.memory.buffer, pointer, length).slice();
  }
}

function writeInput(module: EngineExports, bytes: Uint8Array, code: ErrorCode): void {
  if (bytes.length > module.inputCapacity()) {
    throw new ProofbookError(code, {
      field: 'length',
      value: bytes.length,
      reason: `more than ${module.inputCapacity()} bytes`,
    });
  }
  new Uint8Array(module.memory.buffer, module.inputPointer(), bytes.length).set(bytes);
}

function refuseUnlessOk(status: number, code: ErrorCode): void {
  if (status === 0) return;
  const refusal = REFUSALS[status] ?? { field: `status ${status}`, reason: 'unknown' };
  throw new ProofbookError(code, { ...refusal, value: `status ${status}` });
}
