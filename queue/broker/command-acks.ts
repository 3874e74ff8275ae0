import { COMMAND_BYTES } from '../../engine/command.ts';
import { copyBytes } from '../../engine/copy-bytes.ts';
import { FLAG, KIND_CODES } from '../../engine/protocol-codes.ts';
import { decodeTransitions, TRANSITION_BYTES, type Transition } from '../../engine/transition.ts';

/** What became of a command: the transition that answers it. Fills and what it did to other orders are transitions beside it. */
export interface CommandAck {
  /** Number of its first record in the market's history; the first is 1. */
  readonly commandNumber: bigint;
  readonly type: Transition['type'];
  /** The order's id; 0 where the command made and named none. */
  readonly orderId: bigint;
  readonly reason: Transition['reason'];
}

const COMMAND_INDEX_OFFSET = 60;
const FLAGS_OFFSET = 3;
const CANCELED_KINDS: readonly number[] = [KIND_CODES.cancel, KIND_CODES.cancelAll];

/** How many records the command at `at` of packed records takes; its second record may be absent. */
export function recordCountAt(records: Uint8Array, at: number): 1 | 2 {
  const kind = records[at];
  const isOrder = kind === KIND_CODES.place || kind === KIND_CODES.replace;
  return isOrder && ((records[at + FLAGS_OFFSET] ?? 0) & FLAG.extended) !== 0 ? 2 : 1;
}

/** The first transition behind `from` that is of another command than `commandIndex`. */
export function endOfCommand(view: DataView, from: number, commandIndex: number): number {
  let at = from;
  while (at < view.byteLength && view.getUint32(at + COMMAND_INDEX_OFFSET, true) === commandIndex) {
    at += TRANSITION_BYTES;
  }
  return at;
}

/**
 * The ack of one command among its transitions. Before them may be what a stop did that was left over from the command
 * before (protocol §4.4), so the first is not always the one.
 *
 * @param kind first byte of the command's record
 */
export function ackOf(kind: number, commandNumber: bigint, transitions: Uint8Array): CommandAck {
  const decoded = decodeTransitions(transitions);
  const answer = decoded.find((transition) => answers(kind, transition)) ?? decoded[0];
  if (answer === undefined) throw new Error(`command ${commandNumber} has no transition`);
  return { commandNumber, type: answer.type, orderId: answer.orderId, reason: answer.reason };
}

/**
 * The acks of the commands `first` .. `first` + `count` - 1 (by record index) of a batch.
 *
 * @param base number of the batch's first record
 */
export function acksOfBatch(
  records: Uint8Array,
  transitions: Uint8Array,
  base: bigint,
  first: number,
  count: number,
): readonly CommandAck[] {
  const view = new DataView(transitions.buffer, transitions.byteOffset, transitions.byteLength);
  const acks: CommandAck[] = [];
  let at = 0;
  for (let index = 0; index < first + count; ) {
    const end = endOfCommand(view, at, index);
    if (index >= first) {
      const kind = records[index * COMMAND_BYTES] ?? 0;
      acks.push(ackOf(kind, base + BigInt(index), copyBytes(transitions, at, end)));
    }
    at = end;
    index += recordCountAt(records, index * COMMAND_BYTES);
  }
  return acks;
}

function answers(kind: number, { type, reason }: Transition): boolean {
  switch (type) {
    case 'rejected':
      return true;
    case 'accepted':
      return kind === KIND_CODES.place;
    case 'replaced':
      return kind === KIND_CODES.replace;
    case 'reduced':
      return kind === KIND_CODES.reduce;
    case 'canceled':
      return CANCELED_KINDS.includes(kind) && reason === 'requested';
    case 'expired':
      return kind === KIND_CODES.sweep;
    case 'marketStateChanged':
      return kind === KIND_CODES.setMarketState;
    default:
      return false;
  }
}
