import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeQueueEndpoint } from '../../queue/redis/queue-endpoint.ts';
import { dataPaths } from '../../queue/store/data-directory.ts';
import { descendantsOf, waitFor, waitUntilGone } from '../support/processes.ts';
import { runCli, startCli } from '../support/run-cli.ts';
import { packedOrders, RunningService } from '../support/running-service.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proofbook-worker-start-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

// What a broker leaves that was killed: the name of a Redis that is gone.
test('a worker whose queue is gone stops when it is told to, and its prover host with it', async () => {
  const data = join(folder, 'data');
  mkdirSync(data);
  writeQueueEndpoint(dataPaths(data).queueEndpoint, {
    backend: 'private-redis',
    socketPath: join(folder, 'gone.sock'),
  });
  const worker = startCli(['worker', '--data', data]);
  await waitFor('the worker at its queue', () =>
    worker.stderrSoFar().includes('gone.sock') ? true : undefined,
  );
  const below = descendantsOf(worker.pid);
  process.kill(worker.pid, 'SIGTERM');
  const { exitCode } = await worker.finished;
  expect(exitCode).toBe(0);
  await waitUntilGone([worker.pid, ...below]);
}, 120_000);

test('a worker on a directory without a broker says so and makes nothing there', async () => {
  const data = join(folder, 'mistyped');
  const { exitCode, stderr } = await runCli(['worker', '--data', data]);
  expect(exitCode).toBe(8);
  expect(stderr).toContain('QUEUE_UNAVAILABLE');
  expect(existsSync(data)).toBe(false);
}, 60_000);

// Ended by it, a worker would be given up: what it says of itself is nothing that another would do better.
test('a worker that starts while the store is locked waits for it, and proves then', async () => {
  const service = await RunningService.start({ root: join(folder, 'service') });
  const rows = new DatabaseSync(dataPaths(service.marketRoot).rows);
  rows.exec('BEGIN EXCLUSIVE');
  const worker = startCli(['worker', '--data', service.marketRoot, '--allow-fake']);
  try {
    await waitFor('the worker to find it locked', () => worker.stderrSoFar().includes('locked'));
    rows.exec('ROLLBACK');
    expect((await service.post('/v1/markets/1/batches', packedOrders(1, 5))).status).toBe(202);
    await service.until(
      '/v1/markets/1',
      ({ highestProvenBatch }: { highestProvenBatch: string }) => highestProvenBatch === '1',
    );
  } finally {
    rows.close();
    process.kill(worker.pid, 'SIGTERM');
    await worker.finished;
    await service.stop();
  }
}, 120_000);

test.each([
  [['worker', '--data', ''], 2, 'USAGE'],
  [['demo', '--data', '/dev/null/under-a-file', '--orders', '1'], 3, 'STORE_REFUSED'],
])('%j ends with exit code %i and %s', async (args, expectedExit, code) => {
  const { exitCode, stderr } = await runCli(args);
  expect(stderr).toContain(code);
  expect(exitCode).toBe(expectedExit);
});
