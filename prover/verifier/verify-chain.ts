import type { Digest, ImageId } from '../../engine/brands.ts';
import type { ErrorCode } from '../../engine/error-table.ts';
import { GENESIS_STATE_ROOT } from '../../engine/genesis.ts';
import { hex } from '../../engine/hex.ts';
import { decodeJournal, type Journal } from '../../engine/journal.ts';
import { isProofbookError, ProofbookError } from '../../engine/proofbook-error.ts';
import type { Receipt } from '../receipts/receipt.ts';
import { OwnHosts } from './own-hosts.ts';
import { PINNED_PARAMETERS } from './pinned.ts';
import type { VerifyOptions } from './verify-receipt.ts';

/** What the caller knows about the chain before it looks at any receipt. */
export interface ChainExpectations extends VerifyOptions {
  readonly imageId: ImageId;
  /** BLAKE3 of the market config that the chain must run under. */
  readonly configDigest: Digest;
  /** True: the first receipt must be batch 1 on the empty book. False: it may start anywhere, or join `previous`. */
  readonly fromGenesis: boolean;
  /** The journal of the last batch that was verified before; the first receipt must continue it. */
  readonly previous?: Journal;
}

/** What a verified chain proves: every step from `preStateRoot` to `postStateRoot`. */
export interface VerifiedChain {
  /** The journals of the batches, in order; all of them proven. */
  readonly journals: readonly Journal[];
  readonly firstBatchNumber: bigint;
  readonly lastBatchNumber: bigint;
  readonly preStateRoot: Digest;
  readonly postStateRoot: Digest;
}

/**
 * Decides on a run of receipts (protocol §8): each of them verifies, all are of one market under the expected config,
 * and each continues the one before: its state root, its batch number + 1, its sequences, no earlier timestamp.
 *
 * The links are checked before any seal, for they cost nothing; nothing is returned before all of both hold.
 *
 * @throws CHAIN_EMPTY; CHAIN_JOURNAL_MALFORMED, CHAIN_CONFIG, CHAIN_MARKET, CHAIN_NOT_GENESIS, CHAIN_BATCH_NUMBER,
 * CHAIN_STATE_ROOT, CHAIN_SEQUENCE, CHAIN_TIMESTAMP, CHAIN_RECEIPT_REFUSED, each naming the batch and the field.
 */
export async function verifyChain(
  receipts: readonly Receipt[],
  expectations: ChainExpectations,
): Promise<VerifiedChain> {
  const journals = receipts.map((receipt, index) => decodeJournalOf(receipt, index));
  const first = journals[0];
  const last = journals.at(-1);
  if (first === undefined || last === undefined) throw new ProofbookError('CHAIN_EMPTY');
  verifyLinks(journals, expectations);
  const hosts = new OwnHosts(expectations.acceptedParameters ?? PINNED_PARAMETERS);
  try {
    const options = { prover: hosts, ...expectations };
    for (const [index, receipt] of receipts.entries()) {
      await requireVerified(receipt, index, journals[index]?.batchNumber ?? 0n, options);
    }
  } finally {
    await hosts.close();
  }
  return {
    journals,
    firstBatchNumber: first.batchNumber,
    lastBatchNumber: last.batchNumber,
    preStateRoot: first.preStateRoot,
    postStateRoot: last.postStateRoot,
  };
}

/**
 * The part of {@link verifyChain} that needs no proof: whether these journals are one unbroken chain.
 *
 * @throws CHAIN_CONFIG, CHAIN_MARKET, CHAIN_NOT_GENESIS, CHAIN_BATCH_NUMBER, CHAIN_STATE_ROOT, CHAIN_SEQUENCE,
 * CHAIN_TIMESTAMP, each naming the batch and the field.
 */
export function verifyLinks(
  journals: readonly Journal[],
  expectations: Pick<ChainExpectations, 'configDigest' | 'fromGenesis' | 'previous'>,
): void {
  let previous = expectations.previous;
  const first = journals[0];
  if (expectations.fromGenesis && first !== undefined) requireGenesis(first);
  for (const journal of journals) {
    requireEqual(journal, 'CHAIN_CONFIG', hex(journal.configDigest), hex(expectations.configDigest));
    if (previous !== undefined) requireJoined(previous, journal);
    previous = journal;
  }
}

/** The first batch runs on the state that nothing has touched: the root over 256 empty leaves. */
function requireGenesis(journal: Journal): void {
  const { batchNumber } = journal;
  const facts = [
    ['batchNumber', batchNumber, 1n],
    ['firstSequence', journal.firstSequence, 1n],
    ['preStateRoot', hex(journal.preStateRoot), hex(GENESIS_STATE_ROOT)],
  ] as const;
  for (const [field, value, expected] of facts) {
    if (value !== expected)
      throw new ProofbookError('CHAIN_NOT_GENESIS', { batchNumber, field, value, expected });
  }
}

function requireJoined(previous: Journal, journal: Journal): void {
  requireEqual(journal, 'CHAIN_MARKET', journal.marketId, previous.marketId);
  requireEqual(journal, 'CHAIN_BATCH_NUMBER', journal.batchNumber, previous.batchNumber + 1n);
  requireEqual(journal, 'CHAIN_STATE_ROOT', hex(journal.preStateRoot), hex(previous.postStateRoot));
  requireEqual(journal, 'CHAIN_SEQUENCE', journal.firstSequence, previous.lastSequence + 1n);
  if (journal.timestamp < previous.timestamp) {
    const { batchNumber, timestamp: value } = journal;
    throw new ProofbookError('CHAIN_TIMESTAMP', { batchNumber, value, expected: previous.timestamp });
  }
}

function requireEqual<T extends bigint | string>(
  journal: Journal,
  code: ErrorCode,
  value: T,
  expected: T,
): void {
  if (value !== expected)
    throw new ProofbookError(code, { batchNumber: journal.batchNumber, value, expected });
}

function decodeJournalOf(receipt: Receipt, index: number): Journal {
  try {
    return decodeJournal(receipt.journal);
  } catch (cause) {
    if (!isProofbookError(cause, 'JOURNAL_MALFORMED')) throw cause;
    throw new ProofbookError('CHAIN_JOURNAL_MALFORMED', { ...cause.details, index }, { cause });
  }
}

/** A refused receipt names its place in the chain; a host that was lost or a canceled call stays what it is. */
async function requireVerified(
  receipt: Receipt,
  index: number,
  batchNumber: bigint,
  expectations: ChainExpectations,
): Promise<void> {
  try {
    await receipt.verify(expectations.imageId, expectations);
  } catch (cause) {
    if (!isProofbookError(cause) || !REFUSALS.has(cause.code)) throw cause;
    const details = { batchNumber, index, reason: cause.message, receiptError: cause.code };
    throw new ProofbookError('CHAIN_RECEIPT_REFUSED', details, { cause });
  }
}

const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'IMAGE_MISMATCH',
  'RECEIPT_FAKE',
  'RECEIPT_HEADER',
  'PARAMETERS_NOT_PINNED',
  'PARAMETERS_MISMATCH',
  'PROOF_REFUSED',
]);
