import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { cargoEnvironment, PROJECT_DIRECTORY } from './prepare.mjs';

/** Runs the tests of the prover host and adds up the result lines of its test binaries. */
export function countCargoTests() {
  const { stdout, status } = spawnSync('cargo', ['test', '--release', '--locked', '--quiet'], {
    cwd: join(PROJECT_DIRECTORY, 'prover', 'host'),
    env: cargoEnvironment(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.stdout.write(stdout);
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const [, passed, failed, ignored] of stdout.matchAll(/(\d+) passed; (\d+) failed; (\d+) ignored/g)) {
    count.passed += Number(passed);
    count.failed += Number(failed);
    count.skipped += Number(ignored);
  }
  // A crate that does not compile prints no result line.
  if (status !== 0 && count.failed === 0) count.failed = 1;
  return count;
}
