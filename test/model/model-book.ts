import { ProofbookError } from '../../engine/proofbook-error.ts';
import { batchRoot } from './batch-root.ts';
import { hash } from './blake3-hash.ts';
import type { Side } from './book-order.ts';
import { type BookState, emptyBookState, levelsBestFirst, levelVolume } from './book-state.ts';
import { executeCommand } from './execute-command.ts';
import { BATCH_RECORDS_MAX, BATCH_TRANSITIONS_MAX, COMMAND_TRANSITIONS_MAX } from './geometry.ts';
import { RECORD_BYTES, readCommand } from './model-command.ts';
import { encodeModelConfig, type ModelConfig } from './model-config.ts';
import { encodeModelJournal } from './model-journal.ts';
import { ALL_OPENED, encodeStateImage, type Opening } from './model-state-image.ts';
import { encodeTransitionList, type ModelTransition } from './model-transition.ts';
import { encodeWitness } from './model-witness.ts';
import { stateRootOf } from './state-tree.ts';

/** A batch as the model seals it; `commands` are the records that were taken. */
export interface ModelBatch {
  /** How many command records were taken. */
  readonly taken: number;
  readonly commands: Uint8Array;
  readonly transitions: Uint8Array;
  readonly journal: Uint8Array;
  readonly journalDigest: Uint8Array;
}

/**
 * The slow, obvious order book: it keeps orders in arrays, looks everything up by walking them and hashes the
 * whole state for every batch. It exists to be compared with the engine, and is written from the protocol
 * alone.
 */
export class ModelBook {
  readonly config: ModelConfig;
  readonly #state: BookState;

  /** A genesis book, or a book of `state`. Throws INVALID_FIELD for a config out of range. */
  constructor(config: ModelConfig, state: BookState = emptyBookState()) {
    encodeModelConfig(config);
    this.config = config;
    this.#state = state;
  }

  /** The state itself, for tests that look at orders one by one. */
  get state(): BookState {
    return this.#state;
  }

  clone(): ModelBook {
    return new ModelBook(this.config, structuredClone(this.#state));
  }

  /** Levels of a side, best first; volume in lots, hidden parts included. */
  levels(side: Side): readonly { price: bigint; volumeLots: bigint; orderCount: number }[] {
    return levelsBestFirst(this.#state, side).map((level) => ({
      price: level.price,
      volumeLots: levelVolume(level),
      orderCount: level.orders.length,
    }));
  }

  stateRoot(): Uint8Array {
    return stateRootOf(this.#state);
  }

  /** The state image with every level and the stop book opened (protocol §8). */
  snapshot(): Uint8Array {
    return encodeStateImage(this.#state, encodeModelConfig(this.config), ALL_OPENED);
  }

  /**
   * The witness of the batch that `commands` would make of this book, which stays as it is.
   * Every level and the stop book are opened unless `opening` says otherwise. Throws as {@link ModelBook.applyBatch} does.
   */
  witness(commands: Uint8Array, timestamp: bigint, opening: Opening = ALL_OPENED): Uint8Array {
    const batch = this.clone().applyBatch(commands, timestamp);
    return encodeWitness({
      timestamp,
      journalDigest: batch.journalDigest,
      stateImage: encodeStateImage(this.#state, encodeModelConfig(this.config), opening),
      commands: batch.commands,
    });
  }

  /**
   * Applies packed 32-byte command records as one batch at `timestamp` (ns since epoch) and seals what was
   * taken.
   *
   * Throws EMPTY_BATCH, INVALID_LENGTH, BATCH_TOO_LARGE, INVALID_FIELD or TIMESTAMP_REGRESSED, and then
   * changes nothing.
   */
  applyBatch(commands: Uint8Array, timestamp: bigint): ModelBatch {
    this.#requireBatch(commands, timestamp);
    const state = this.#state;
    const preStateRoot = stateRootOf(state);
    const firstSequence = state.sequence + 1n;

    state.timestamp = timestamp;
    const { taken, transitions } = applyCommands(this.config, state, commands);
    state.batchNumber += 1n;

    const takenCommands = commands.slice(0, taken * RECORD_BYTES);
    const packedTransitions = encodeTransitionList(transitions);
    const journal = encodeModelJournal({
      marketId: this.config.marketId,
      batchNumber: state.batchNumber,
      firstSequence,
      lastSequence: state.sequence,
      commandCount: BigInt(taken),
      transitionCount: BigInt(transitions.length),
      timestamp,
      configDigest: hash(encodeModelConfig(this.config)),
      preStateRoot,
      postStateRoot: stateRootOf(state),
      commandsRoot: batchRoot(takenCommands),
      transitionsRoot: batchRoot(packedTransitions),
    });
    const journalDigest = hash(journal);
    return { taken, commands: takenCommands, transitions: packedTransitions, journal, journalDigest };
  }

  #requireBatch(commands: Uint8Array, timestamp: bigint): void {
    const value = commands.length;
    if (value === 0) throw new ProofbookError('EMPTY_BATCH');
    if (value % RECORD_BYTES !== 0) {
      const expected = `a multiple of ${RECORD_BYTES}`;
      throw new ProofbookError('INVALID_LENGTH', { field: 'commands', value, expected });
    }
    if (value / RECORD_BYTES > BATCH_RECORDS_MAX) {
      throw new ProofbookError('BATCH_TOO_LARGE', { value: value / RECORD_BYTES, max: BATCH_RECORDS_MAX });
    }
    if (timestamp < 0n || timestamp >= 1n << 64n) {
      throw new ProofbookError('INVALID_FIELD', {
        field: 'timestamp',
        value: timestamp,
        reason: 'not a u64',
      });
    }
    const previous = this.#state.timestamp;
    if (timestamp < previous) throw new ProofbookError('TIMESTAMP_REGRESSED', { value: timestamp, previous });
  }
}

/**
 * Executes commands until the records end or fewer than 323 transitions are free (protocol §4, last
 * sentence).
 */
function applyCommands(
  config: ModelConfig,
  state: BookState,
  records: Uint8Array,
): { taken: number; transitions: readonly ModelTransition[] } {
  const transitions: ModelTransition[] = [];
  let taken = 0;
  while (taken < records.length / RECORD_BYTES) {
    if (BATCH_TRANSITIONS_MAX - transitions.length < COMMAND_TRANSITIONS_MAX) break;
    const command = readCommand(records, taken);
    transitions.push(...executeCommand(config, state, command, taken));
    taken += command.extension === undefined ? 1 : 2;
  }
  return { taken, transitions };
}
