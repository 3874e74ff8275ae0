import { BATCH_COMMANDS_MAX, COMMAND_BYTES } from '../../engine/command.ts';
import { copyBytes } from '../../engine/copy-bytes.ts';
import { BATCH_TRANSITIONS_MAX, TRANSITION_BYTES } from '../../engine/transition.ts';

/** A batch whose commands are settled. */
export interface PlannedBatch {
  readonly batchNumber: bigint;
  /** Number of its first record in the market's history. */
  readonly firstCommandNumber: bigint;
  readonly timestampNs: bigint;
  /** Packed records. */
  readonly commands: Uint8Array;
  /** Sequence of its last transition: what the sealing engine must come to as well. */
  readonly lastSequence: bigint;
}

// Most transitions of one command (protocol §2): a batch takes another command only while so many have room.
const COMMAND_TRANSITIONS_MAX = 323;
const COMMAND_INDEX_OFFSET = 60;
const SEQUENCE_OFFSET = 8;

/** The batch that takes commands now. It closes for the reasons for which the engine would (protocol §7), or earlier. */
export class OpenBatch {
  readonly batchNumber: bigint;
  /** Number of its first record in the market's history. */
  readonly firstCommandNumber: bigint;
  /** Every command of it sees this time, ns since epoch. */
  readonly timestampNs: bigint;
  readonly #records = new Uint8Array(BATCH_COMMANDS_MAX * COMMAND_BYTES);
  readonly #transitions = new Uint8Array(BATCH_TRANSITIONS_MAX * TRANSITION_BYTES);
  readonly #view = new DataView(this.#transitions.buffer);
  #recordCount = 0;
  #transitionBytes = 0;

  constructor(batchNumber: bigint, firstCommandNumber: bigint, timestampNs: bigint) {
    this.batchNumber = batchNumber;
    this.firstCommandNumber = firstCommandNumber;
    this.timestampNs = timestampNs;
  }

  /** Records. */
  get recordCount(): number {
    return this.#recordCount;
  }

  /** True when a command of so many records belongs into this batch, which shall hold `recordsMax` at most. */
  hasRoomFor(recordCount: number, recordsMax: number): boolean {
    if (this.#recordCount === 0) return true;
    const transitionCount = this.#transitionBytes / TRANSITION_BYTES;
    return (
      this.#recordCount + recordCount <= recordsMax &&
      transitionCount <= BATCH_TRANSITIONS_MAX - COMMAND_TRANSITIONS_MAX
    );
  }

  /** Takes one command and its transitions, which from now on name its place in this batch. */
  add(records: Uint8Array, transitions: Uint8Array): void {
    this.#records.set(records, this.#recordCount * COMMAND_BYTES);
    this.#transitions.set(transitions, this.#transitionBytes);
    const end = this.#transitionBytes + transitions.length;
    for (let at = this.#transitionBytes; at < end; at += TRANSITION_BYTES) {
      this.#view.setUint32(at + COMMAND_INDEX_OFFSET, this.#recordCount, true);
    }
    this.#transitionBytes = end;
    this.#recordCount += records.length / COMMAND_BYTES;
  }

  records(): Uint8Array {
    return copyBytes(this.#records, 0, this.#recordCount * COMMAND_BYTES);
  }

  transitions(): Uint8Array {
    return copyBytes(this.#transitions, 0, this.#transitionBytes);
  }

  /** What is to be sealed: 1 record or more. */
  plan(): PlannedBatch {
    const { batchNumber, firstCommandNumber, timestampNs } = this;
    const lastSequence = this.#view.getBigUint64(
      this.#transitionBytes - TRANSITION_BYTES + SEQUENCE_OFFSET,
      true,
    );
    return { batchNumber, firstCommandNumber, timestampNs, commands: this.records(), lastSequence };
  }
}
