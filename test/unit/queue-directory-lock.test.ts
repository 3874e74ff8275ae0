import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, test } from 'vitest';
import { DirectoryLock } from '../../queue/store/directory-lock.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

const HOLDER = fileURLToPath(new URL('../support/directory-holder.ts', import.meta.url));

let folder: string;
let holder: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proofbook-lock-'));
});

afterEach(() => {
  holder?.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** Another process that takes the lock and waits. */
async function startHolder(): Promise<ChildProcess> {
  holder = spawn(process.execPath, [HOLDER, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  if (holder.stdout === null) throw new Error('no stdout');
  await once(holder.stdout, 'data');
  return holder;
}

test('a second holder is refused, in the same process too, until the first lets go', () => {
  const lock = DirectoryLock.acquire(folder);
  expectRefusal(() => DirectoryLock.acquire(folder), 'DATA_DIRECTORY_LOCKED', {
    path: folder,
    value: String(process.pid),
  });
  lock.release();
  lock.release();
  DirectoryLock.acquire(folder).release();
});

test('the lock of another process is named, outlives SIGSTOP and ends with SIGKILL', async () => {
  const other = await startHolder();
  const refused = () =>
    expectRefusal(() => DirectoryLock.acquire(folder), 'DATA_DIRECTORY_LOCKED', { value: String(other.pid) });
  refused();
  other.kill('SIGSTOP');
  refused();
  other.kill('SIGKILL');
  await once(other, 'exit');
  DirectoryLock.acquire(folder).release();
});
