import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { cargoEnvironment, HOST_CRATES, PROJECT_DIRECTORY } from './prepare.mjs';

/** Runs the tests of the crates that run on this machine and adds up the result lines of their test binaries. */
export function countCargoTests() {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const crate of HOST_CRATES) addTestsOf(crate, count);
  return count;
}

function addTestsOf(crate, count) {
  const { stdout, status } = spawnSync('cargo', ['test', '--release', '--locked', '--quiet'], {
    cwd: join(PROJECT_DIRECTORY, crate),
    env: cargoEnvironment(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.stdout.write(stdout);
  const failedBefore = count.failed;
  for (const [, passed, failed, ignored] of stdout.matchAll(/(\d+) passed; (\d+) failed; (\d+) ignored/g)) {
    count.passed += Number(passed);
    count.failed += Number(failed);
    count.skipped += Number(ignored);
  }
  // A crate that does not compile prints no result line.
  if (status !== 0 && count.failed === failedBefore) count.failed += 1;
}
