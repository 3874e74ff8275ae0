import { COMMAND_BYTES } from '../../../engine/command.ts';
import { FLAG, KIND_CODES } from '../../../engine/protocol-codes.ts';

const LONGS_PER_RECORD = COMMAND_BYTES / 8;

/** True when the command whose head is `head` has its extension in the second half of its slot (protocol §3). */
export function isExtendedHead(head: number): boolean {
  const kind = head & 0xff;
  return (kind === KIND_CODES.place || kind === KIND_CODES.replace) && (head & (FLAG.extended << 24)) !== 0;
}

/** How many records the slot at byte `at` holds. */
export function recordsOfSlot(words: Int32Array, at: number): 1 | 2 {
  return isExtendedHead(words[at / 4] ?? 0) ? 2 : 1;
}

/** Copies the records of a slot at byte `from` to byte `to`. */
export function copyRecords(
  source: BigInt64Array,
  from: number,
  target: BigInt64Array,
  to: number,
  records: 1 | 2,
): void {
  const first = from / 8;
  const start = to / 8;
  for (let long = 0; long < records * LONGS_PER_RECORD; long++) {
    target[start + long] = source[first + long] as bigint;
  }
}
