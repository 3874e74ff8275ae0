import { COMMAND_BYTES } from '../../engine/command.ts';
import { readCommandRecord } from '../../engine/command-record.ts';
import { KIND_CODES } from '../../engine/protocol-codes.ts';
import { TRANSITION_BYTES } from '../../engine/transition.ts';

/** A field of a packed record: its name and where it is, in bytes. */
interface RecordField {
  readonly name: string;
  readonly at: number;
  readonly bytes: 1 | 4 | 8;
}

/** The first field in which two records differ, and its two values. */
export interface FieldDifference {
  readonly field: string;
  readonly recorded: bigint;
  readonly replayed: bigint;
}

const field = (name: string, at: number, bytes: RecordField['bytes']): RecordField => ({ name, at, bytes });
const words = (...names: readonly string[]): readonly RecordField[] =>
  names.map((name, index) => field(name, 8 + 8 * index, 8));

/** PROTOCOL.md §3. The second word is a client order id of a Place, else an order id. */
const commandFields = (id: string): readonly RecordField[] => [
  field('kind', 0, 1),
  field('side', 1, 1),
  field('timeInForce', 2, 1),
  field('flags', 3, 1),
  field('account', 4, 4),
  ...words(id, 'price', 'quantity'),
];
const PLACE_FIELDS = commandFields('clientOrderId');
const OTHER_COMMAND_FIELDS = commandFields('orderId');
const EXTENSION_FIELDS: readonly RecordField[] = [
  field('displayQuantity', 0, 8),
  ...words('triggerPrice', 'expiry', 'replacementClientOrderId'),
];

const TRANSITION_HEAD: readonly RecordField[] = [
  field('type', 0, 1),
  field('side', 1, 1),
  field('reason', 2, 1),
  field('flags', 3, 1),
  field('account', 4, 4),
];
const TRANSITION_TAIL: readonly RecordField[] = [field('makerAccount', 56, 4), field('commandIndex', 60, 4)];

/** PROTOCOL.md §5: what the words in the middle are, of the types where it is not what it is of the others. */
const TRANSITION_WORDS: Readonly<Record<number, readonly RecordField[]>> = {
  2: words('sequence', 'orderId', 'makerOrderId', 'price', 'quantity', 'remaining'),
  8: words('sequence', 'orderId', 'clientOrderId', 'price', 'quantity', 'triggerPrice'),
  10: words('sequence', 'orderId', 'clientOrderId', 'price', 'marketState', 'previousMarketState'),
  11: words('sequence', 'orderId', 'displayQuantity', 'triggerPrice', 'expiry', 'timeInForce'),
};
const COMMON_WORDS = words('sequence', 'orderId', 'clientOrderId', 'price', 'quantity', 'remaining');

/** A command and the record of it, of one or two, in which two batches of commands first differ. */
export interface CommandDifference extends FieldDifference {
  /** Index of the command's first record, by which transitions name it. */
  readonly commandIndex: number;
  /** The same, or the next for a field of the extension. */
  readonly recordIndex: number;
}

/** The first difference of packed commands, as far as both go; undefined when there is none. Which is which is told by the replayed ones. */
export function compareCommands(recorded: Uint8Array, replayed: Uint8Array): CommandDifference | undefined {
  const at = firstDifference(recorded, replayed, COMMAND_BYTES);
  if (at === undefined) return undefined;
  const recordIndex = Math.floor(at / COMMAND_BYTES);
  const commandIndex = commandOfRecord(replayed, recordIndex);
  const isExtension = commandIndex !== recordIndex;
  const own = recordAt(replayed, recordIndex, COMMAND_BYTES);
  const fields = isExtension
    ? EXTENSION_FIELDS
    : own.getUint8(0) === KIND_CODES.place
      ? PLACE_FIELDS
      : OTHER_COMMAND_FIELDS;
  const difference = firstField(fields, recordAt(recorded, recordIndex, COMMAND_BYTES), own);
  return { ...difference, commandIndex, recordIndex };
}

/** A transition in which two batches first differ, and the command that it came of when replayed. */
export interface TransitionDifference extends FieldDifference {
  readonly transitionIndex: number;
  readonly commandIndex: number;
}

/** The first difference of packed transitions, as far as both go; undefined when there is none. */
export function compareTransitions(
  recorded: Uint8Array,
  replayed: Uint8Array,
): TransitionDifference | undefined {
  const at = firstDifference(recorded, replayed, TRANSITION_BYTES);
  if (at === undefined) return undefined;
  const transitionIndex = Math.floor(at / TRANSITION_BYTES);
  const own = recordAt(replayed, transitionIndex, TRANSITION_BYTES);
  const fields = [
    ...TRANSITION_HEAD,
    ...(TRANSITION_WORDS[own.getUint8(0)] ?? COMMON_WORDS),
    ...TRANSITION_TAIL,
  ];
  const difference = firstField(fields, recordAt(recorded, transitionIndex, TRANSITION_BYTES), own);
  return { ...difference, transitionIndex, commandIndex: own.getUint32(60, true) };
}

/** Offset of the first byte that differs, in records that both have whole. */
function firstDifference(
  recorded: Uint8Array,
  replayed: Uint8Array,
  recordBytes: number,
): number | undefined {
  const shorter = Math.min(recorded.length, replayed.length);
  const length = shorter - (shorter % recordBytes);
  for (let at = 0; at < length; at++) if (recorded[at] !== replayed[at]) return at;
  return undefined;
}

/** Commands have one or two records: only from the first on is it known which of them a record is. */
function commandOfRecord(commands: Uint8Array, recordIndex: number): number {
  const view = new DataView(commands.buffer, commands.byteOffset, commands.byteLength);
  let index = 0;
  for (;;) {
    const { extension } = readCommandRecord(view, index * COMMAND_BYTES);
    const next = index + (extension === undefined ? 1 : 2);
    if (next > recordIndex) return index;
    index = next;
  }
}

function recordAt(records: Uint8Array, index: number, bytes: number): DataView {
  return new DataView(records.buffer, records.byteOffset + index * bytes, bytes);
}

function firstField(fields: readonly RecordField[], recorded: DataView, replayed: DataView): FieldDifference {
  for (const { name, at, bytes } of fields) {
    const value = numberAt(recorded, at, bytes);
    const expected = numberAt(replayed, at, bytes);
    if (value !== expected) return { field: name, recorded: value, replayed: expected };
  }
  throw new Error('the fields of a record cover all of its bytes');
}

function numberAt(record: DataView, at: number, bytes: RecordField['bytes']): bigint {
  if (bytes === 8) return record.getBigUint64(at, true);
  return BigInt(bytes === 4 ? record.getUint32(at, true) : record.getUint8(at));
}
