import { describe, expect, test } from 'vitest';
import type { Digest } from '../../engine/brands.ts';
import type { ErrorCode } from '../../engine/error-table.ts';
import { GENESIS_STATE_ROOT } from '../../engine/genesis.ts';
import { decodeJournal, encodeJournal, type Journal } from '../../engine/journal.ts';
import type { Receipt } from '../../prover/receipts/receipt.ts';
import { type ChainExpectations, verifyChain } from '../../prover/verifier/verify-chain.ts';
import { expectRejection } from '../support/expect-refusal.ts';
import { plainBatchRoot } from '../support/plain-batch-root.ts';
import { sampleReceipt } from '../support/receipt-samples.ts';
import { sampleBatches } from '../support/sample-batches.ts';
import { SEED } from '../support/seed.ts';

// The links between receipts are what is tested here, so the receipts are without proofs and accepted as such by name;
// the same rules over real proofs are in test/integration/prover.test.ts.
const batches = sampleBatches(4, 60, SEED);
const journals = batches.map((sealed) => decodeJournal(sealed.journal));
const receiptOf = (journal: Uint8Array): Receipt =>
  sampleReceipt({ kind: 'fake', backend: 'fake', seal: new Uint8Array(0), journal });
const receipts = batches.map((sealed) => receiptOf(sealed.journal));
const first = receipts[0] ?? receiptOf(new Uint8Array());
const configDigest = journals[0]?.configDigest ?? (new Uint8Array() as Digest);
const expectations: ChainExpectations = {
  imageId: first.imageId,
  configDigest,
  fromGenesis: true,
  acceptFake: true,
};

/** The chain with one journal changed. */
function withJournal(index: number, change: (journal: Journal) => Partial<Journal>): Receipt[] {
  return receipts.map((receipt, i) => {
    const journal = journals[i];
    if (i !== index || journal === undefined) return receipt;
    return receiptOf(encodeJournal({ ...journal, ...change(journal) }));
  });
}

const otherDigest = (digest: Digest): Digest =>
  digest.map((byte, i) => (i === 31 ? byte ^ 1 : byte)) as Digest;

describe('verifyChain (protocol §8)', () => {
  test('accepts the chain that the engine made, and says from where to where it goes', async () => {
    const chain = await verifyChain(receipts, expectations);
    expect(chain.journals).toEqual(journals);
    expect(chain.firstBatchNumber).toBe(1n);
    expect(chain.lastBatchNumber).toBe(4n);
    expect(chain.preStateRoot).toEqual(GENESIS_STATE_ROOT);
    expect(chain.postStateRoot).toEqual(journals[3]?.postStateRoot);
  });

  test('genesis is the root of 256 empty leaves', () => {
    expect(GENESIS_STATE_ROOT).toEqual(plainBatchRoot(new Uint8Array(0)));
  });

  test('accepts a part of a chain when genesis is not asked for, also joined to a known batch', async () => {
    const part = { ...expectations, fromGenesis: false };
    expect((await verifyChain(receipts.slice(2), part)).firstBatchNumber).toBe(3n);
    const previous = journals[1];
    if (previous === undefined) throw new Error('the chain has four batches');
    expect((await verifyChain(receipts.slice(2), { ...part, previous })).lastBatchNumber).toBe(4n);
    await expectRejection(verifyChain(receipts.slice(3), { ...part, previous }), 'CHAIN_BATCH_NUMBER', {
      batchNumber: 4n,
      value: 4n,
      expected: 3n,
    });
  });

  test('equal timestamps are no fall', async () => {
    const timestamp = journals[1]?.timestamp ?? 0n;
    await verifyChain(
      withJournal(2, () => ({ timestamp })),
      expectations,
    );
  });

  test.each<[ErrorCode, number, string, (journal: Journal) => Partial<Journal>]>([
    ['CHAIN_CONFIG', 0, 'configDigest', (j) => ({ configDigest: otherDigest(j.configDigest) })],
    ['CHAIN_CONFIG', 3, 'configDigest', (j) => ({ configDigest: otherDigest(j.configDigest) })],
    ['CHAIN_MARKET', 1, 'marketId', (j) => ({ marketId: j.marketId + 1n })],
    ['CHAIN_BATCH_NUMBER', 2, 'batchNumber', (j) => ({ batchNumber: j.batchNumber + 1n })],
    ['CHAIN_BATCH_NUMBER', 2, 'batchNumber', (j) => ({ batchNumber: j.batchNumber - 1n })],
    ['CHAIN_STATE_ROOT', 1, 'preStateRoot', (j) => ({ preStateRoot: otherDigest(j.preStateRoot) })],
    ['CHAIN_SEQUENCE', 2, 'firstSequence', (j) => shifted(j, 1n)],
    ['CHAIN_SEQUENCE', 2, 'firstSequence', (j) => shifted(j, -1n)],
    ['CHAIN_TIMESTAMP', 1, 'timestamp', () => ({ timestamp: (journals[0]?.timestamp ?? 0n) - 1n })],
    ['CHAIN_NOT_GENESIS', 0, 'batchNumber', (j) => ({ batchNumber: j.batchNumber + 1n })],
    ['CHAIN_NOT_GENESIS', 0, 'firstSequence', (j) => shifted(j, 1n)],
    ['CHAIN_NOT_GENESIS', 0, 'preStateRoot', (j) => ({ preStateRoot: otherDigest(j.preStateRoot) })],
  ])('is %s when receipt %i has another %s', async (code, index, field, change) => {
    const chain = withJournal(index, change);
    const { batchNumber } = decodeJournal(chain[index]?.journal ?? new Uint8Array());
    const error = await expectRejection(verifyChain(chain, expectations), code, { batchNumber });
    expect(error.message).toContain(`batch ${batchNumber}: `);
    expect(error.message).toContain(field);
  });

  test('a changed postStateRoot, lastSequence or timestamp is found at the next receipt', async () => {
    const broken: [ErrorCode, (journal: Journal) => Partial<Journal>][] = [
      ['CHAIN_STATE_ROOT', (j) => ({ postStateRoot: otherDigest(j.postStateRoot) })],
      [
        'CHAIN_SEQUENCE',
        (j) => ({ lastSequence: j.lastSequence + 1n, transitionCount: j.transitionCount + 1 }),
      ],
      ['CHAIN_TIMESTAMP', (j) => ({ timestamp: j.timestamp + 10n ** 9n })],
    ];
    for (const [code, change] of broken) {
      await expectRejection(verifyChain(withJournal(1, change), expectations), code, { batchNumber: 3n });
    }
  });

  test('refuses a receipt left out, repeated, or in another place', async () => {
    const wrong = [receipts.toSpliced(1, 1), receipts.toSpliced(1, 0, first), receipts.toReversed()];
    const codes: ErrorCode[] = ['CHAIN_BATCH_NUMBER', 'CHAIN_BATCH_NUMBER', 'CHAIN_NOT_GENESIS'];
    for (const [i, chain] of wrong.entries()) {
      await expectRejection(verifyChain(chain, expectations), codes[i] ?? 'CHAIN_EMPTY');
    }
    await expectRejection(verifyChain([], expectations), 'CHAIN_EMPTY');
  });

  test('names receipt and field of a journal that does not decode: another version, no journal at all', async () => {
    const version = (first.journal as Uint8Array).slice();
    version[4] = 2;
    const chain = [...receipts.slice(0, 2), receiptOf(version)];
    const details = { index: 2, field: 'version', value: 2 };
    await expectRejection(verifyChain(chain, expectations), 'CHAIN_JOURNAL_MALFORMED', details);
    const empty = [receiptOf(new Uint8Array(0))];
    await expectRejection(verifyChain(empty, expectations), 'CHAIN_JOURNAL_MALFORMED', {
      index: 0,
      field: 'length',
    });
  });

  test('names the batch of a receipt that is refused: without a proof, or of another program', async () => {
    const { acceptFake, ...strict } = expectations;
    await expectRejection(verifyChain(receipts, strict), 'CHAIN_RECEIPT_REFUSED', {
      batchNumber: 1n,
      index: 0,
      receiptError: 'RECEIPT_FAKE',
    });
    const other = sampleReceipt({ ...receipts[2], imageId: '00'.repeat(32) as Receipt['imageId'] });
    await expectRejection(verifyChain(receipts.with(2, other), expectations), 'CHAIN_RECEIPT_REFUSED', {
      batchNumber: 3n,
      index: 2,
      receiptError: 'IMAGE_MISMATCH',
    });
  });

  test('a receipt with a seal whose parameters nobody pinned is refused before any host is asked', async () => {
    const unpinned = sampleReceipt({ journal: first.journal });
    await expectRejection(verifyChain([unpinned], expectations), 'CHAIN_RECEIPT_REFUSED', {
      receiptError: 'PARAMETERS_NOT_PINNED',
    });
  });
});

/** Sequences moved by `by`; their count stays what the journal says. */
function shifted(journal: Journal, by: bigint): Partial<Journal> {
  return { firstSequence: journal.firstSequence + by, lastSequence: journal.lastSequence + by };
}
