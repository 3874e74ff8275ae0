// `npm test`: sets up, then every check and every test, and ends with the line `N passed, N failed` from what really ran.

import process from 'node:process';
import { countCargoTests } from './cargo-tests.mjs';
import { runChecks } from './checks.mjs';
import { countGuestCheck } from './guest-build.mjs';
import { prepare, say } from './prepare.mjs';
import { countVitestTests } from './vitest-tests.mjs';

prepare();
const total = { passed: 0, failed: 0, skipped: 0 };
add(runChecks());
add(countGuestCheck());
say('tests of the prover host (cargo test)');
add(countCargoTests());
say('tests (vitest)');
add(countVitestTests(process.argv.slice(2)));

if (total.skipped > 0) say(`${total.skipped} skipped, for the reasons above`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;

function add({ passed, failed, skipped }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}
