import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Digest, ImageId } from '../../engine/brands.ts';
import type { SealedBatch } from '../../engine/engine.ts';
import { decodeJournal, encodeJournal } from '../../engine/journal.ts';
import { Receipt, type ReceiptContent } from '../../prover/receipts/receipt.ts';
import { ExecutorEnv } from '../../prover/sdk/executor-env.ts';
import type { Progress } from '../../prover/sdk/host-process.ts';
import { type GuestImage, loadGuestImage } from '../../prover/sdk/image.ts';
import { Prover } from '../../prover/sdk/prover.ts';
import { PINNED_PARAMETERS } from '../../prover/verifier/pinned.ts';
import { verifyChain } from '../../prover/verifier/verify-chain.ts';
import { expectRejection } from '../support/expect-refusal.ts';
import { seededBytes } from '../support/random-bytes.ts';
import { sampleBatches } from '../support/sample-batches.ts';
import { SEED } from '../support/seed.ts';

// The real host and the real guest. One proof of the first batch is made for the whole file; every attack starts from it.
const batches = sampleBatches(2, 8, SEED);
const first = batches[0] ?? raise();
const second = batches[1] ?? raise();
const envOf = (batch: SealedBatch) =>
  ExecutorEnv.builder().write(batch.witness).journal(batch.journal).build();

let prover: Prover;
let fakeProver: Prover;
let image: GuestImage;
let receipt: Receipt;
const progress: Progress[] = [];

beforeAll(async () => {
  image = loadGuestImage();
  prover = await Prover.start();
  fakeProver = await Prover.start({ fake: true });
  receipt = await prover.prove(envOf(first), image, { onProgress: (p) => progress.push(p) });
}, 300_000);
afterAll(() => Promise.all([prover?.close(), fakeProver?.close()]));

const altered = (change: Partial<ReceiptContent>) => new Receipt({ ...receipt, ...change });
const flipped = (bytes: Uint8Array, offset: number, mask = 1) =>
  bytes.map((byte, i) => (i === offset ? byte ^ mask : byte));
const refusedBecause = (reason: string, changed: Receipt, imageId: ImageId = image.imageId) =>
  expectRejection(changed.verify(imageId, { prover }), 'PROOF_REFUSED', { reason });

describe('executing', () => {
  test('runs the true witness, reveals its journal digest, and counts the same each time', async () => {
    const one = await prover.execute(envOf(first), image);
    const two = await prover.execute(envOf(first), image);
    expect(one.publicValues).toEqual(new Uint8Array(first.journalDigest));
    expect(one.instructionCount).toBeGreaterThan(1_000);
    expect(one.segmentCount).toBe(receipt.session.segmentCount);
    expect({ ...two, executeDurationMs: 0 }).toEqual({ ...one, executeDurationMs: 0 });
  });

  test('a tampered witness traps with the exit code of the refusal', async () => {
    const env = ExecutorEnv.builder()
      .write(flipped(first.witness, 64 + 96))
      .build();
    await expectRejection(prover.execute(env, image), 'GUEST_TRAPPED', { exitCode: 10 });
    await expectRejection(prover.prove(envWithJournal(env), image), 'GUEST_TRAPPED', { exitCode: 10 });
  });

  test('another journal than the one asked for is JOURNAL_MISMATCH', async () => {
    const env = ExecutorEnv.builder().write(first.witness).journal(second.journal).build();
    const expected = Buffer.from(second.journalDigest).toString('hex');
    await expectRejection(prover.execute(env, image), 'JOURNAL_MISMATCH', { expected });
  });

  test('an ELF that is none is IMAGE_MALFORMED, and the host goes on', async () => {
    const elf = seededBytes(1_000, SEED);
    await expectRejection(prover.execute(envOf(first), { ...image, elf }), 'IMAGE_MALFORMED');
    await prover.execute(envOf(first), image);
  });
});

describe('proving', () => {
  test('gives a receipt of this batch, this image and these parameters', () => {
    expect(receipt.kind).toBe('app');
    expect(receipt.backend).toBe('openvm');
    expect(receipt.imageId).toBe(image.imageId);
    expect(receipt.journal).toEqual(first.journal);
    expect(receipt.parametersDigest).toBe(prover.hello.parametersDigest);
    expect(receipt.session.instructionCount).toBeGreaterThan(1_000);
    expect(receipt.proveDurationMs).toBeGreaterThan(0);
  });

  test('reports its stages in order, and counts segments', () => {
    const stages = progress.map(({ stage }) => stage);
    expect(stages.filter((stage, i) => stage !== stages[i - 1])).toEqual([
      'executing',
      'proving',
      'verifying',
    ]);
    const proving = progress.filter(({ stage }) => stage === 'proving');
    expect(proving.map(({ done }) => done)).toEqual(proving.map((_, i) => i));
    expect(proving.at(-1)?.done).toBe(receipt.session.segmentCount);
    expect(new Set(proving.map(({ total }) => total))).toEqual(new Set([receipt.session.segmentCount]));
  });

  test('refuses an env without a journal; executing refuses an image whose id is not that of its ELF', async () => {
    const env = ExecutorEnv.builder().write(first.witness).build();
    await expectRejection(prover.prove(env, image), 'INVALID_FIELD', { field: 'journal' });
    const imageId = otherId(image.imageId);
    await expectRejection(prover.execute(envOf(first), { ...image, imageId }), 'IMAGE_MISMATCH', {
      value: image.imageId,
      expected: imageId,
    });
  });
});

describe('verifying', () => {
  test('accepts the receipt, before and after it was a file, in the prover and in a host of its own', async () => {
    await receipt.verify(image.imageId, { prover });
    const file = receipt.encode();
    const decoded = Receipt.decode(file);
    expect(decoded.encode()).toEqual(file);
    await decoded.verify(image.imageId);
  }, 60_000);

  test('refuses every flipped bit of the seal that is tried: start, end, and many between', async () => {
    const { length } = receipt.seal;
    const dice = new DataView(seededBytes(40 * 4, SEED).buffer);
    const offsets = Array.from({ length: 40 }, (_, i) => dice.getUint32(i * 4, true) % length);
    for (const offset of [0, 1, 3, 4, length - 1, ...offsets]) {
      const seal = flipped(receipt.seal, offset, 1 << (offset % 8));
      await expectRejection(altered({ seal }).verify(image.imageId, { prover }), 'PROOF_REFUSED');
    }
  }, 60_000);

  test('refuses a seal that is cut short, extended, doubled, or nothing but noise', async () => {
    const { seal } = receipt;
    const others = [seal.slice(0, -1), seal.slice(0, 100), seal.slice(0, 1), seededBytes(seal.length, SEED)];
    const longer = [new Uint8Array([...seal, 0]), new Uint8Array([...seal, ...seal])];
    for (const other of [...others, ...longer])
      await refusedBecause('malformedSeal', altered({ seal: other }));
    await refusedBecause('malformedSeal', altered({ seal: new Uint8Array(0) }));
  });

  test('refuses every changed byte of the journal that is tried, and the journal of another batch', async () => {
    for (let offset = 0; offset < 256; offset += 15) {
      await refusedBecause('publicValuesMismatch', altered({ journal: flipped(receipt.journal, offset) }));
    }
    await refusedBecause('publicValuesMismatch', altered({ journal: second.journal }));
    await refusedBecause('publicValuesMismatch', altered({ journal: new Uint8Array(0) }));
  });

  test('refuses another image, whether the receipt admits it or not', async () => {
    const other = otherId(image.imageId);
    await expectRejection(receipt.verify(other, { prover }), 'IMAGE_MISMATCH', { expected: other });
    await expectRejection(altered({ imageId: other }).verify(image.imageId, { prover }), 'IMAGE_MISMATCH');
    await refusedBecause('imageMismatch', altered({ imageId: other }), other);
  });

  test('refuses the seal under another kind', async () => {
    await refusedBecause('malformedSeal', altered({ kind: 'stark' }));
  }, 120_000);

  test('refuses parameters that are not pinned, and a header that does not say what the pin says', async () => {
    const pinned = PINNED_PARAMETERS[0] ?? raise();
    const parametersDigest = '00'.repeat(32);
    const elsewhere = altered({ parametersDigest });
    await expectRejection(elsewhere.verify(image.imageId, { prover }), 'PARAMETERS_NOT_PINNED');
    // Even a caller who accepts them gets no yes from a host that runs under others.
    const parameters = { ...receipt.parameters, securityBits: 1 };
    const acceptedParameters = [{ ...pinned, parametersDigest }];
    await expectRejection(elsewhere.verify(image.imageId, { prover, acceptedParameters }), 'RECEIPT_HEADER');
    const verifySeal = prover.verifySeal({
      kind: 'app',
      imageId: image.imageId,
      parametersDigest,
      publicValues: first.journalDigest,
      seal: receipt.seal,
    });
    await expectRejection(verifySeal, 'PARAMETERS_MISMATCH');
    await expectRejection(altered({ parameters }).verify(image.imageId, { prover }), 'RECEIPT_HEADER', {
      field: 'parameters',
    });
    await expectRejection(
      altered({ backendVersion: '1.0' }).verify(image.imageId, { prover }),
      'RECEIPT_HEADER',
      {
        field: 'backendVersion',
      },
    );
  });

  test('a host under other parameters refuses the receipt', async () => {
    const taller = await Prover.start({ logStackedHeight: 21 });
    try {
      expect(taller.hello.parametersDigest).not.toBe(receipt.parametersDigest);
      await expectRejection(receipt.verify(image.imageId, { prover: taller }), 'PARAMETERS_MISMATCH', {
        value: receipt.parametersDigest,
        expected: taller.hello.parametersDigest,
      });
    } finally {
      await taller.close();
    }
  }, 60_000);
});

describe('a chain with a real proof', () => {
  const configDigest: Digest = decodeJournal(first.journal).configDigest;

  test('is accepted from genesis, in a host of the verifier’s own', async () => {
    const chain = await verifyChain([receipt], { imageId: image.imageId, configDigest, fromGenesis: true });
    expect(chain.postStateRoot).toEqual(decodeJournal(first.journal).postStateRoot);
  }, 60_000);

  test('is refused where a receipt carries the seal of another batch', async () => {
    const borrowed = altered({ journal: second.journal });
    const expectations = { imageId: image.imageId, configDigest, fromGenesis: true, prover };
    await expectRejection(verifyChain([receipt, borrowed], expectations), 'CHAIN_RECEIPT_REFUSED', {
      batchNumber: 2n,
      receiptError: 'PROOF_REFUSED',
    });
  });

  test('is refused where a journal was rewritten so that it links', async () => {
    const journal = decodeJournal(first.journal);
    const rewritten = altered({
      journal: encodeJournal({ ...journal, postStateRoot: journal.commandsRoot }),
    });
    const expectations = { imageId: image.imageId, configDigest, fromGenesis: true, prover };
    await expectRejection(verifyChain([rewritten], expectations), 'CHAIN_RECEIPT_REFUSED', {
      batchNumber: 1n,
    });
  });
});

describe('fake receipts', () => {
  test('say what they are, and are refused unless accepted by name', async () => {
    const fake = await fakeProver.prove(envOf(first), image);
    expect({ kind: fake.kind, backend: fake.backend, seal: fake.seal.length }).toEqual({
      kind: 'fake',
      backend: 'fake',
      seal: 0,
    });
    expect(fake.session.instructionCount).toBe(receipt.session.instructionCount);
    const decoded = Receipt.decode(fake.encode());
    await expectRejection(decoded.verify(image.imageId), 'RECEIPT_FAKE');
    await expectRejection(decoded.verify(image.imageId, { prover: fakeProver }), 'RECEIPT_FAKE');
    await decoded.verify(image.imageId, { acceptFake: true });
    await expectRejection(decoded.verify(otherId(image.imageId), { acceptFake: true }), 'IMAGE_MISMATCH');
  });

  test('are only made of runs that the guest accepts', async () => {
    const tampered = ExecutorEnv.builder()
      .write(flipped(first.witness, 64 + 96))
      .journal(first.journal)
      .build();
    await expectRejection(fakeProver.prove(tampered, image), 'GUEST_TRAPPED', { exitCode: 10 });
    const other = ExecutorEnv.builder().write(first.witness).journal(second.journal).build();
    await expectRejection(fakeProver.prove(other, image), 'JOURNAL_MISMATCH');
    const imageId = otherId(image.imageId);
    await expectRejection(fakeProver.prove(envOf(first), { ...image, imageId }), 'IMAGE_MISMATCH');
  });

  test('cannot be had by relabelling a real receipt, nor a real one by relabelling a fake', async () => {
    const fake = await fakeProver.prove(envOf(first), image);
    const dressed = new Receipt({ ...fake, kind: 'app', backend: 'openvm' });
    await refusedBecause('malformedSeal', dressed);
    expect(() => dressed.encode()).toThrow('sealBytes');
    expect(() => altered({ kind: 'fake' }).encode()).toThrow('backend');
  });

  test('a real prover makes no fake', async () => {
    expect(receipt.kind).toBe('app');
    expect(receipt.seal.length).toBeGreaterThan(10_000);
  });
});

function envWithJournal(env: ExecutorEnv): ExecutorEnv {
  return new ExecutorEnv(env.inputs, first.journal);
}

/** An image id that differs in its last digit and is still a commitment. */
function otherId(imageId: ImageId): ImageId {
  return `${imageId.slice(0, -1)}${imageId.endsWith('0') ? '1' : '0'}` as ImageId;
}

function raise(): never {
  throw new Error('the sample is there');
}
