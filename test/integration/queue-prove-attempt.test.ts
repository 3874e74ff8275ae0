import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { Prover } from '../../prover/sdk/prover.ts';
import { jobIdentity } from '../../queue/store/job-identity.ts';
import { workerIdentity } from '../../queue/store/worker-identity.ts';
import { proveJob } from '../../queue/worker/prove-attempt.ts';
import { expectRejection } from '../support/expect-refusal.ts';
import { QueueRun, sealSeeded } from '../support/queue-run.ts';

const TIMEOUT_MS = 600_000;

let run: QueueRun;
let prover: Prover;

beforeAll(async () => {
  run = new QueueRun();
  prover = await Prover.start();
}, TIMEOUT_MS);

afterAll(async () => {
  await prover.close();
  await run.close();
}, TIMEOUT_MS);

describe('one attempt at a job', () => {
  test(
    'closes nothing when the proof, though it holds, is not the one that the job is about',
    async () => {
      const [batch] = sealSeeded(run, 1, 2);
      const { rows, claims, content } = run.directory;
      const sealedRow = rows.get(batch?.jobId ?? '');
      // The same batch, to be proven under parameters that no prover here has.
      const parametersDigest = 'a'.repeat(64);
      const witness = content.get(sealedRow.witnessDigest);
      const jobId = jobIdentity({ ...run.policy, parametersDigest, journal: sealedRow.journal, witness });
      rows.insert({ ...sealedRow, jobId, parametersDigest });
      const claimed = claims.claim(jobId, workerIdentity(process.pid));
      if (claimed.outcome !== 'claimed') throw new Error(`not claimed: ${claimed.outcome}`);
      const image = loadGuestImage();
      const context = {
        directory: run.directory,
        prover,
        image,
        signal: new AbortController().signal,
        timeoutMs: TIMEOUT_MS,
      };
      await expectRejection(proveJob(context, claimed.claim, claimed.row), 'PROOF_REFUSED', {
        reason: 'parametersDigest',
      });
      expect(rows.get(jobId)).toMatchObject({ state: 'verifying', receiptDigest: undefined });
      expect(rows.get(jobId).figures?.instructionCount).toBeGreaterThan(5_000);
    },
    TIMEOUT_MS,
  );

  test('refuses another image before it costs anything', async () => {
    const [batch] = sealSeeded(run, 1, 2);
    const { rows, claims } = run.directory;
    const claimed = claims.claim(batch?.jobId ?? '', workerIdentity(process.pid));
    if (claimed.outcome !== 'claimed') throw new Error(`not claimed: ${claimed.outcome}`);
    const { elf } = loadGuestImage();
    const image = { elf, imageId: 'b'.repeat(64) as ReturnType<typeof loadGuestImage>['imageId'] };
    const context = {
      directory: run.directory,
      prover,
      image,
      signal: new AbortController().signal,
      timeoutMs: 1,
    };
    await expectRejection(proveJob(context, claimed.claim, claimed.row), 'IMAGE_MISMATCH');
    expect(rows.get(batch?.jobId ?? '').state).toBe('executing');
  });
});
