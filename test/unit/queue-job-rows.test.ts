import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { type Claim, JobClaims } from '../../queue/store/job-claims.ts';
import { JobControls } from '../../queue/store/job-controls.ts';
import type { NewJob } from '../../queue/store/job-row.ts';
import { JobRows } from '../../queue/store/job-rows.ts';
import { openRowDatabase } from '../../queue/store/row-database.ts';
import { type WorkerIdentity, workerIdentity } from '../../queue/store/worker-identity.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

const JOB_ID = '1'.repeat(64);
const RECEIPT = 'd'.repeat(64);
const NEW_JOB: NewJob = {
  jobId: JOB_ID,
  batchNumber: 1,
  receiptKind: 'app',
  imageId: '2'.repeat(64),
  parametersDigest: '3'.repeat(64),
  journal: new Uint8Array(256).fill(7),
  witnessDigest: '4'.repeat(64),
  commandsDigest: '5'.repeat(64),
  transitionsDigest: '6'.repeat(64),
};
const ME = workerIdentity(process.pid);
// This process's id with another start time: a process that is gone, and whose id was used again.
const GONE: WorkerIdentity = { pid: process.pid, started: '1' };

let folder: string;
let database: DatabaseSync;
let rows: JobRows;
let claims: JobClaims;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proofbook-rows-'));
  database = openRowDatabase(join(folder, 'rows.sqlite'));
  rows = new JobRows(database);
  claims = new JobClaims(database);
  rows.insert(NEW_JOB);
});

afterEach(() => {
  if (database.isOpen) database.close();
  rmSync(folder, { recursive: true, force: true });
});

function claim(worker: WorkerIdentity = ME): Claim {
  const result = claims.claim(JOB_ID, worker);
  if (result.outcome !== 'claimed') throw new Error(`not claimed: ${JSON.stringify(result)}`);
  return result.claim;
}

describe('job rows', () => {
  test('survive being closed, and the store keeps its name', () => {
    const storeId = rows.storeId();
    database.close();
    database = openRowDatabase(join(folder, 'rows.sqlite'));
    const again = new JobRows(database);
    expect(again.storeId()).toBe(storeId);
    expect(storeId).toMatch(/^[0-9a-f]{16}$/);
    expect(again.get(JOB_ID)).toMatchObject({ ...NEW_JOB, journal: expect.anything(), state: 'queued' });
    expect(Uint8Array.from(again.get(JOB_ID).journal)).toEqual(NEW_JOB.journal);
  });

  test('are durable: a write-ahead log, synced at every commit', () => {
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
  });

  test('hold one job for one identity, however often it is inserted', () => {
    claims.closeProven(claim(), RECEIPT, 5);
    expect(rows.insert(NEW_JOB)).toBe('known');
    expect(rows.list()).toHaveLength(1);
    expect(rows.get(JOB_ID).state).toBe('proven');
  });

  test('name a job that is not there', () => {
    expectRefusal(() => rows.get('f'.repeat(64)), 'JOB_UNKNOWN', { jobId: 'f'.repeat(64) });
    expectRefusal(() => claims.claim('f'.repeat(64), ME), 'JOB_UNKNOWN');
  });

  test('keep every change of state with its time and reason', () => {
    const mine = claim();
    claims.advance(mine, 'proving', '123 instructions', {
      instructionCount: 123,
      traceCells: 9,
      segmentCount: 1,
    });
    claims.progress(mine, 'proving', 1, 3);
    expect(rows.get(JOB_ID)).toMatchObject({ stage: 'proving', stageDone: 1, stageTotal: 3 });
    claims.advance(mine, 'verifying', 'proven in 9 ms');
    expect(claims.closeProven(mine, RECEIPT, 9)).toBe('closed');
    const changes = rows.changes(JOB_ID);
    expect(changes.map(({ state, claimToken }) => [state, claimToken])).toEqual([
      ['queued', 0],
      ['executing', 1],
      ['proving', 1],
      ['verifying', 1],
      ['proven', 1],
    ]);
    for (const { reason, changedAtMs } of changes) {
      expect(reason).not.toBe('');
      expect(changedAtMs).toBeGreaterThan(1_700_000_000_000);
    }
    expect(rows.get(JOB_ID)).toMatchObject({
      state: 'proven',
      receiptDigest: RECEIPT,
      proveDurationMs: 9,
      figures: { instructionCount: 123, traceCells: 9, segmentCount: 1 },
    });
    expect(rows.listOpen()).toEqual([]);
  });

  test.each([
    ['no database', (path: string) => writeFileSync(path, 'this is a text')],
    [
      'a newer schema',
      (path: string) => {
        const other = openRowDatabase(path);
        other.exec('PRAGMA user_version = 99');
        other.close();
      },
    ],
  ])('refuse a file that is %s', (_, make) => {
    const path = join(folder, 'other.sqlite');
    make(path);
    expectRefusal(() => openRowDatabase(path), 'STORE_REFUSED', { path });
  });
});

describe('claims', () => {
  test('hand a job that a living worker holds to nobody else', () => {
    claim();
    expect(claims.claim(JOB_ID, { pid: 1, started: 'x' })).toEqual({
      outcome: 'held',
      workerPid: process.pid,
    });
  });

  test('free what a dead worker left, count it, and fence the dead one off', () => {
    const lost = claim(GONE);
    const next = claim();
    expect(next.token).toBe(lost.token + 1);
    expect(rows.attempts(JOB_ID).map(({ outcome }) => outcome)).toEqual(['WorkerLost', undefined]);
    expectRefusal(() => claims.heartbeat(lost), 'CLAIM_LOST', { value: 1 });
    expectRefusal(() => claims.advance(lost, 'proving', ''), 'CLAIM_LOST');
    expectRefusal(() => claims.progress(lost, 'proving', 1, 2), 'CLAIM_LOST');
    expectRefusal(() => claims.release(lost, ''), 'CLAIM_LOST');
    expectRefusal(() => claims.closeFailed(lost, new Error('late')), 'CLAIM_LOST');
    claims.heartbeat(next);
  });

  test('are free at once when the supervisor saw the worker die', () => {
    claim(GONE);
    expect(claims.endClaimsOf({ ...GONE, started: '2' })).toEqual([]);
    expect(claims.endClaimsOf(GONE)).toEqual([JOB_ID]);
    expect(rows.get(JOB_ID).state).toBe('queued');
    // Nobody has claimed it since, and still the ended claim may write nothing.
    expectRefusal(() => claims.advance({ jobId: JOB_ID, token: 1 }, 'proving', ''), 'CLAIM_LOST');
  });

  test('are lost by a worker that has not been heard of for a minute', () => {
    claims.claim(JOB_ID, ME, Date.now() - 61_000);
    expect(claims.claim(JOB_ID, ME).outcome).toBe('claimed');
  });

  test('are lost by a worker whose last word is of an hour from now: the clock has jumped back', () => {
    const nowMs = Date.now();
    claims.claim(JOB_ID, ME, nowMs + 3_600_000);
    expect(claims.claim(JOB_ID, ME, nowMs).outcome).toBe('claimed');
    expect(claims.claim(JOB_ID, ME, nowMs - 5_000).outcome).toBe('held');
  });

  test('take a late proof all the same, once', () => {
    const lost = claim(GONE);
    const next = claim();
    expect(claims.closeProven(lost, RECEIPT, 5)).toBe('closed');
    expect(claims.closeProven(next, 'e'.repeat(64), 6)).toBe('known');
    expect(rows.get(JOB_ID)).toMatchObject({ state: 'proven', receiptDigest: RECEIPT });
    expect(rows.changes(JOB_ID).at(-1)?.reason).toContain('late proof');
    expect(claims.claim(JOB_ID, ME)).toEqual({ outcome: 'closed', state: 'proven' });
  });

  test('that are released count as no failure', () => {
    for (let i = 0; i < 12; i++) claims.release(claim(), 'the worker stops');
    expect(rows.get(JOB_ID).state).toBe('queued');
  });
});

describe('retries', () => {
  const attemptsUntilParked = (error: () => Error): number => {
    for (let attempt = 1; attempt < 20; attempt++) {
      if (!claims.closeFailed(claim(), error()).retry) return attempt;
    }
    throw new Error('never parked');
  };
  const coded = (code: ConstructorParameters<typeof ProofbookError>[0]) => () => new ProofbookError(code);

  test.each([
    ['a witness that is refused', coded('WITNESS_REFUSED'), 1],
    ['bytes that are damaged', coded('CONTENT_CORRUPTED'), 1],
    ['a guest that trapped', coded('GUEST_TRAPPED'), 1],
    ['too little memory', coded('OUT_OF_MEMORY'), 4],
    ['a host that was lost', coded('PROVER_HOST_LOST'), 4],
    ['a time limit', coded('TIMED_OUT'), 4],
    ['a proof that was refused', coded('PROOF_REFUSED'), 4],
    ['an error nobody thought of', () => new Error('?'), 4],
  ])('park a job after %s', (_, error, attempts) => {
    expect(attemptsUntilParked(error)).toBe(attempts);
    const { name, message } = error();
    const errorCode = name === 'ProofbookError' ? expect.stringMatching(/^[A-Z_]+$/) : 'UNEXPECTED';
    expect(rows.get(JOB_ID)).toMatchObject({ state: 'failed', errorMessage: message, errorCode });
    expect(claims.claim(JOB_ID, ME)).toEqual({ outcome: 'closed', state: 'failed' });
  });

  test('park a job that killed two workers', () => {
    claim(GONE);
    claim(GONE);
    expect(claims.claim(JOB_ID, ME)).toEqual({ outcome: 'closed', state: 'failed' });
    expect(rows.get(JOB_ID).errorCode).toBe('WORKER_LOST');
  });

  test('end whatever the mix of failures is', () => {
    const mix = [
      coded('OUT_OF_MEMORY'),
      coded('PROVER_HOST_LOST'),
      coded('TIMED_OUT'),
      coded('PROOF_REFUSED'),
    ];
    let turn = 0;
    expect(attemptsUntilParked(() => (mix[turn++ % mix.length] ?? coded('CANCELED'))())).toBe(8);
  });

  test('begin anew for a job that somebody asks for again', () => {
    attemptsUntilParked(coded('PROVER_HOST_LOST'));
    new JobControls(database).requeue(JOB_ID, 'asked for again');
    expect(rows.get(JOB_ID)).toMatchObject({ state: 'queued', errorCode: undefined });
    expect(attemptsUntilParked(coded('PROVER_HOST_LOST'))).toBe(4);
    claims.closeProven({ jobId: JOB_ID, token: 8 }, RECEIPT, 1);
    expectRefusal(() => new JobControls(database).requeue(JOB_ID, ''), 'JOB_MALFORMED', {
      field: 'state',
      value: 'proven',
    });
  });
});
