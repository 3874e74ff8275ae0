import { existsSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queueJobId } from '../../queue/broker/job-payload.ts';
import { openProveQueue } from '../../queue/redis/bull-queue.ts';
import { waitFor } from '../support/processes.ts';
import { QueueRun, sealSeeded } from '../support/queue-run.ts';

// No REDIS_URL and nothing on PATH: what a machine without Redis has. Workers are real processes; the jobs are such that no
// proof is needed to see them go all the way through the queue and back into the rows.
const TIMEOUT_MS = 300_000;

let run: QueueRun;

beforeAll(async () => {
  run = await new QueueRun().start({ PATH: '' });
}, TIMEOUT_MS);

afterAll(() => run.close(), TIMEOUT_MS);

describe('embedded PostgreSQL', () => {
  test('is chosen, and is reached over a socket in a directory of its own', () => {
    const { endpoint, description } = run.backend;
    if (endpoint.backend !== 'embedded-postgres') throw new Error(`chose ${endpoint.backend}`);
    expect(description).toContain('PGlite');
    expect(existsSync(`${endpoint.socketDirectory}/.s.PGSQL.5432`)).toBe(true);
  });

  test(
    'carries jobs to worker processes, retries and parking included',
    async () => {
      const queue = openProveQueue(run.backend.endpoint, run.directory.rows.storeId(), {});
      await queue.waitUntilReady();
      const batches = sealSeeded(run, 2, 3);
      for (const { jobId } of batches) {
        writeFileSync(run.directory.content.pathOf(run.directory.rows.get(jobId).witnessDigest), 'damaged');
      }
      await queue.add('prove', { version: 1, jobId: 'nonsense' }, { jobId: 'bad-payload' });
      const [first, second] = batches.map(({ jobId }) => jobId);
      await run.broker.enqueue(first ?? '');
      run.startWorkers(2);
      await waitFor('the first job', () => run.directory.rows.get(first ?? '').state === 'failed');
      // The second was never enqueued: the sweep finds it.
      await waitFor('the second job', () => run.directory.rows.get(second ?? '').state === 'failed');
      await waitFor('the parked entry', () => run.directory.rows.parkedEntries().length === 1);
      expect(run.directory.rows.get(first ?? '').errorCode).toBe('CONTENT_CORRUPTED');
      await waitFor('the queue to forget', async () => {
        return (await queue.getJobState(queueJobId(first ?? ''))) === 'unknown';
      });
      await queue.close();
    },
    TIMEOUT_MS,
  );

  test(
    'is gone once closed',
    async () => {
      const { endpoint } = run.backend;
      if (endpoint.backend !== 'embedded-postgres') throw new Error(`chose ${endpoint.backend}`);
      await run.stopAll();
      expect(existsSync(endpoint.socketDirectory)).toBe(false);
      expect(existsSync(run.directory.paths.queueEndpoint)).toBe(false);
    },
    TIMEOUT_MS,
  );
});
