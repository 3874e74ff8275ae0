import { COMMAND_BYTES } from '../../engine/command.ts';
import { compareJournals } from '../../engine/compare-journals.ts';
import type { ReplayedBatch } from '../../engine/engine.ts';
import { decodeJournal, type Journal } from '../../engine/journal.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { TRANSITION_BYTES } from '../../engine/transition.ts';
import type { KeptRecords } from '../store/kept-records.ts';
import { compareCommands, compareTransitions } from './record-fields.ts';

/** Fields of a journal that say which commands were taken, and those that say what came of them. */
const COMMAND_FIELDS: ReadonlySet<keyof Journal> = new Set<keyof Journal>(['commandCount', 'commandsRoot']);
const OUTCOME_FIELDS: ReadonlySet<keyof Journal> = new Set<keyof Journal>([
  'transitionCount',
  'lastSequence',
  'transitionsRoot',
  'postStateRoot',
]);

/**
 * Compares a replayed batch with its receipt's journal and with the records that the service kept of it, and tells the first divergence:
 * by command, record and field where kept records show it, else by the journal's field.
 *
 * @throws RECORD_DIVERGED, AUDIT_DIVERGED; JOURNAL_MALFORMED for a journal that is none
 */
export function compareBatch(journal: Uint8Array, replayed: ReplayedBatch, kept: KeptRecords): void {
  const own = decodeJournal(replayed.journal);
  const isSame = Buffer.compare(journal, replayed.journal) === 0;
  const difference = isSame ? undefined : compareJournals(decodeJournal(journal), own);
  if (difference === undefined || COMMAND_FIELDS.has(difference.field)) {
    requireSameCommands(own, kept, replayed);
  }
  if (difference === undefined || OUTCOME_FIELDS.has(difference.field)) {
    requireSameTransitions(own, kept, replayed);
  }
  if (difference !== undefined) {
    throw new ProofbookError('AUDIT_DIVERGED', { batchNumber: own.batchNumber, ...difference });
  }
  requireSameCounts(own, kept);
}

function requireSameCommands({ batchNumber }: Journal, kept: KeptRecords, replayed: ReplayedBatch): void {
  if (kept.commands === undefined) return;
  const found = compareCommands(kept.commands, replayed.commands);
  if (found === undefined) return;
  const { commandIndex, recordIndex, field, recorded: value, replayed: expected } = found;
  const record = `record ${recordIndex}`;
  throw new ProofbookError('RECORD_DIVERGED', { batchNumber, commandIndex, record, field, value, expected });
}

function requireSameTransitions({ batchNumber }: Journal, kept: KeptRecords, replayed: ReplayedBatch): void {
  if (kept.transitions === undefined) return;
  const found = compareTransitions(kept.transitions, replayed.transitions());
  if (found === undefined) return;
  const { commandIndex, transitionIndex, field, recorded: value, replayed: expected } = found;
  const record = `transition ${transitionIndex}`;
  throw new ProofbookError('RECORD_DIVERGED', { batchNumber, commandIndex, record, field, value, expected });
}

/** Records that agree as far as both go may still be fewer, or more, than the journal says. */
function requireSameCounts({ batchNumber, commandCount, transitionCount }: Journal, kept: KeptRecords): void {
  const require = (field: string, records: Uint8Array | undefined, expected: number) => {
    if (records === undefined || records.length === expected) return;
    throw new ProofbookError('AUDIT_DIVERGED', { batchNumber, field, value: records.length, expected });
  };
  require('bytes of kept commands', kept.commands, commandCount * COMMAND_BYTES);
  require('bytes of kept transitions', kept.transitions, transitionCount * TRANSITION_BYTES);
}
