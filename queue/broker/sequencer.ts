import type { Digest } from '../../engine/brands.ts';
import { Engine, type SealedBatch } from '../../engine/engine.ts';
import { decodeJournal } from '../../engine/journal.ts';
import { decodeMarketConfig, encodeMarketConfig, type MarketConfig } from '../../engine/market-config.ts';
import { messageOf } from '../../engine/message-of.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { BatchTree } from '../../prover/merkle/batch-tree.ts';
import type { CommandLogContent } from '../store/command-log.ts';
import type { DataDirectory } from '../store/data-directory.ts';
import { jobIdentity } from '../store/job-identity.ts';
import type { JobReceiptKind, NewJob } from '../store/job-row.ts';
import { patiently } from '../store/patience.ts';

/** What the proofs of a data directory are made with and checked against. */
export interface ProofPolicy {
  readonly receiptKind: JobReceiptKind;
  /** 64 hex digits. */
  readonly imageId: string;
  /** Digest of the verifier parameters, 64 hex digits. */
  readonly parametersDigest: string;
}

/** A batch that is safe: its commands are in the log, its bytes in the store, its row says `queued` or more. */
export interface StoredBatch {
  readonly jobId: string;
  readonly batchNumber: number;
  readonly sealed: SealedBatch;
}

/**
 * Turns commands into sealed batches, in one order, and makes each durable before anybody hears of it: command log, then
 * content, then row. Opening one on an existing log replays it, so a crash between two of these steps is mended.
 */
export class Sequencer {
  readonly #directory: DataDirectory;
  readonly #policy: ProofPolicy;
  readonly #engine: Engine;
  /** Set once a batch was applied and not made durable: this engine is ahead of the log, or the log of the rows. */
  #stopped: ProofbookError | undefined;

  /** Starts a market in an empty data directory. @throws DATA_DIRECTORY_IN_USE, INVALID_FIELD */
  static create(directory: DataDirectory, policy: ProofPolicy, config: MarketConfig): Sequencer {
    const engine = Engine.create(config);
    directory.commandLog.create(encodeMarketConfig(config));
    return new Sequencer(directory, policy, engine);
  }

  /**
   * Opens a market again: replays its command log, and stores every batch of it that has no row yet.
   *
   * @throws COMMAND_LOG_MALFORMED, FILE_UNREADABLE
   */
  static open(directory: DataDirectory, policy: ProofPolicy): Sequencer {
    directory.commandLog.dropTornEntry();
    return Sequencer.replay(directory, policy, directory.commandLog.read());
  }

  /** Opens a market from what its log says, and stores every batch of it that has no row yet. */
  static replay(directory: DataDirectory, policy: ProofPolicy, log: CommandLogContent): Sequencer {
    const sequencer = new Sequencer(directory, policy, Engine.create(decodeMarketConfig(log.marketConfig)));
    for (const batch of log.batches) {
      const sealed = sequencer.#engine.applyBatch(batch.commands, batch.timestampNs);
      // What has its row has its bytes: they were stored before it.
      const known = directory.batches.find(Number(batch.batchNumber))?.journal;
      if (known === undefined || Buffer.compare(known, sealed.journal) !== 0) sequencer.#store(sealed);
    }
    return sequencer;
  }

  private constructor(directory: DataDirectory, policy: ProofPolicy, engine: Engine) {
    this.#directory = directory;
    this.#policy = policy;
    this.#engine = engine;
  }

  get engine(): Pick<Engine, 'levels' | 'batchNumber' | 'sequence' | 'timestamp' | 'stateRoot' | 'snapshot'> {
    return this.#engine;
  }

  /**
   * Applies and stores the next batch. It may take fewer records than given (`sealed.commands`): the rest goes into the
   * batch after it.
   *
   * @param commands packed records, 1 .. 1024
   * @param timestampNs nanoseconds since the epoch, not below the last batch's
   * @throws SEQUENCER_STOPPED when the batch could not be made durable, and from then on: open the market again, and what
   *   the log has decides whether the batch was taken; what the engine refuses
   */
  seal(commands: Uint8Array, timestampNs: bigint): StoredBatch {
    if (this.#stopped !== undefined) throw this.#stopped;
    const sealed = this.#engine.applyBatch(commands, timestampNs);
    const { batchNumber } = decodeJournal(sealed.journal);
    try {
      this.#directory.commandLog.append({ batchNumber, timestampNs, commands: sealed.commands });
      return this.#store(sealed);
    } catch (cause) {
      const reason = messageOf(cause);
      this.#stopped = new ProofbookError(
        'SEQUENCER_STOPPED',
        { batchNumber: String(batchNumber), reason },
        { cause },
      );
      throw this.#stopped;
    }
  }

  /**
   * The same for a batch that the log holds already, sealed: it takes every record. A full disk or a locked store is waited for,
   * minutes long: the log has the batch, so nothing can be lost meanwhile.
   *
   * @param delayed is told, each second, what it waits for
   */
  sealLogged(commands: Uint8Array, timestampNs: bigint, delayed: (error: unknown) => void): StoredBatch {
    const sealed = this.#engine.applyBatch(commands, timestampNs);
    return patiently(() => this.#store(sealed), delayed);
  }

  #store(sealed: SealedBatch): StoredBatch {
    requireEqualRoots(sealed);
    const { content, rows } = this.#directory;
    const jobId = jobIdentity({ ...this.#policy, journal: sealed.journal, witness: sealed.witness });
    const { witness, commands, transitions } = sealed;
    const [witnessDigest, commandsDigest, transitionsDigest] = content.putAll(witness, commands, transitions);
    const job: NewJob = {
      ...this.#policy,
      jobId,
      batchNumber: Number(decodeJournal(sealed.journal).batchNumber),
      journal: sealed.journal,
      witnessDigest,
      commandsDigest,
      transitionsDigest,
    };
    rows.insert(job);
    return { jobId, batchNumber: job.batchNumber, sealed };
  }
}

/** The engine's batch roots, once more by another library: a wrong one would cost a proof before anybody saw it. */
function requireEqualRoots(sealed: SealedBatch): void {
  const journal = decodeJournal(sealed.journal);
  const compare = (field: string, value: Digest, expected: Digest): void => {
    if (Buffer.compare(value, expected) === 0) return;
    const reason = `the tree over the batch's records has root ${Buffer.from(expected).toString('hex')}`;
    throw new ProofbookError('JOURNAL_MALFORMED', {
      field,
      value: Buffer.from(value).toString('hex'),
      reason,
    });
  };
  compare('commandsRoot', journal.commandsRoot, BatchTree.ofCommands(sealed.commands).root);
  compare('transitionsRoot', journal.transitionsRoot, BatchTree.ofTransitions(sealed.transitions).root);
}
