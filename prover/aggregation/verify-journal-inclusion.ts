import { blake3 } from '@noble/hashes/blake3.js';
import { type AggregateJournal, batchCountOf } from '../../engine/aggregate-journal.ts';
import { decodeJournal, type Journal } from '../../engine/journal.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { JOURNAL_TREE_DEPTH, type JournalProof, journalLeaf } from './journal-leaf.ts';

const DIGEST_BYTES = 32;

/**
 * Checks that a batch journal is one of those that an aggregate proves, and returns it decoded.
 *
 * @param aggregate from a verified aggregate, never from whoever sent the proof
 * @param journal 256 bytes, as in the batch's own receipt
 * @throws INCLUSION_REFUSED naming the field, its value and the rule it breaks; JOURNAL_MALFORMED
 */
export function verifyJournalInclusion(
  aggregate: AggregateJournal,
  journal: Uint8Array,
  proof: JournalProof,
): Journal {
  const { index, siblings } = proof;
  const decoded = decodeJournal(journal);
  const batches = batchCountOf(aggregate);
  if (!Number.isInteger(index) || index < 0 || index >= batches) {
    refuse('index', index, `the aggregate has ${batches} batches`);
  }
  if (!Array.isArray(siblings) || siblings.length !== JOURNAL_TREE_DEPTH) {
    refuse('siblings', `of length ${siblings?.length}`, `must be ${JOURNAL_TREE_DEPTH} nodes`);
  }
  const number = aggregate.firstBatchNumber + BigInt(index);
  if (decoded.batchNumber !== number) {
    refuse('batchNumber', decoded.batchNumber, `the journal at index ${index} is of batch ${number}`);
  }
  let node = journalLeaf(journal);
  for (const [level, sibling] of siblings.entries()) {
    if (!(sibling instanceof Uint8Array) || sibling.length !== DIGEST_BYTES) {
      refuse(`sibling ${level}`, `of length ${sibling?.length}`, `must be ${DIGEST_BYTES} bytes`);
    }
    const pair = new Uint8Array(2 * DIGEST_BYTES);
    const isRight = (index >> level) % 2 === 1;
    pair.set(node, isRight ? DIGEST_BYTES : 0);
    pair.set(sibling, isRight ? 0 : DIGEST_BYTES);
    node = blake3(pair);
  }
  if (Buffer.compare(node, aggregate.journalsRoot) !== 0) {
    refuse('journal', `of batch ${decoded.batchNumber}`, 'is not under this root');
  }
  return decoded;
}

function refuse(field: string, value: string | number | bigint, reason: string): never {
  throw new ProofbookError('INCLUSION_REFUSED', { field, value, reason });
}
