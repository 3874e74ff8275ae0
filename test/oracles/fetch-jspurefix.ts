import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JSPUREFIX } from './oracle-cache.ts';

const LOCKED = fileURLToPath(new URL('./jspurefix/', import.meta.url));

/** Installs `jspurefix` as its lock file says, none of its scripts run, unless it is there. */
export function fetchJspurefix(): void {
  if (existsSync(JSPUREFIX.entry)) return;
  const beside = `${JSPUREFIX.folder}.new`;
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside, { recursive: true });
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(join(LOCKED, file), join(beside, file));
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], {
    cwd: beside,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  renameSync(beside, JSPUREFIX.folder);
}
