import { blake3 } from '@noble/hashes/blake3.js';
import type { Digest } from '../../engine/brands.ts';
import { decodeJournal, type Journal } from '../../engine/journal.ts';
import { encodeMarketConfig, type MarketConfig } from '../../engine/market-config.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { decodeTransitions, TRANSITION_BYTES, type Transition } from '../../engine/transition.ts';
import { BatchTree } from '../../prover/merkle/batch-tree.ts';
import { TRANSITION_RECORD_BYTES, verifyInclusion } from '../../prover/merkle/verify-inclusion.ts';
import { Receipt } from '../../prover/receipts/receipt.ts';
import { OwnHosts } from '../../prover/verifier/own-hosts.ts';
import { PINNED_IMAGE, PINNED_PARAMETERS } from '../../prover/verifier/pinned.ts';
import { verifyLinks } from '../../prover/verifier/verify-chain.ts';
import type { StoredBatch } from '../broker/sequencer.ts';
import { type DataDirectory, receiptPath } from '../store/data-directory.ts';
import { writeFileDurably } from '../store/durable-file.ts';
import type { ProgressLine } from './output.ts';

/** A receipt that was verified here, away from the worker that made it. */
export interface CheckedReceipt {
  readonly receipt: Receipt;
  readonly journal: Journal;
  readonly path: string;
  readonly verifyDurationMs: number;
}

/** One fill and the proof that its batch holds it. */
export interface CheckedInclusion {
  readonly batchNumber: bigint;
  readonly recordIndex: number;
  readonly pageIndex: number;
  readonly pageCount: number;
  readonly siblingCount: number;
  readonly transition: Transition;
}

export interface ProofChecks {
  readonly receipts: readonly CheckedReceipt[];
  /** Undefined when no batch has a fill, so there is none to check. */
  readonly inclusion: CheckedInclusion | undefined;
}

/**
 * Writes the receipt files, then trusts nothing but them: reads each back, verifies it in a prover host of its own against
 * the pinned image and parameters, checks the chain, and checks one fill's inclusion under a proven root.
 *
 * @throws what a receipt, the chain or the inclusion proof is refused with
 */
export async function checkProofs(
  directory: DataDirectory,
  batches: readonly StoredBatch[],
  config: MarketConfig,
  progress: ProgressLine,
): Promise<ProofChecks> {
  const hosts = new OwnHosts(PINNED_PARAMETERS);
  const receipts: CheckedReceipt[] = [];
  try {
    for (const batch of batches) {
      progress.show(`verifying batch ${batch.batchNumber} of ${batches.length}`);
      receipts.push(await checkReceipt(directory, batch, hosts));
    }
  } finally {
    await hosts.close();
  }
  const configDigest = blake3(encodeMarketConfig(config)) as Digest;
  verifyLinks(
    receipts.map(({ journal }) => journal),
    { configDigest, fromGenesis: true },
  );
  return { receipts, inclusion: checkOneFill(batches, receipts) };
}

async function checkReceipt(
  directory: DataDirectory,
  batch: StoredBatch,
  hosts: OwnHosts,
): Promise<CheckedReceipt> {
  const { receiptDigest } = directory.rows.get(batch.jobId);
  if (receiptDigest === undefined) throw new ProofbookError('CONTENT_MISSING', { digest: '(none)' });
  const path = receiptPath(directory.paths, batch.batchNumber);
  const bytes = directory.content.get(receiptDigest);
  writeFileDurably(path, bytes);
  const receipt = Receipt.decode(bytes);
  const startedMs = performance.now();
  await receipt.verify(PINNED_IMAGE.imageId, { prover: hosts });
  const verifyDurationMs = performance.now() - startedMs;
  if (!Buffer.from(receipt.journal).equals(batch.sealed.journal)) {
    const explanation = `the receipt of batch ${batch.batchNumber} states another journal than the engine`;
    throw new ProofbookError('PROOF_REFUSED', { reason: 'journal', explanation });
  }
  return { receipt, journal: decodeJournal(receipt.journal), path, verifyDurationMs };
}

/** What a trader does: takes a root and a count from a verified journal, and asks whether a fill is under it. */
function checkOneFill(
  batches: readonly StoredBatch[],
  receipts: readonly CheckedReceipt[],
): CheckedInclusion | undefined {
  for (const [index, { sealed }] of batches.entries()) {
    const journal = receipts[index]?.journal;
    const transitions = decodeTransitions(sealed.transitions);
    const recordIndex = transitions.findIndex(({ type }) => type === 'filled');
    const transition = transitions[recordIndex];
    if (journal === undefined || transition === undefined) continue;
    const proof = BatchTree.ofTransitions(sealed.transitions).inclusionProof(recordIndex);
    const { transitionsRoot, transitionCount, batchNumber } = journal;
    const { firstRecordIndex, records } = verifyInclusion(
      transitionsRoot,
      transitionCount,
      TRANSITION_RECORD_BYTES,
      proof,
    );
    requireRecord(records[recordIndex - firstRecordIndex], sealed.transitions, recordIndex);
    return {
      batchNumber,
      recordIndex,
      pageIndex: proof.index,
      pageCount: proof.count,
      siblingCount: proof.siblings.length,
      transition,
    };
  }
  return undefined;
}

function requireRecord(proven: Uint8Array | undefined, transitions: Uint8Array, recordIndex: number): void {
  const start = recordIndex * TRANSITION_BYTES;
  const ours = transitions.subarray(start, start + TRANSITION_BYTES);
  if (proven !== undefined && Buffer.from(proven).equals(ours)) return;
  const reason = 'the proven page holds another transition there';
  throw new ProofbookError('INCLUSION_REFUSED', { field: 'recordIndex', value: recordIndex, reason });
}
