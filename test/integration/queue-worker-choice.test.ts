import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { jobIdentity } from '../../queue/store/job-identity.ts';
import { commandLineOf, descendantsOf, waitFor } from '../support/processes.ts';
import { QueueRun, sealSeeded } from '../support/queue-run.ts';

// Real workers with the stand-in prover, on whatever backend this machine resolves to.
const TIMEOUT_MS = 120_000;

let run: QueueRun | undefined;

afterEach(async () => {
  await run?.close();
  run = undefined;
}, TIMEOUT_MS);

test(
  'a worker leaves a job of another version to others, and says what it is itself',
  async () => {
    run = await new QueueRun('fake').start();
    const { directory, policy, lines } = run;
    const [batch] = sealSeeded(run, 1, 3);
    const sealedRow = directory.rows.get(batch?.jobId ?? '');
    const imageId = 'e'.repeat(64);
    const witness = directory.content.get(sealedRow.witnessDigest);
    const foreign = jobIdentity({ ...policy, imageId, journal: sealedRow.journal, witness });
    directory.rows.insert({ ...sealedRow, jobId: foreign, imageId, batchNumber: 9 });
    run.startWorkers(1);
    await run.broker.sweep();
    await waitFor('the job that it can prove', () => directory.rows.get(sealedRow.jobId).state === 'proven');
    await waitFor('the word about the other', () =>
      lines.some((line) => line.includes('batch 9 is left to others: imageId is eeee')),
    );
    expect(directory.rows.get(foreign)).toMatchObject({ state: 'queued', claimToken: 0 });
    expect(directory.workers.living()).toMatchObject([
      {
        backend: 'fake',
        imageId: policy.imageId,
        parametersDigest: policy.parametersDigest,
        receiptKinds: ['fake'],
      },
    ]);
  },
  TIMEOUT_MS,
);

test(
  'a worker is recycled after its jobs, and its prover host runs on the cores that are asked for',
  async () => {
    run = await new QueueRun('fake').start();
    const { directory } = run;
    const batches = sealSeeded(run, 3, 3);
    const supervisor = run.startWorkers(1, ['--recycle-after', '1', '--cpus', '0']);
    const [first] = supervisor.pids;
    const host = await waitFor('the prover host', () =>
      descendantsOf(first ?? 0).find((pid) => commandLineOf(pid).includes('fake-host/main.ts')),
    );
    expect(readFileSync(`/proc/${host}/status`, 'utf8')).toMatch(/^Cpus_allowed_list:\t0$/m);
    await run.broker.sweep();
    await waitFor('all of them', () =>
      batches.every(({ jobId }) => directory.rows.get(jobId).state === 'proven'),
    );
    const workers = batches.map(({ jobId }) => directory.rows.attempts(jobId).at(-1)?.workerPid);
    expect(new Set(workers).size, 'each job by a fresh worker').toBe(3);
    expect(supervisor.failure).toBeUndefined();
  },
  TIMEOUT_MS,
);
