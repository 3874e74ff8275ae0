import { appendFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import { encodeCommands } from '../../engine/command.ts';
import { queueJobId } from '../../queue/broker/job-payload.ts';
import { Sequencer } from '../../queue/broker/sequencer.ts';
import { openProveQueue, type ProveQueue } from '../../queue/redis/bull-queue.ts';
import { chooseBackend } from '../../queue/redis/resolve-backend.ts';
import { encodeEntry } from '../../queue/store/command-log.ts';
import { commandLineOf, descendantsOf, waitFor, waitUntilGone } from '../support/processes.ts';
import { QueueRun, sealSeeded } from '../support/queue-run.ts';

const hasRedis = chooseBackend({ PATH: process.env.PATH }).backend === 'private-redis';

let run: QueueRun | undefined;
let queue: ProveQueue | undefined;

afterEach(async () => {
  await queue?.close();
  await run?.close();
  queue = undefined;
  run = undefined;
});

async function startRun(): Promise<{ readonly run: QueueRun; readonly queue: ProveQueue }> {
  run = await new QueueRun().start();
  queue = openProveQueue(run.backend.endpoint, run.directory.rows.storeId(), {});
  queue.on('error', () => undefined);
  await queue.waitUntilReady();
  return { run, queue };
}

describe.skipIf(!hasRedis)('broker on a private Redis (skipped where no Redis server is on PATH)', () => {
  test('enqueues at start what was sealed and not enqueued: the crash between the two', async () => {
    const started = await startRun();
    const [first, second] = sealSeeded(started.run, 2, 3);
    const state = (jobId = '') => started.queue.getJobState(queueJobId(jobId));
    expect(await state(first?.jobId)).toBe('unknown');
    await started.run.broker.enqueue(first?.jobId ?? '');
    expect(await state(first?.jobId)).toBe('prioritized');
    await started.run.startBroker();
    expect(await state(second?.jobId)).toBe('prioritized');
    expect(await started.run.broker.sweep(), 'nothing is missing any more').toBe(0);
  });

  test('enqueues again, by itself, what Redis forgot', async () => {
    const started = await startRun();
    const batches = sealSeeded(started.run, 2, 3);
    for (const { jobId } of batches) await started.run.broker.enqueue(jobId);
    const { endpoint } = started.run.backend;
    if (endpoint.backend !== 'private-redis') throw new Error('not a private Redis');
    const client = new Redis({ path: endpoint.socketPath });
    await client.flushall();
    client.disconnect();
    for (const { jobId } of batches) {
      await waitFor(
        'the sweep',
        async () => (await started.queue.getJobState(queueJobId(jobId))) === 'prioritized',
      );
    }
    expect(started.run.lines.filter((line) => line.includes('enqueued again'))).toHaveLength(2);
  });

  test('loses nothing when Redis is killed while a job is handed over', async () => {
    const started = await startRun();
    const [batch] = sealSeeded(started.run, 1, 3);
    const server = descendantsOf(process.pid).find((pid) =>
      /^\S*(redis|valkey)-server/.test(commandLineOf(pid)),
    );
    if (server === undefined) throw new Error('no server process found');
    process.kill(server, 'SIGKILL');
    await waitUntilGone([server]);
    // Resolves at once whatever happens: the store has the job, and the sweep comes again.
    await started.run.broker.enqueue(batch?.jobId ?? '');
    await waitFor('the job', async () => {
      const state = await started.queue.getJobState(queueJobId(batch?.jobId ?? '')).catch(() => 'away');
      return state === 'prioritized';
    });
  });

  test("neither enqueues closed jobs nor another store's", async () => {
    const started = await startRun();
    const [batch] = sealSeeded(started.run, 1, 3);
    const jobId = batch?.jobId ?? '';
    started.run.directory.claims.closeProven({ jobId, token: 0 }, 'd'.repeat(64), 1);
    expect(await started.run.broker.sweep()).toBe(0);
    expect(await started.queue.getJobState(queueJobId(jobId))).toBe('unknown');
    const other = openProveQueue(started.run.backend.endpoint, '0'.repeat(16), {});
    await started.queue.add('prove', { version: 1, jobId }, { jobId: queueJobId(jobId) });
    expect(await other.getJobState(queueJobId(jobId))).toBe('unknown');
    await other.close();
  });
});

describe('sequencer', () => {
  test('opened again, it goes on where it was, stores what only the log has, and forgets a torn entry', async () => {
    run = new QueueRun();
    const { directory, policy } = run;
    const [first] = sealSeeded(run, 1, 4);
    // A crash after the log's append and before the row: the log alone knows batch 2.
    const commands = encodeCommands([
      {
        kind: 'place',
        side: 'bid',
        timeInForce: 'GTC',
        account: 1,
        clientOrderId: 1n,
        price: 5n,
        quantity: 1n,
      },
    ]);
    const timestampNs = 2_000_000_000_000_000_000n;
    directory.commandLog.append({ batchNumber: 2n, timestampNs, commands });
    // And one during the append of batch 3.
    const torn = encodeEntry({ batchNumber: 3n, timestampNs, commands });
    appendFileSync(directory.paths.commandLog, torn.subarray(0, torn.length - 1));

    const again = Sequencer.open(directory, policy);
    const rows = directory.rows.list();
    expect(rows.map(({ batchNumber, state }) => [batchNumber, state])).toEqual([
      [1, 'queued'],
      [2, 'queued'],
    ]);
    expect(rows[0]?.jobId, 'the same identity: the same job').toBe(first?.jobId);
    expect(directory.content.get(rows[1]?.commandsDigest ?? '')).toEqual(Buffer.from(commands));
    expect(again.seal(commands, timestampNs).batchNumber).toBe(3);
    expect(directory.commandLog.read().batches).toHaveLength(3);
  });
});
