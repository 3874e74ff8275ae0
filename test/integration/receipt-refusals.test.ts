import { blake3 } from '@noble/hashes/blake3.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Digest, ImageId } from '../../engine/brands.ts';
import type { ErrorCode } from '../../engine/error-table.ts';
import { decodeJournal, encodeJournal, type Journal } from '../../engine/journal.ts';
import { DEFAULT_MARKET_CONFIG, encodeMarketConfig } from '../../engine/market-config.ts';
import { isProofbookError } from '../../engine/proofbook-error.ts';
import { Receipt, type ReceiptContent } from '../../prover/receipts/receipt.ts';
import { ExecutorEnv } from '../../prover/sdk/executor-env.ts';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { Prover } from '../../prover/sdk/prover.ts';
import { OwnHosts } from '../../prover/verifier/own-hosts.ts';
import { PINNED_IMAGE, PINNED_PARAMETERS } from '../../prover/verifier/pinned.ts';
import { type ChainExpectations, verifyChain } from '../../prover/verifier/verify-chain.ts';
import { Random } from '../model/random.ts';
import { expectRejection } from '../support/expect-refusal.ts';
import { sampleBatches } from '../support/sample-batches.ts';
import { SEED } from '../support/seed.ts';

// Everything that a verifier must refuse, one row each, made from two real receipts of one market. They are proven once for the file.
const batches = sampleBatches(2, 4, SEED);
const hosts = new OwnHosts(PINNED_PARAMETERS);
const imageId = PINNED_IMAGE.imageId;
const configDigest = blake3(encodeMarketConfig(DEFAULT_MARKET_CONFIG)) as Digest;

let receipts: readonly [Receipt, Receipt];

beforeAll(async () => {
  const prover = await Prover.start();
  try {
    const proven: Receipt[] = [];
    for (const { witness, journal } of batches) {
      const env = ExecutorEnv.builder().write(witness).journal(journal).build();
      proven.push(await prover.prove(env, loadGuestImage()));
    }
    const [first, second] = proven;
    if (first === undefined || second === undefined) throw new Error('two batches were sampled');
    receipts = [first, second];
  } finally {
    await prover.close();
  }
}, 600_000);
afterAll(() => hosts.close());

/** The first receipt with something else in it. */
const altered = (change: (first: Receipt, second: Receipt) => Partial<ReceiptContent>): Receipt =>
  new Receipt({ ...receipts[0], ...change(...receipts) });
const flip = (bytes: Uint8Array, bit: number): Uint8Array =>
  bytes.with(bit >> 3, (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
const rewritten = (change: Partial<Journal>) =>
  altered(({ journal }) => ({
    journal: encodeJournal({ ...decodeJournal(journal), ...change }),
  }));
const other = `${imageId.slice(0, -1)}${imageId.endsWith('0') ? '1' : '0'}` as ImageId;

describe('a receipt', () => {
  test('as it was proven is accepted', async () => {
    for (const receipt of receipts) {
      await receipt.verify(imageId, { prover: hosts });
      await Receipt.decode(receipt.encode()).verify(imageId, { prover: hosts });
    }
  });

  test.each<[string, ErrorCode, () => Receipt]>([
    ['of another image', 'IMAGE_MISMATCH', () => altered(() => ({ imageId: other }))],
    [
      'under parameters that nobody pinned',
      'PARAMETERS_NOT_PINNED',
      () => altered(() => ({ parametersDigest: 'ab'.repeat(32) })),
    ],
    [
      'that tells of other parameters than its digest',
      'RECEIPT_HEADER',
      () => altered(({ parameters }) => ({ parameters: { ...parameters, securityBits: 40 } })),
    ],
    ['of another backend version', 'RECEIPT_HEADER', () => altered(() => ({ backendVersion: '2.0.1' }))],
    [
      'that is fake',
      'RECEIPT_FAKE',
      () => altered(() => ({ kind: 'fake', backend: 'fake', seal: new Uint8Array(0) })),
    ],
    ['without a seal', 'PROOF_REFUSED', () => altered(() => ({ seal: new Uint8Array(0) }))],
    ['with a seal cut short', 'PROOF_REFUSED', () => altered(({ seal }) => ({ seal: seal.subarray(0, -1) }))],
    [
      'with half a seal',
      'PROOF_REFUSED',
      () => altered(({ seal }) => ({ seal: seal.subarray(seal.length >> 1) })),
    ],
    [
      'with a seal that goes on',
      'PROOF_REFUSED',
      () => altered(({ seal }) => ({ seal: Buffer.concat([seal, new Uint8Array(1)]) })),
    ],
    [
      'with the seal twice',
      'PROOF_REFUSED',
      () => altered(({ seal }) => ({ seal: Buffer.concat([seal, seal]) })),
    ],
    ['with the journal of another batch', 'PROOF_REFUSED', () => altered((_, { journal }) => ({ journal }))],
    ['with the proof of another journal', 'PROOF_REFUSED', () => altered((_, { seal }) => ({ seal }))],
    [
      'under another config',
      'PROOF_REFUSED',
      () => rewritten({ configDigest: blake3(new Uint8Array(64)) as Digest }),
    ],
    ['from another state', 'PROOF_REFUSED', () => rewritten({ preStateRoot: configDigest })],
    ['to another state', 'PROOF_REFUSED', () => rewritten({ postStateRoot: configDigest })],
    ['of another kind', 'PROOF_REFUSED', () => altered(() => ({ kind: 'stark' }))],
  ])('%s is refused', async (_, code, make) => {
    await expectRejection(make().verify(imageId, { prover: hosts }), code);
  });

  test('of another image is refused by its seal, too, when a caller expects that image', async () => {
    const claimed = altered(() => ({ imageId: other }));
    await expectRejection(claimed.verify(other, { prover: hosts }), 'PROOF_REFUSED', {
      reason: 'imageMismatch',
    });
  });
});

describe('a receipt file', () => {
  test('with any bit flipped is refused, wherever it is', async () => {
    const file = receipts[0].encode();
    const random = new Random(BigInt(SEED));
    const bits = Array.from({ length: 100 }, () => random.below(file.length * 8));
    for (const bit of [0, 32, 64, file.length * 8 - 1, ...bits]) {
      expect(() => Receipt.decode(flip(file, bit)), `bit ${bit}`).toThrow(/^receipt /);
    }
  }, 60_000);

  test('with any bit of its journal or seal flipped, and the checksum mended, is refused', async () => {
    const random = new Random(BigInt(SEED) + 1n);
    const { journal, seal } = receipts[0];
    for (let round = 0; round < 40; round++) {
      const mended = altered(() =>
        round % 2 === 0
          ? { journal: flip(journal, random.below(journal.length * 8)) }
          : { seal: flip(seal, random.below(seal.length * 8)) },
      );
      const verified = Receipt.decode(mended.encode()).verify(imageId, { prover: hosts });
      await expectRejection(verified, 'PROOF_REFUSED');
    }
  }, 60_000);

  test.each([0, 1, 3, 11, 12, 500, -33, -32, -1])('cut at byte %i is refused', (end) => {
    const file = receipts[0].encode();
    expect(refusalOf(file.subarray(0, end))).toBe('RECEIPT_TRUNCATED');
  });

  test('with anything behind it is refused', () => {
    const file = receipts[0].encode();
    for (const more of [Buffer.of(0), file, receipts[1].encode()]) {
      expect(refusalOf(Buffer.concat([file, more]))).toBe('RECEIPT_TRAILING');
    }
  });
});

describe('a chain', () => {
  const expectations: ChainExpectations = { imageId, configDigest, fromGenesis: true, prover: hosts };
  const chainOf = (list: readonly Receipt[], change: Partial<ChainExpectations> = {}) =>
    verifyChain(list, { ...expectations, ...change });

  test('of real receipts is accepted', async () => {
    expect((await chainOf(receipts)).lastBatchNumber).toBe(2n);
  });

  test.each<[string, ErrorCode, () => readonly Receipt[], Partial<ChainExpectations>]>([
    ['of nothing', 'CHAIN_EMPTY', () => [], {}],
    ['that begins late', 'CHAIN_NOT_GENESIS', () => [receipts[1]], {}],
    ['in another order', 'CHAIN_BATCH_NUMBER', () => receipts.toReversed(), { fromGenesis: false }],
    ['with a receipt twice', 'CHAIN_BATCH_NUMBER', () => [receipts[0], ...receipts], {}],
    [
      'under another config',
      'CHAIN_CONFIG',
      () => receipts,
      { configDigest: configDigest.toReversed() as Digest },
    ],
    ['of another image', 'CHAIN_RECEIPT_REFUSED', () => receipts, { imageId: other }],
    [
      'broken in the middle',
      'CHAIN_STATE_ROOT',
      () => [rewritten({ postStateRoot: configDigest }), receipts[1]],
      {},
    ],
    ['with another market', 'CHAIN_MARKET', () => [rewritten({ marketId: 99n }), receipts[1]], {}],
    [
      'mended where it was broken',
      'CHAIN_RECEIPT_REFUSED',
      () => [receipts[0], new Receipt({ ...receipts[1], journal: flip(receipts[1].journal, 160 * 8) })],
      {},
    ],
    [
      'with a receipt without a proof',
      'CHAIN_RECEIPT_REFUSED',
      () => [
        receipts[0],
        new Receipt({ ...receipts[1], kind: 'fake', backend: 'fake', seal: new Uint8Array(0) }),
      ],
      {},
    ],
  ])('%s is refused', async (_, code, make, change) => {
    await expectRejection(chainOf(make(), change), code);
  });
});

function refusalOf(file: Uint8Array): string {
  try {
    Receipt.decode(file);
  } catch (error) {
    if (isProofbookError(error)) return error.code;
    throw error;
  }
  return 'accepted';
}
