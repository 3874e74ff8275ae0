import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProverPool } from '../../queue/worker/prover-pool.ts';
import { expectRejection } from '../support/expect-refusal.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proofbook-pool-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A launcher whose first `deaths` processes are killed before they say a word. */
function launcher(deaths: number): readonly string[] {
  const script = join(folder, 'launch.sh');
  const count = join(folder, 'count');
  writeFileSync(
    script,
    `#!/bin/sh\necho x >> ${count}\n[ $(wc -l < ${count}) -le ${deaths} ] && kill -9 $$\nexec "$@"\n`,
    { mode: 0o755 },
  );
  return ['/bin/sh', script];
}

const starts = () => readFileSync(join(folder, 'count'), 'utf8').length / 2;

test('a host that is killed before it greets is started again', async () => {
  const pool = new ProverPool({ standIn: true, launcher: launcher(3) });
  expect((await pool.get(1)).hello.backend).toBe('fake');
  expect(starts()).toBe(4);
  await pool.close();
});

test('one that is killed each time is given up, and the error says so', async () => {
  const pool = new ProverPool({ standIn: true, launcher: launcher(9) });
  await expectRejection(pool.get(1), 'PROVER_HOST_LOST', { method: 'hello' });
  expect(starts()).toBe(4);
});
