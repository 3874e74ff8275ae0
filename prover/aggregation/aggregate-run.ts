import { type AggregateJournal, encodeAggregateJournal } from '../../engine/aggregate-journal.ts';
import { decodeJournal } from '../../engine/journal.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { buildRunInputs } from '../../engine/run-witness.ts';
import { verifyLinks } from '../verifier/verify-chain.ts';
import { JournalTree } from './journal-tree.ts';

/** A batch that was proven, or could be: what `Engine.applyBatch` gave of it. */
export interface RunBatch {
  /** 256 bytes (protocol §7). */
  readonly journal: Uint8Array;
  /** Protocol §8. */
  readonly witness: Uint8Array;
}

/** What an aggregate is made of: batches, and the batches of earlier aggregates. */
export type AggregatePart = RunBatch | { readonly batches: readonly RunBatch[] };

/** Consecutive batches, ready for the aggregation guest. */
export interface AggregateRun {
  readonly inputs: readonly Uint8Array[];
  /** The aggregate journal that the guest must reveal the BLAKE3 of, 256 bytes. */
  readonly journal: Uint8Array;
}

/** The batches of all parts, in order. */
export function batchesOf(parts: readonly AggregatePart[]): readonly RunBatch[] {
  return parts.flatMap((part) => ('batches' in part ? part.batches : [part]));
}

/**
 * Joins consecutive batches into one run.
 *
 * @throws CHAIN_EMPTY, CHAIN_* naming the batch that does not continue the one before; JOURNAL_MALFORMED, INVALID_FIELD (over 256
 * batches), WITNESS_REFUSED
 */
export function aggregateRunOf(parts: readonly AggregatePart[]): AggregateRun {
  const batches = batchesOf(parts);
  const journal = encodeAggregateJournal(aggregateJournalOf(batches.map((batch) => batch.journal)));
  return { inputs: buildRunInputs(batches.map(({ witness }) => witness)), journal };
}

/** What consecutive journals say together. @throws CHAIN_EMPTY, CHAIN_*, JOURNAL_MALFORMED, INVALID_FIELD */
export function aggregateJournalOf(encoded: readonly Uint8Array[]): AggregateJournal {
  const journals = encoded.map(decodeJournal);
  const first = journals[0];
  const last = journals.at(-1);
  if (first === undefined || last === undefined) throw new ProofbookError('CHAIN_EMPTY');
  verifyLinks(journals, { configDigest: first.configDigest, fromGenesis: false });
  const sum = (counts: readonly number[]) => BigInt(counts.reduce((total, count) => total + count, 0));
  return {
    marketId: first.marketId,
    firstBatchNumber: first.batchNumber,
    lastBatchNumber: last.batchNumber,
    firstSequence: first.firstSequence,
    lastSequence: last.lastSequence,
    commandCount: sum(journals.map(({ commandCount }) => commandCount)),
    transitionCount: sum(journals.map(({ transitionCount }) => transitionCount)),
    firstTimestamp: first.timestamp,
    lastTimestamp: last.timestamp,
    configDigest: first.configDigest,
    preStateRoot: first.preStateRoot,
    postStateRoot: last.postStateRoot,
    journalsRoot: new JournalTree(encoded).root,
  };
}
