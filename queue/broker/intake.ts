import { BATCH_COMMANDS_MAX, COMMAND_BYTES } from '../../engine/command.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { ContentDigest } from '../store/content-digest.ts';
import type { Submissions } from '../store/submissions.ts';
import type { Sequencer, StoredBatch } from './sequencer.ts';

/** When the open batch is sealed: as soon as one of both is reached. */
export interface SealRules {
  /** Records, 1 .. 1024. */
  readonly commandCount: number;
  readonly ageMs: number;
}

/** Where in the log commands stand. */
export interface Placement {
  readonly batchNumber: number;
  readonly firstCommandIndex: number;
  readonly commandCount: number;
}

/** What a submission is remembered by. */
export interface SubmissionName {
  readonly submissionKey: string;
  readonly contentDigest: ContentDigest;
}

interface Waiting {
  readonly commands: Uint8Array;
  readonly name: SubmissionName | undefined;
  readonly placements: Placement[];
  readonly settle: (placements: readonly Placement[]) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Gathers commands of many callers into batches. Whoever submits is answered once the batch with the last of its commands is in the
 * log and synced: one sync serves all that came since the last one. Commands of one submission stay together unless the
 * transitions of a batch run out of room.
 */
export class Intake {
  readonly #sequencer: Sequencer;
  readonly #submissions: Submissions;
  readonly #rules: SealRules;
  readonly #sealed: (batch: StoredBatch) => void;
  #open: Waiting[] = [];
  #openRecords = 0;
  #timer: NodeJS.Timeout | undefined;
  #failure: unknown;
  #isStopped = false;

  /** @param sealed is told of every batch, in order, when it is safe */
  constructor(
    sequencer: Sequencer,
    submissions: Submissions,
    rules: SealRules,
    sealed: (batch: StoredBatch) => void,
  ) {
    this.#sequencer = sequencer;
    this.#submissions = submissions;
    this.#rules = rules;
    this.#sealed = sealed;
  }

  /** Why nothing is taken any more; undefined while the intake works. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Records that wait for their batch to be sealed. */
  get openRecords(): number {
    return this.#openRecords;
  }

  /**
   * Takes packed commands, 1 .. 1024 records.
   *
   * @param sealNow seals the open batch with them at its end, however small it is
   * @returns where they stand, when that is safe
   * @throws EMPTY_BATCH, BATCH_TOO_LARGE, SERVICE_STOPPING, what kept the batch from being stored
   */
  submit(
    commands: Uint8Array,
    name: SubmissionName | undefined,
    sealNow: boolean,
  ): Promise<readonly Placement[]> {
    return new Promise((settle, fail) => {
      const records = this.#check(commands);
      if (this.#openRecords + records > BATCH_COMMANDS_MAX) this.#seal();
      this.#open.push({ commands, name, placements: [], settle, fail });
      this.#openRecords += records;
      if (sealNow || this.#openRecords >= this.#rules.commandCount) this.#seal();
      else this.#timer ??= setTimeout(() => this.#seal(), this.#rules.ageMs);
    });
  }

  /** Seals what waits; what comes later is refused. */
  stop(): void {
    this.#isStopped = true;
    this.#seal();
  }

  #check(commands: Uint8Array): number {
    if (this.#isStopped) throw new ProofbookError('SERVICE_STOPPING');
    // Where the engine is ahead of the log only a restart helps: it replays the log.
    if (this.#failure !== undefined) throw this.#failure;
    const records = commands.length / COMMAND_BYTES;
    if (!Number.isInteger(records)) {
      const expected = `a multiple of ${COMMAND_BYTES}`;
      throw new ProofbookError('INVALID_LENGTH', { field: 'commands', value: commands.length, expected });
    }
    if (records === 0) throw new ProofbookError('EMPTY_BATCH');
    if (records > BATCH_COMMANDS_MAX)
      throw new ProofbookError('BATCH_TOO_LARGE', { value: records, max: BATCH_COMMANDS_MAX });
    return records;
  }

  #seal(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#open;
    this.#open = [];
    this.#openRecords = 0;
    if (waiting.length === 0) return;
    try {
      this.#sealAll(waiting);
      for (const { settle, placements } of waiting) settle(placements);
    } catch (error) {
      this.#failure = error;
      for (const { fail } of waiting) fail(error);
    }
  }

  #sealAll(waiting: readonly Waiting[]): void {
    let commands: Uint8Array = Buffer.concat(waiting.map((one) => one.commands));
    let before = 0;
    while (commands.length > 0) {
      const { engine } = this.#sequencer;
      const next = Number(engine.batchNumber()) + 1;
      this.#place(waiting, next, before, before + commands.length / COMMAND_BYTES);
      const nowNs = BigInt(Date.now()) * 1_000_000n;
      const lastNs = engine.timestamp();
      // A clock that was set back must not stop the market: time stands still until it has caught up.
      const batch = this.#sequencer.seal(commands, nowNs > lastNs ? nowNs : lastNs);
      this.#settlePlacements(waiting, batch, before);
      before += batch.sealed.commands.length / COMMAND_BYTES;
      commands = commands.subarray(batch.sealed.commands.length);
      this.#sealed(batch);
    }
  }

  /** Writes down, before the batch is sealed, where it shall hold the commands of each named submission that begins in it. */
  #place(waiting: readonly Waiting[], batchNumber: number, from: number, to: number): void {
    let first = 0;
    for (const { commands, name } of waiting) {
      const commandCount = commands.length / COMMAND_BYTES;
      if (name !== undefined && first >= from && first < to) {
        const { submissionKey, contentDigest } = name;
        const place = { batchNumber, firstCommandIndex: first - from, commandCount };
        this.#submissions.put(submissionKey, { contentDigest, ...place });
      }
      first += commandCount;
    }
  }

  #settlePlacements(waiting: readonly Waiting[], { batchNumber, sealed }: StoredBatch, from: number): void {
    const to = from + sealed.commands.length / COMMAND_BYTES;
    let first = 0;
    for (const { commands, placements } of waiting) {
      const end = first + commands.length / COMMAND_BYTES;
      const [start, stop] = [Math.max(first, from), Math.min(end, to)];
      if (start < stop)
        placements.push({ batchNumber, firstCommandIndex: start - from, commandCount: stop - start });
      first = end;
    }
  }
}
