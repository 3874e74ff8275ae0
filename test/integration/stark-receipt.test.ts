import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImageId } from '../../engine/brands.ts';
import { Receipt } from '../../prover/receipts/receipt.ts';
import { ExecutorEnv } from '../../prover/sdk/executor-env.ts';
import { type GuestImage, loadGuestImage } from '../../prover/sdk/image.ts';
import { Prover } from '../../prover/sdk/prover.ts';
import { expectRejection } from '../support/expect-refusal.ts';
import { sampleBatches } from '../support/sample-batches.ts';
import { SEED } from '../support/seed.ts';

// The other kind of receipt: one aggregated proof. It takes about a minute, so there is one for the whole file.
const [batch] = sampleBatches(1, 4, SEED);
if (batch === undefined) throw new Error('one batch was sampled');

let prover: Prover;
let image: GuestImage;
let receipt: Receipt;
const stages = new Set<string>();
beforeAll(async () => {
  image = loadGuestImage();
  prover = await Prover.start();
  const env = ExecutorEnv.builder().write(batch.witness).journal(batch.journal).build();
  receipt = await prover.prove(env, image, { kind: 'stark', onProgress: ({ stage }) => stages.add(stage) });
}, 600_000);
afterAll(() => prover.close());

describe('a stark receipt', () => {
  test('went through every stage and says what it is', () => {
    expect([...stages]).toEqual(['executing', 'proving', 'aggregating', 'verifying']);
    expect(receipt.kind).toBe('stark');
    expect(receipt.journal).toEqual(batch.journal);
  });

  test('is accepted, also from its file and in a host of the verifier’s own', async () => {
    await receipt.verify(image.imageId, { prover });
    await Receipt.decode(receipt.encode()).verify(image.imageId);
  }, 60_000);

  test('is refused with another image, another journal, another kind, or a changed seal', async () => {
    const other = `${image.imageId.slice(0, -1)}${image.imageId.endsWith('0') ? '1' : '0'}` as ImageId;
    const refused = (change: Partial<Receipt>, imageId = image.imageId) =>
      expectRejection(new Receipt({ ...receipt, ...change }).verify(imageId, { prover }), 'PROOF_REFUSED');
    await refused({ imageId: other }, other);
    await refused({ journal: batch.journal.map((byte, i) => (i === 100 ? byte ^ 1 : byte)) });
    await refused({ kind: 'app' });
    for (const part of [0, 0.1, 0.3, 0.5, 0.7, 0.9]) {
      const at = Math.floor(part * receipt.seal.length);
      await refused({ seal: receipt.seal.map((byte, i) => (i === at ? byte ^ 4 : byte)) });
    }
    await refused({ seal: receipt.seal.slice(0, -1) });
  }, 60_000);
});
