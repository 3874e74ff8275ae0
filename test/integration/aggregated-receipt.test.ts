import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blake3 } from '@noble/hashes/blake3.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Digest, ImageId } from '../../engine/brands.ts';
import { decodeJournal } from '../../engine/journal.ts';
import { DEFAULT_MARKET_CONFIG, encodeMarketConfig } from '../../engine/market-config.ts';
import { JournalTree } from '../../prover/aggregation/journal-tree.ts';
import { AggregatedReceipt } from '../../prover/receipts/aggregated-receipt.ts';
import { Receipt, type ReceiptContent } from '../../prover/receipts/receipt.ts';
import { Prover } from '../../prover/sdk/prover.ts';
import { PINNED_AGGREGATION_IMAGE, PINNED_IMAGE } from '../../prover/verifier/pinned.ts';
import type { AggregateExpectations } from '../../prover/verifier/verify-aggregate.ts';
import { EXIT_CODES } from '../../queue/cli/exit-codes.ts';
import { CommandLog } from '../../queue/store/command-log.ts';
import { contentOf, flip, otherQuantity, rewriteLog } from '../support/altered-run.ts';
import { expectRefusal, expectRejection } from '../support/expect-refusal.ts';
import { sampleReceipt } from '../support/receipt-samples.ts';
import { runCli } from '../support/run-cli.ts';
import { sampleBatches } from '../support/sample-batches.ts';
import { SEED } from '../support/seed.ts';

// Two real aggregates for the whole file, a minute each: batches 1 and 2 by the command line, and those joined with batch 3.
const TIMEOUT_MS = 900_000;
const batches = sampleBatches(3, 5, SEED);
const [first, second, third] = batches;
if (first === undefined || second === undefined || third === undefined) throw new Error('three were sampled');
const configDigest = blake3(encodeMarketConfig(DEFAULT_MARKET_CONFIG)) as Digest;
const tree = new JournalTree([first.journal, second.journal]);

let folder: string;
let data: string;
let file: string;
let prover: Prover;
let aggregate: AggregatedReceipt;
let expectations: AggregateExpectations;

/** A data directory as a run leaves it, but for the proofs of its receipts: an aggregate proves anew what they state. */
function writeRun(root: string): void {
  mkdirSync(join(root, 'receipts'), { recursive: true });
  const log = new CommandLog(join(root, 'commands.log'));
  log.create(encodeMarketConfig(DEFAULT_MARKET_CONFIG));
  for (const [index, { journal, commands }] of batches.entries()) {
    const { batchNumber, timestamp: timestampNs } = decodeJournal(journal);
    log.append({ batchNumber, timestampNs, commands });
    const receipt = sampleReceipt({ kind: 'fake', backend: 'fake', seal: new Uint8Array(0), journal });
    writeFileSync(join(root, 'receipts', `000${index + 1}.receipt`), receipt.encode());
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'proofbook-aggregate-'));
  data = join(folder, 'data');
  file = join(folder, 'batches.aggregate');
  writeRun(data);
  const made = await runCli(['aggregate', '--data', data, '--last', '2', '--out', file, '--json']);
  if (made.exitCode !== 0) throw new Error(`the aggregate failed with ${made.exitCode}: ${made.stderr}`);
  const { verified, batches: count, firstBatchNumber, lastBatchNumber } = JSON.parse(made.stdout);
  expect({ verified, count, firstBatchNumber, lastBatchNumber }).toEqual({
    verified: true,
    count: 2,
    firstBatchNumber: '1',
    lastBatchNumber: '2',
  });
  // No Buffer: what is cut out of one would be one too, and a slice of that no copy.
  aggregate = AggregatedReceipt.decode(Uint8Array.from(readFileSync(file)));
  prover = await Prover.start();
  const { imageId } = PINNED_AGGREGATION_IMAGE;
  expectations = { prover, imageId, configDigest, fromGenesis: true };
}, TIMEOUT_MS);
afterAll(async () => {
  await prover?.close();
  rmSync(folder, { recursive: true, force: true });
});

const altered = (change: Partial<ReceiptContent>): AggregatedReceipt =>
  new AggregatedReceipt(new Receipt({ ...contentOf(aggregate.receipt), ...change }));

describe('an aggregate of two batches', () => {
  test('states what its batches state', () => {
    const [a, b] = [decodeJournal(first.journal), decodeJournal(second.journal)];
    expect(aggregate.receipt.kind).toBe('stark');
    expect(aggregate.journal).toEqual({
      marketId: a.marketId,
      firstBatchNumber: 1n,
      lastBatchNumber: 2n,
      firstSequence: 1n,
      lastSequence: b.lastSequence,
      commandCount: 10n,
      transitionCount: b.lastSequence,
      firstTimestamp: a.timestamp,
      lastTimestamp: b.timestamp,
      configDigest,
      preStateRoot: a.preStateRoot,
      postStateRoot: b.postStateRoot,
      journalsRoot: tree.root,
    });
  });

  test('is accepted, also from its file and in a host of the verifier’s own', async () => {
    expect(await aggregate.verify(expectations)).toEqual(aggregate.journal);
    const { prover: _, ...own } = expectations;
    await AggregatedReceipt.decode(aggregate.encode()).verify(own);
  }, 60_000);

  test('shows each of its batch journals, and no other', () => {
    expect(aggregate.verifyInclusion(second.journal, tree.proof(1))).toEqual(decodeJournal(second.journal));
    expectRefusal(() => aggregate.verifyInclusion(third.journal, tree.proof(1)), 'INCLUSION_REFUSED');
    const flipped = Uint8Array.from(flip(second.journal, 130));
    expectRefusal(() => aggregate.verifyInclusion(flipped, tree.proof(1)), 'INCLUSION_REFUSED');
  });

  test('is refused as the receipt of another program, and another receipt as an aggregate', async () => {
    const { imageId } = PINNED_IMAGE;
    await expectRejection(aggregate.verify({ ...expectations, imageId }), 'IMAGE_MISMATCH');
    await expectRejection(altered({ imageId }).verify(expectations), 'IMAGE_MISMATCH');
    await expectRejection(altered({ imageId }).verify({ ...expectations, imageId }), 'PROOF_REFUSED');
    await expectRejection(aggregate.receipt.verify(imageId, { prover }), 'IMAGE_MISMATCH');
    const other = `${'0'.repeat(63)}1` as ImageId;
    await expectRejection(
      altered({ imageId: other }).verify({ ...expectations, imageId: other }),
      'PROOF_REFUSED',
    );
    expectRefusal(() => altered({ journal: first.journal }), 'AGGREGATE_JOURNAL_MALFORMED', {
      field: 'magic',
    });
  }, 60_000);

  test('is refused under another config, other parameters, as another kind, and without a proof', async () => {
    const otherConfig = Uint8Array.from(flip(configDigest, 0)) as Digest;
    await expectRejection(aggregate.verify({ ...expectations, configDigest: otherConfig }), 'CHAIN_CONFIG');
    const parametersDigest = 'cd'.repeat(32);
    await expectRejection(altered({ parametersDigest }).verify(expectations), 'PARAMETERS_NOT_PINNED');
    await expectRejection(altered({ parameters: {} }).verify(expectations), 'RECEIPT_HEADER');
    await expectRejection(altered({ kind: 'app' }).verify(expectations), 'AGGREGATE_KIND', { value: 'app' });
    const fake = altered({ kind: 'fake', backend: 'fake', seal: new Uint8Array(0) });
    await expectRejection(fake.verify(expectations), 'RECEIPT_FAKE');
  }, 60_000);

  test('is refused with any field of its journal altered', async () => {
    const { journal } = aggregate.receipt;
    // One bit of marketId, time, pre and post state, journals root; numbers that still agree with each other.
    for (const at of [8, 72, 130, 165, 200]) {
      const forged = altered({ journal: Uint8Array.from(flip(journal, at)) });
      const anywhere = { ...expectations, fromGenesis: false };
      await expectRejection(forged.verify(anywhere), 'PROOF_REFUSED', { reason: 'publicValuesMismatch' });
    }
    const more = Uint8Array.from(journal);
    more[48] = 11; // commandCount
    await expectRejection(altered({ journal: more }).verify(expectations), 'PROOF_REFUSED');
    const config = Uint8Array.from(flip(journal, 100));
    await expectRejection(altered({ journal: config }).verify(expectations), 'CHAIN_CONFIG');
    const sequence = Uint8Array.from(flip(journal, 40));
    expectRefusal(() => altered({ journal: sequence }), 'AGGREGATE_JOURNAL_MALFORMED', {
      field: 'lastSequence',
    });
  }, 60_000);

  test('is refused with a bit of its seal turned, cut short or extended', async () => {
    const { seal } = aggregate.receipt;
    for (const part of [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) {
      const at = Math.floor(part * seal.length);
      const forged = altered({ seal: seal.map((byte, i) => (i === at ? byte ^ 4 : byte)) });
      await expectRejection(forged.verify(expectations), 'PROOF_REFUSED');
    }
    await expectRejection(altered({ seal: seal.slice(0, -1) }).verify(expectations), 'PROOF_REFUSED');
    const longer = new Uint8Array(seal.length + 1);
    longer.set(seal);
    await expectRejection(altered({ seal: longer }).verify(expectations), 'PROOF_REFUSED');
  }, 60_000);

  test('has no second file: a bit anywhere, a byte less or more is refused on reading', () => {
    const bytes = aggregate.encode();
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 97)) {
      expect(() => AggregatedReceipt.decode(flip(bytes, at)), `byte ${at}`).toThrow(/receipt/);
    }
    expectRefusal(() => AggregatedReceipt.decode(bytes.subarray(0, -1)), 'RECEIPT_TRUNCATED');
    expectRefusal(
      () => AggregatedReceipt.decode(Buffer.concat([bytes, bytes.subarray(0, 1)])),
      'RECEIPT_TRAILING',
    );
  });

  test('is refused where it does not continue the chain', async () => {
    const { journal } = aggregate;
    const continuing = (change: object) => ({
      ...expectations,
      fromGenesis: false,
      previous: {
        marketId: journal.marketId,
        lastBatchNumber: 0n,
        lastSequence: 0n,
        lastTimestamp: 0n,
        postStateRoot: journal.preStateRoot,
        ...change,
      },
    });
    await aggregate.verify(continuing({}));
    await expectRejection(aggregate.verify(continuing({ marketId: 77n })), 'CHAIN_MARKET');
    await expectRejection(aggregate.verify(continuing({ lastBatchNumber: 1n })), 'CHAIN_BATCH_NUMBER');
    await expectRejection(aggregate.verify(continuing({ lastSequence: 5n })), 'CHAIN_SEQUENCE');
    await expectRejection(
      aggregate.verify(continuing({ postStateRoot: journal.postStateRoot })),
      'CHAIN_STATE_ROOT',
    );
    await expectRejection(aggregate.verify(continuing({ lastTimestamp: 2n ** 63n })), 'CHAIN_TIMESTAMP');
  }, 60_000);
});

describe('the command line', () => {
  const run = (...args: string[]) => runCli([...args, '--json']);

  test('verifies an aggregate as it verifies receipts, and refuses an altered one', async () => {
    const good = await run('verify', file);
    expect(good.exitCode).toBe(EXIT_CODES.success);
    expect(JSON.parse(good.stdout).receipts[0]).toMatchObject({ verified: true, kind: 'stark', batches: 2 });
    const path = join(folder, 'altered.aggregate');
    const { receipt } = aggregate;
    const journal = Uint8Array.from(flip(receipt.journal, 165));
    writeFileSync(path, new Receipt({ ...contentOf(receipt), journal }).encode());
    const bad = await run('verify', path);
    expect(bad.exitCode).toBe(EXIT_CODES.receiptRefused);
    expect(JSON.parse(bad.stdout).receipts[0]).toMatchObject({
      verified: false,
      error: { code: 'PROOF_REFUSED' },
    });
  }, 60_000);

  test('audits a log against an aggregate in place of receipts, and names what diverges', async () => {
    const good = await run('audit', '--aggregate', file, '--data', data);
    expect([good.exitCode, good.stderr]).toEqual([EXIT_CODES.success, '']);
    expect(JSON.parse(good.stdout)).toMatchObject({ verified: true, batches: 2, commandCount: '10' });
    const other = join(folder, 'other');
    writeRun(other);
    rewriteLog(other, otherQuantity);
    const bad = await run('audit', '--aggregate', file, '--data', other);
    expect(bad.exitCode).toBe(EXIT_CODES.diverged);
    expect(JSON.parse(bad.stdout).error.message).toMatch(/batch 1 \.\. 2: \w+ is /);
  }, 60_000);

  test('refuses batches that the log does not have, and receipts that it does not give', async () => {
    const out = join(folder, 'none.aggregate');
    const far = await run('aggregate', '--data', data, '--first', '4', '--out', out);
    expect(far.exitCode).toBe(EXIT_CODES.usage);
    const other = join(folder, 'diverged');
    writeRun(other);
    rewriteLog(other, otherQuantity);
    const bad = await run('aggregate', '--data', other, '--out', out);
    expect(bad.exitCode).toBe(EXIT_CODES.diverged);
  }, 60_000);
});

test(
  'an aggregate and a further batch are joined into one aggregate, of the same size',
  async () => {
    const joined = await prover.aggregate([{ batches: [first, second] }, third]);
    const journal = await joined.verify(expectations);
    expect([journal.firstBatchNumber, journal.lastBatchNumber]).toEqual([1n, 3n]);
    expect(journal.preStateRoot).toEqual(aggregate.journal.preStateRoot);
    expect(journal.postStateRoot).toEqual(decodeJournal(third.journal).postStateRoot);
    const { seal } = joined.receipt;
    expect(Math.abs(seal.length - aggregate.receipt.seal.length)).toBeLessThan(seal.length / 20);
    // A seal of one aggregate does not hold for another.
    await expectRejection(altered({ seal }).verify(expectations), 'PROOF_REFUSED');
  },
  TIMEOUT_MS,
);

test('a prover without proofs makes an aggregate that says so and is refused', async () => {
  const faking = await Prover.start({ fake: true });
  try {
    const fake = await faking.aggregate([second, third]);
    expect(fake.receipt.kind).toBe('fake');
    const anywhere = { ...expectations, fromGenesis: false };
    await expectRejection(fake.verify(anywhere), 'RECEIPT_FAKE');
    expect((await fake.verify({ ...anywhere, acceptFake: true })).firstBatchNumber).toBe(2n);
    await expectRejection(fake.verify(expectations), 'CHAIN_NOT_GENESIS');
  } finally {
    await faking.close();
  }
}, 60_000);
