import { hex } from './hex.ts';
import type { Journal } from './journal.ts';

/** What differs between two journals: a field and its two values, as text. */
export interface JournalDifference {
  readonly field: keyof Journal;
  readonly value: string;
  readonly expected: string;
}

/** Causes before effects: another command changes the transitions, and they the state. */
const FIELDS = [
  'marketId',
  'batchNumber',
  'timestamp',
  'configDigest',
  'preStateRoot',
  'commandCount',
  'commandsRoot',
  'firstSequence',
  'transitionCount',
  'lastSequence',
  'transitionsRoot',
  'postStateRoot',
] as const satisfies readonly (keyof Journal)[];

/** The first field in which a journal is not the expected one, undefined when they are the same. */
export function compareJournals(journal: Journal, expected: Journal): JournalDifference | undefined {
  for (const field of FIELDS) {
    const found = textOf(journal[field]);
    const wanted = textOf(expected[field]);
    if (found !== wanted) return { field, value: found, expected: wanted };
  }
  return undefined;
}

function textOf(value: bigint | number | Uint8Array): string {
  return value instanceof Uint8Array ? hex(value) : String(value);
}
