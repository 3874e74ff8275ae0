import { join } from 'node:path';
import process from 'node:process';
import { cacheDirectory, projectEnvironment, run, say } from './prepare.mjs';

/** Exit codes of guest/build.ts that mean "this machine can't tell": guest/README.md. */
const TOOLCHAIN_DIFFERS = 3;
const TOOL_MISSING = 6;

/** Runs guest/build.ts, which asks the prover host for the image id. Returns its exit code. */
export function runGuestBuild(args) {
  const env = {
    ...projectEnvironment(),
    PROOFBOOK_HOST_BINARY: join(cacheDirectory(), 'target', 'release', 'proofbook-host'),
  };
  return run('node', ['guest/build.ts', ...args], { env });
}

/** Rebuilds the guest and compares every byte. Without the recorded toolchain that can't be done, and is said. */
export function countGuestCheck() {
  say('check: the guest, rebuilt and compared byte by byte');
  const status = runGuestBuild(['--check']);
  const cannotTell = status === TOOLCHAIN_DIFFERS || status === TOOL_MISSING;
  // CI installs the tools: there a missing one is a fault of the CI script.
  if (cannotTell && !(status === TOOL_MISSING && process.env.PROOFBOOK_REQUIRE_GUEST_TOOLCHAIN === '1')) {
    say('skipped: the guest cannot be rebuilt here, for the reason above');
    return { passed: 0, failed: 0, skipped: 1 };
  }
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
}
