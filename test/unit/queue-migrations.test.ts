import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { JobRows } from '../../queue/store/job-rows.ts';
import { openRowDatabase } from '../../queue/store/row-database.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proofbook-migrations-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('a store of the first schema keeps its jobs and their history, and foreign keys hold again', () => {
  const path = join(folder, 'rows.sqlite');
  const text = readFileSync(new URL('../../queue/store/migrations.sql', import.meta.url), 'utf8');
  const old = new DatabaseSync(path);
  old.exec(text.split(/^-- migration \d+$/m)[1] ?? '');
  old.exec(`INSERT INTO store_identity VALUES ('abcd'); PRAGMA user_version = 1`);
  const jobId = '1'.repeat(64);
  old
    .prepare(
      `INSERT INTO jobs (job_id, batch_number, state, receipt_kind, image_id, parameters_digest, journal, witness_digest,
         commands_digest, transitions_digest, receipt_digest, claim_token, created_at_ms, updated_at_ms)
       VALUES (?, 3, 'proven', 'stark', 'i', 'p', ?, 'w', 'c', 't', 'r', 2, 10, 20)`,
    )
    .run(jobId, new Uint8Array(256));
  old.exec(`INSERT INTO attempts VALUES ('${jobId}', 2, 1, '1', 1, 1, 2, 'proven', NULL, NULL);
            INSERT INTO state_changes VALUES (1, '${jobId}', 'proven', 'why', 2, 20)`);
  old.close();

  const database = openRowDatabase(path);
  const rows = new JobRows(database);
  expect(rows.storeId()).toBe('abcd');
  expect(rows.get(jobId)).toMatchObject({
    batchNumber: 3,
    state: 'proven',
    receiptKind: 'stark',
    receiptDigest: 'r',
    claimToken: 2,
    createdAtMs: 10,
    updatedAtMs: 20,
    priority: 0,
    tenant: '',
    turn: 0,
    deadlineAtMs: undefined,
  });
  expect(rows.attempts(jobId)).toHaveLength(1);
  expect(rows.changes(jobId)).toHaveLength(1);
  expect(() => database.exec(`DELETE FROM jobs`)).toThrow('FOREIGN KEY');
  expect(database.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
  database.close();
});

test('a store of the newest schema is opened while somebody else writes it', () => {
  const path = join(folder, 'rows.sqlite');
  openRowDatabase(path).close();
  const writer = new DatabaseSync(path);
  writer.exec('BEGIN EXCLUSIVE');
  const database = openRowDatabase(path);
  expect(new JobRows(database).storeId()).toMatch(/^[0-9a-f]{16}$/);
  database.close();
  writer.close();
});
