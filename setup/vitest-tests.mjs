import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './prepare.mjs';

/** Runs vitest, prints what it prints, and returns what it counted. `filters` are vitest's own. */
export function countVitestTests(filters) {
  const folder = mkdtempSync(join(tmpdir(), 'proofbook-test-'));
  const report = join(folder, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const status = run('vitest', ['run', ...reporters, ...filters]);
  const count = existsSync(report) ? readCounts(report) : { passed: 0, failed: 0, skipped: 0 };
  rmSync(folder, { recursive: true });
  // Whatever else made vitest fail counts as one failure: green must mean green.
  if (status !== 0 && count.failed === 0) count.failed = 1;
  return count;
}

function readCounts(report) {
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  // A file that fails to load has no test that failed.
  const broken = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  return { passed: numPassedTests, failed: numFailedTests + broken, skipped: numPendingTests };
}
