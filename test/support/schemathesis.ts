import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** The version that `.ci/run` installs; another one makes other cases. */
const SCHEMATHESIS_VERSION = '4.32.5';
const PROGRAM =
  process.env.PROOFBOOK_SCHEMATHESIS ??
  join(homedir(), '.cache', 'proofbook', `schemathesis-${SCHEMATHESIS_VERSION}`, 'bin', 'st');

/** Whether fuzzing by document is left out: only where the tool is absent and nobody insists with PROOFBOOK_REQUIRE_SCHEMATHESIS. */
export const SKIPS_SCHEMATHESIS =
  !existsSync(PROGRAM) && process.env.PROOFBOOK_REQUIRE_SCHEMATHESIS === undefined;

if (SKIPS_SCHEMATHESIS) {
  console.log(
    `skipped: no schemathesis ${SCHEMATHESIS_VERSION} here; PROOFBOOK_REQUIRE_SCHEMATHESIS=1 makes that a failure`,
  );
}

/** Runs `schemathesis run` to its end. */
export async function runSchemathesis(args: readonly string[]) {
  const child = spawn(PROGRAM, ['run', ...args], { cwd: tmpdir(), stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  }
  await once(child, 'close');
  return { exitCode: child.exitCode, output };
}
