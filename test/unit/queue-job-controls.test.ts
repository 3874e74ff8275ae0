import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { queuePriority } from '../../queue/broker/job-order.ts';
import { DataDirectory } from '../../queue/store/data-directory.ts';
import type { JobUrgency, NewJob } from '../../queue/store/job-row.ts';
import { workerIdentity } from '../../queue/store/worker-identity.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

const ME = workerIdentity(process.pid);
const RECEIPT = 'd'.repeat(64);

let folder: string;
let directory: DataDirectory;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proofbook-controls-'));
  directory = new DataDirectory(folder);
});

afterEach(() => {
  directory.close();
  rmSync(folder, { recursive: true });
});

function insert(batchNumber: number, urgency: JobUrgency = {}): string {
  const jobId = batchNumber.toString(16).padStart(64, '0');
  const job: NewJob = {
    jobId,
    batchNumber,
    receiptKind: 'app',
    imageId: '2'.repeat(64),
    parametersDigest: '3'.repeat(64),
    journal: new Uint8Array(256).fill(7),
    witnessDigest: '4'.repeat(64),
    commandsDigest: '5'.repeat(64),
    transitionsDigest: '6'.repeat(64),
    ...urgency,
  };
  directory.rows.insert(job, 1000);
  return jobId;
}

function claim(jobId: string) {
  const result = directory.claims.claim(jobId, ME);
  if (result.outcome !== 'claimed') throw new Error(`not claimed: ${result.outcome}`);
  return result.claim;
}

describe('a canceled job', () => {
  test('is taken from its worker, is handed to none, and does not count as a failure', () => {
    const jobId = insert(1);
    const held = claim(jobId);
    directory.controls.cancel(jobId, 'not wanted');
    expect(directory.claims.isHeld(held)).toBe(false);
    expectRefusal(() => directory.claims.advance(held, 'proving', ''), 'CLAIM_LOST');
    expectRefusal(() => directory.claims.closeFailed(held, new Error('?')), 'CLAIM_LOST');
    expect(directory.claims.claim(jobId, ME)).toEqual({ outcome: 'closed', state: 'canceled' });
    expect(directory.rows.get(jobId)).toMatchObject({ errorCode: 'CANCELED', errorMessage: 'not wanted' });
    expect(directory.rows.attempts(jobId).map(({ outcome }) => outcome)).toEqual(['canceled']);
    expectRefusal(() => directory.controls.cancel(jobId, ''), 'JOB_MALFORMED', { value: 'canceled' });
  });

  test('is proven by a valid proof that comes late, and can be asked for again', () => {
    const [first, second] = [insert(1), insert(2)];
    const held = claim(first);
    directory.controls.cancel(first, '');
    expect(directory.claims.closeProven(held, RECEIPT, 5)).toBe('closed');
    expect(directory.rows.get(first)).toMatchObject({ state: 'proven', receiptDigest: RECEIPT });
    expectRefusal(() => directory.controls.cancel(first, ''), 'JOB_MALFORMED', { value: 'proven' });
    directory.controls.cancel(second, '');
    directory.controls.requeue(second, 'wanted after all');
    claim(second);
  });
});

describe('a deadline', () => {
  test('ends what is open when it passes, and nothing else', () => {
    const late = insert(1, { deadlineAtMs: 2000 });
    const proven = insert(2, { deadlineAtMs: 2000 });
    const free = insert(3);
    directory.claims.closeProven(claim(proven), RECEIPT, 5);
    expect(directory.controls.expire(2000)).toEqual([]);
    expect(directory.controls.expire(2001).map(({ jobId }) => jobId)).toEqual([late]);
    expect([late, proven, free].map((id) => directory.rows.get(id).state)).toEqual([
      'timed_out',
      'proven',
      'queued',
    ]);
    directory.controls.requeue(late, 'again');
    expect(directory.controls.expire(9000), 'a requeued job has no deadline').toEqual([]);
  });
});

describe('the order of work', () => {
  const order = () =>
    [...directory.rows.listOpen()]
      .sort((a, b) => queuePriority(a) - queuePriority(b) || a.batchNumber - b.batchNumber)
      .map(({ batchNumber }) => batchNumber);

  test('goes by priority, and tenants take turns within one', () => {
    for (const batch of [1, 2, 3, 4]) insert(batch, { tenant: 'many' });
    insert(5, { tenant: 'few' });
    insert(6, { tenant: 'few' });
    insert(7, { priority: 9 });
    expect(order()).toEqual([7, 1, 5, 2, 6, 3, 4]);
  });

  test('serves a tenant that comes late at once, but not for what it did not use', () => {
    const first = insert(1, { tenant: 'many' });
    for (const batch of [2, 3, 4]) insert(batch, { tenant: 'many' });
    directory.claims.closeProven(claim(first), RECEIPT, 5);
    for (const batch of [5, 6, 7]) insert(batch, { tenant: 'late' });
    expect(order()).toEqual([2, 5, 3, 6, 4, 7]);
  });

  test.each([[-1], [10], [0.5]])('has no priority %d', (priority) => {
    expectRefusal(() => insert(1, { priority }), 'INVALID_FIELD', { field: 'priority', value: priority });
  });

  test('fits what the queue can count', () => {
    expect(queuePriority({ priority: 0, turn: 10 ** 9 })).toBeLessThanOrEqual(2_097_152);
    expect(queuePriority({ priority: 9, turn: 0 })).toBe(1);
    expect(queuePriority({ priority: 5, turn: 10 ** 9 })).toBeLessThan(
      queuePriority({ priority: 4, turn: 0 }),
    );
  });
});

test('a full queue refuses with status 429, its bound and when to come again', () => {
  insert(1);
  directory.controls.requireRoom(2);
  insert(2);
  const error = expectRefusal(() => directory.controls.requireRoom(2), 'QUEUE_FULL', {
    value: 2,
    max: 2,
    retryAfterS: 10,
  });
  expect(error.status).toBe(429);
});

test('a prune takes the history of what is proven, and never a job or anything of one that is not', () => {
  const [proven, open] = [insert(1), insert(2)];
  directory.claims.closeProven(claim(proven), RECEIPT, 5);
  claim(open);
  directory.rows.park({ queueJobId: 'x', payload: '{}', errorCode: 'JOB_UNKNOWN', reason: '' }, 1000);
  expect(directory.controls.prune(500)).toEqual({ attempts: 0, stateChanges: 0, parkedEntries: 0 });
  expect(directory.controls.prune(Date.now() + 1)).toEqual({
    attempts: 1,
    stateChanges: 2,
    parkedEntries: 1,
  });
  expect(directory.rows.list()).toHaveLength(2);
  expect(directory.rows.get(proven).receiptDigest).toBe(RECEIPT);
  expect(directory.rows.changes(open)).toHaveLength(2);
});

test('the switch is kept with its reason', () => {
  expect(directory.controls.queueSwitch().paused).toBe(false);
  directory.controls.pause('maintenance');
  const again = new DataDirectory(folder);
  expect(again.controls.queueSwitch()).toEqual({ paused: true, reason: 'maintenance' });
  again.controls.resume('done');
  again.close();
  expect(directory.controls.queueSwitch()).toEqual({ paused: false, reason: 'done' });
});

test('an unknown job is a typed error', () => {
  expect(() => directory.controls.cancel('0'.repeat(64), '')).toThrow(ProofbookError);
  expectRefusal(() => directory.controls.requeue('0'.repeat(64), ''), 'JOB_UNKNOWN');
});

test('a list of jobs is by batch, of one state or all, and no longer than asked for', () => {
  const jobs = [3, 1, 2, 4].map((batchNumber) => insert(batchNumber));
  directory.controls.cancel(jobs[2] ?? '', 'not wanted');
  const numbers = (...asked: Parameters<typeof directory.controls.list>) =>
    directory.controls.list(...asked).map(({ batchNumber }) => batchNumber);
  expect(numbers()).toEqual([1, 2, 3, 4]);
  expect(numbers('queued')).toEqual([1, 3, 4]);
  expect(numbers('queued', 2)).toEqual([1, 3]);
  expect(numbers(undefined, 3)).toEqual([1, 2, 3]);
});
