import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Receipt } from '../../prover/receipts/receipt.ts';
import { PINNED_IMAGE } from '../../prover/verifier/pinned.ts';
import { queueJobId } from '../../queue/broker/job-payload.ts';
import type { StoredBatch } from '../../queue/broker/sequencer.ts';
import { openProveQueue, type ProveQueue } from '../../queue/redis/bull-queue.ts';
import { jobIdentity } from '../../queue/store/job-identity.ts';
import type { JobState } from '../../queue/store/job-row.ts';
import { commandLineOf, descendantsOf, isRunning, waitFor, waitUntilGone } from '../support/processes.ts';
import { QueueRun, sealSeeded } from '../support/queue-run.ts';

// Real workers and real proofs on whatever backend this machine resolves to.
const TIMEOUT_MS = 600_000;

let run: QueueRun;
let queue: ProveQueue;
const batches: StoredBatch[] = [];

beforeAll(async () => {
  run = await new QueueRun().start();
  batches.push(...sealSeeded(run, 1, 4));
  queue = openProveQueue(run.backend.endpoint, run.directory.rows.storeId(), {});
  await queue.waitUntilReady();
}, TIMEOUT_MS);

afterAll(async () => {
  await queue.close();
  await run.close();
}, TIMEOUT_MS);

const jobIdOf = (index: number): string => batches[index]?.jobId ?? '';
const untilState = (jobId: string, ...states: readonly JobState[]) =>
  waitFor(`${states} of ${jobId}`, () => states.includes(run.directory.rows.get(jobId).state));
const outcomesOf = (jobId: string) => run.directory.rows.attempts(jobId).map(({ outcome }) => outcome);

/** The worker that holds the job now and its prover host. */
async function proverOf(jobId: string): Promise<{ readonly worker: number; readonly host: number }> {
  return waitFor('a worker at the proof', () => {
    const row = run.directory.rows.get(jobId);
    const last = run.directory.rows.attempts(jobId).at(-1);
    if (row.state !== 'proving' || last === undefined || last.outcome !== undefined) return undefined;
    const host = descendantsOf(last.workerPid).find((pid) => commandLineOf(pid).includes('proofbook-host'));
    return host === undefined ? undefined : { worker: last.workerPid, host };
  });
}

describe('prove worker', () => {
  test(
    'that is killed costs a retry, so does its prover host, and neither a batch nor an orphan',
    async () => {
      const supervisor = run.startWorkers(1);
      const jobId = jobIdOf(0);
      await run.broker.enqueue(jobId);

      const first = await proverOf(jobId);
      expect(supervisor.pids).toContain(first.worker);
      const below = descendantsOf(first.worker);
      process.kill(first.worker, 'SIGKILL');
      await waitUntilGone([first.worker, ...below]);

      const second = await proverOf(jobId);
      expect(second.worker).not.toBe(first.worker);
      process.kill(second.host, 'SIGKILL');
      await waitUntilGone([second.host]);
      expect(isRunning(second.worker), 'the worker outlives its host').toBe(true);

      await untilState(jobId, 'proven', 'failed');
      expect(outcomesOf(jobId)).toEqual(['WorkerLost', 'HostLost', 'proven']);
      const { receiptDigest } = run.directory.rows.get(jobId);
      const receipt = Receipt.decode(run.directory.content.get(receiptDigest ?? ''));
      await receipt.verify(PINNED_IMAGE.imageId);
      expect(Buffer.from(receipt.journal).equals(batches[0]?.sealed.journal ?? new Uint8Array())).toBe(true);
      const reasons = run.directory.rows.changes(jobId).map(({ state, reason }) => `${state}: ${reason}`);
      expect(reasons.filter((reason) => reason.startsWith('queued: WorkerLost, retry 1 of 1'))).toHaveLength(
        1,
      );
      expect(reasons.filter((reason) => reason.startsWith('queued: HostLost, retry 1 of 3'))).toHaveLength(1);
    },
    TIMEOUT_MS,
  );

  test(
    'that is told to stop gives its job back, and leaves no process',
    async () => {
      batches.push(...sealSeeded(run, 1, 4));
      const jobId = jobIdOf(1);
      run.startWorkers(1);
      await run.broker.enqueue(jobId);
      const { worker } = await proverOf(jobId);
      const below = descendantsOf(worker);
      process.kill(worker, 'SIGTERM');
      await waitUntilGone([worker, ...below]);
      expect(outcomesOf(jobId)).toEqual(['released']);
      expect(run.directory.rows.get(jobId).state).toBe('queued');
    },
    TIMEOUT_MS,
  );

  test(
    'parks entries that name no job, fails jobs whose bytes are bad, and goes on',
    async () => {
      await waitFor(
        'a worker in place of the one that was stopped',
        () => run.startWorkers(1).pids.length > 0,
      );
      const known = jobIdOf(1);
      const unknown = 'f'.repeat(64);
      const add = (payload: unknown, name: string) => queue.add('prove', payload as never, { jobId: name });
      await add({ version: 1, jobId: 'nonsense' }, 'bad-payload');
      await add({ version: 1, jobId: known }, 'another-name');
      await add({ version: 1, jobId: unknown }, queueJobId(unknown));
      const damaged = insertDamaged();
      const tampered = insertTampered();
      await run.broker.sweep();
      await untilState(damaged, 'failed');
      await untilState(tampered, 'failed');
      expect(run.directory.rows.get(damaged).errorCode).toBe('CONTENT_CORRUPTED');
      expect(run.directory.rows.get(tampered).errorCode).toBe('GUEST_TRAPPED');
      expect(outcomesOf(damaged)).toEqual(['InvalidInput']);
      expect(outcomesOf(tampered)).toEqual(['GuestTrap']);
      await waitFor('three parked entries', () => run.directory.rows.parkedEntries().length === 3);
      const parked = run.directory.rows.parkedEntries();
      expect(parked.map(({ queueJobId: id, errorCode }) => [id, errorCode]).sort()).toEqual([
        ['another-name', 'JOB_MALFORMED'],
        ['bad-payload', 'JOB_MALFORMED'],
        [queueJobId(unknown), 'JOB_UNKNOWN'],
      ]);
      expect(parked.find(({ queueJobId: id }) => id === 'bad-payload')?.payload).toContain('nonsense');
      // The job that was given back before is proven all the same.
      await untilState(known, 'proven', 'failed');
      expect(outcomesOf(known)).toEqual(['released', 'proven']);
    },
    TIMEOUT_MS,
  );
});

/** A job whose witness is damaged on the disk. */
function insertDamaged(): string {
  const { content, rows } = run.directory;
  const sealed = batches[0]?.sealed;
  if (sealed === undefined) throw new Error('no batch was sealed');
  const witness = Buffer.concat([sealed.witness, Buffer.alloc(8)]);
  const jobId = jobIdentity({ ...run.policy, journal: sealed.journal, witness });
  const witnessDigest = content.put(witness);
  rows.insert({ ...rows.get(jobIdOf(0)), jobId, batchNumber: 101, witnessDigest });
  writeFileSync(content.pathOf(witnessDigest), 'damaged');
  return jobId;
}

/** A job whose witness is whole but false: one more lot in the first order. */
function insertTampered(): string {
  const { content, rows } = run.directory;
  const sealed = batches[0]?.sealed;
  if (sealed === undefined) throw new Error('no batch was sealed');
  const witness = Buffer.from(sealed.witness);
  const last = witness.length - 8;
  witness.writeBigUInt64LE(witness.readBigUInt64LE(last) + 1n, last);
  const jobId = jobIdentity({ ...run.policy, journal: sealed.journal, witness });
  rows.insert({ ...rows.get(jobIdOf(0)), jobId, batchNumber: 102, witnessDigest: content.put(witness) });
  return jobId;
}
