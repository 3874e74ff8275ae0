import { type Static, Type } from '@sinclair/typebox';
import { COMMAND_BYTES } from '../../engine/command.ts';
import { decodeTransitions, type Transition, type TransitionType } from '../../engine/transition.ts';
import { Count, U64 } from './wire-values.ts';

/** What became of one command. */
export const AckSchema = Type.Object(
  {
    batchNumber: U64,
    commandIndex: Type.Integer({ minimum: 0, description: 'index of its first record in the batch' }),
    type: Type.String({ description: 'accepted, replaced, canceled, reduced, rejected, ...' }),
    orderId: U64,
    reason: Type.String({ description: '`none` unless something was refused or taken away' }),
    sequence: U64,
  },
  { $id: 'Ack', additionalProperties: false },
);

export const AcksSchema = Type.Object(
  {
    batchNumber: U64,
    firstCommandIndex: Count,
    commandCount: Count,
    acks: Type.Array(AckSchema),
  },
  { $id: 'Acks', additionalProperties: false },
);

export type Ack = Static<typeof AckSchema>;

const KIND_OFFSET = 0;
const FLAGS_OFFSET = 3;
const EXTENDED = 8;
const KIND_PLACE = 1;
const KIND_REPLACE = 4;
/** What answers a command itself; a stop that it set off, or a maker that it met, comes besides. */
const ANSWERS: readonly TransitionType[] = ['accepted', 'replaced', 'rejected', 'marketStateChanged'];
const CONSEQUENCES: readonly TransitionType[] = ['canceled', 'reduced', 'expired', 'evicted'];

/** One ack for each command that begins in records `from` .. `to` of a batch. */
export function acksOf(
  batchNumber: bigint,
  commands: Uint8Array,
  transitions: Uint8Array,
  from: number,
  to: number,
): Ack[] {
  const byCommand = Map.groupBy(decodeTransitions(transitions), ({ commandIndex }) => commandIndex);
  return commandStarts(commands, from, to).flatMap((commandIndex) => {
    const answer = answerAmong(byCommand.get(commandIndex) ?? []);
    if (answer === undefined) return [];
    const { type, orderId, reason, sequence } = answer;
    return {
      batchNumber: String(batchNumber),
      commandIndex,
      type,
      orderId: String(orderId),
      reason,
      sequence: String(sequence),
    };
  });
}

function answerAmong(transitions: readonly Transition[]): Transition | undefined {
  const ofType = (types: readonly TransitionType[]) => transitions.find(({ type }) => types.includes(type));
  return ofType(ANSWERS) ?? ofType(CONSEQUENCES) ?? transitions[0];
}

/** Records at which commands begin; an extension belongs to the record before it. */
function commandStarts(commands: Uint8Array, from: number, to: number): number[] {
  const starts: number[] = [];
  for (let index = from; index < to; index += recordsOf(commands, index)) starts.push(index);
  return starts;
}

/** How many records the command at `index` takes (protocol §3). */
export function recordsOf(commands: Uint8Array, index: number): 1 | 2 {
  const at = index * COMMAND_BYTES;
  const kind = commands[at + KIND_OFFSET];
  const isExtended = ((commands[at + FLAGS_OFFSET] ?? 0) & EXTENDED) !== 0;
  return isExtended && (kind === KIND_PLACE || kind === KIND_REPLACE) ? 2 : 1;
}
