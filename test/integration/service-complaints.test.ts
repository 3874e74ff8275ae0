import { appendFileSync, rmSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import type { BatchList, Job, JobList, Market, Readiness } from '../../queue/client/client-types.ts';
import { ContentStore } from '../../queue/store/content-store.ts';
import { DataDirectory, dataPaths } from '../../queue/store/data-directory.ts';
import { waitFor } from '../support/processes.ts';
import { packedOrders, RunningService } from '../support/running-service.ts';

// What users of proving services complain of, where no other test looks at it from their side (docs/complaints.md).

const ARGS = ['--no-auth', '--kind', 'fake', '--allow-fake', '--workers', '1'];
let service: RunningService;

afterEach(async () => {
  await service.stop('SIGKILL');
  service.remove();
});

async function submitBatches(count: number): Promise<void> {
  for (let batch = 0; batch < count; batch++) {
    const { status } = await service.post('/v1/markets/1/batches', packedOrders(1 + batch * 10, 5));
    expect(status).toBe(202);
  }
}

test('a batch that cannot be proven costs no other batch its proof, and is named with its reason', async () => {
  service = await RunningService.start({ args: ARGS, environment: { PROOFBOOK_FAKE_POISON: '2' } });
  await submitBatches(3);
  const { body } = await service.until('/v1/jobs', ({ jobs }: JobList) =>
    jobs.every(({ state }) => state === 'proven' || state === 'failed'),
  );
  expect((body as JobList).jobs.map(({ state, errorCode }) => [state, errorCode])).toEqual([
    ['proven', null],
    ['failed', 'WORKER_LOST'],
    ['proven', null],
  ]);
  const directory = new DataDirectory(service.marketRoot);
  const outcomes = directory.rows
    .list()
    .map(({ jobId }) => directory.rows.attempts(jobId).map(({ outcome }) => outcome));
  directory.close();
  expect(outcomes).toEqual([['proven'], ['WorkerLost', 'WorkerLost'], ['proven']]);
  // Proven up to here without a gap, however much is proven behind it.
  expect(((await service.get('/v1/markets/1')).body as Market).highestProvenBatch).toBe('1');
  expect((await service.get('/v1/markets/1/batches/2/receipt')).body).toMatchObject({
    code: 'RECEIPT_UNKNOWN',
  });
}, 90_000);

test('a job says how far it is while it is proven', async () => {
  service = await RunningService.start({ args: ARGS, environment: { PROOFBOOK_FAKE_DELAY_MS: '4000' } });
  await submitBatches(1);
  const seen: Job[] = [];
  await service.until('/v1/markets/1/batches', ({ batches }: BatchList) => {
    for (const { job } of batches) seen.push(job);
    return batches.every(({ job }) => job.state === 'proven');
  });
  const stages = seen.filter(({ state }) => state === 'proving').filter(({ stageTotal }) => stageTotal > 0);
  expect(new Set(stages.map(({ stage, stageTotal }) => `${stage} of ${stageTotal}`))).toEqual(
    new Set(['proving of 4']),
  );
  const done = stages.map(({ stageDone }) => stageDone);
  expect(new Set(done).size).toBeGreaterThan(1);
  expect(done).toEqual(done.toSorted((a, b) => a - b));
}, 90_000);

test('a receipt whose bytes are damaged or gone is a typed refusal, never an empty success', async () => {
  service = await RunningService.start({ args: ARGS });
  await submitBatches(1);
  await service.until('/v1/markets/1', ({ highestProvenBatch }: Market) => highestProvenBatch === '1');
  const directory = new DataDirectory(service.marketRoot);
  const [row] = directory.rows.list();
  directory.close();
  const path = new ContentStore(dataPaths(service.marketRoot).content).pathOf(row?.receiptDigest ?? '');
  expect((await service.get('/v1/markets/1/batches/1/receipt')).bytes.length).toBeGreaterThan(0);
  appendFileSync(path, 'x');
  const damaged = await service.get('/v1/markets/1/batches/1/receipt');
  expect([damaged.status, damaged.body]).toEqual([
    500,
    expect.objectContaining({ code: 'CONTENT_CORRUPTED' }),
  ]);
  rmSync(path);
  const gone = await service.get('/v1/markets/1/batches/1/receipt');
  expect([gone.status, gone.body]).toEqual([404, expect.objectContaining({ code: 'CONTENT_MISSING' })]);
}, 90_000);

test('a worker that stands still is told of: the service is not ready, and is again once it goes on', async () => {
  service = await RunningService.start({ args: ARGS, environment: { PROOFBOOK_FAKE_DELAY_MS: '3000' } });
  await submitBatches(1);
  const directory = new DataDirectory(service.marketRoot);
  const isProving = () => directory.rows.listOpen().find(({ state }) => state === 'proving');
  const job = await waitFor('a proof', isProving);
  const workerPid = directory.rows.attempts(job.jobId).at(-1)?.workerPid ?? 0;
  directory.close();
  process.kill(workerPid, 'SIGSTOP');
  try {
    const faults = await waitFor('the fault', async () => {
      const { faults } = (await service.get('/ready')).body as Readiness;
      return faults.length > 0 && faults;
    });
    expect(faults).toEqual([
      { check: 'market 1 workers', reason: expect.stringMatching(/^a worker has been silent for \d+ ms$/) },
    ]);
  } finally {
    process.kill(workerPid, 'SIGCONT');
  }
  await service.until('/ready', ({ ready }: Readiness) => ready);
  await service.until('/v1/markets/1', ({ highestProvenBatch }: Market) => highestProvenBatch === '1');
}, 120_000);
