import { join } from 'node:path';
import { cargoEnvironment, PROJECT_DIRECTORY, projectEnvironment, run, say } from './prepare.mjs';

/** Formatting, lint, types and dead code of both languages. */
const CHECKS = [
  { name: 'format and lint (biome)', command: 'biome', args: ['check', '--error-on-warnings'] },
  { name: 'types (tsc)', command: 'tsc', args: ['--noEmit'] },
  { name: 'types of the dashboard (tsc)', command: 'tsc', args: ['--project', 'queue/dashboard'] },
  { name: 'dead code (knip)', command: 'knip', args: [] },
  { name: 'Rust format (cargo fmt)', command: 'cargo', args: ['fmt', '--check'] },
  {
    name: 'Rust lint (clippy)',
    command: 'cargo',
    args: ['clippy', '--release', '--locked', '--quiet', '--all-targets', '--', '-D', 'warnings'],
  },
];

/** Runs every check and says which failed. Returns how many passed and failed. */
export function runChecks() {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, command, args } of CHECKS) {
    say(`check: ${name}`);
    const isRust = command === 'cargo';
    const status = run(command, args, {
      cwd: isRust ? join(PROJECT_DIRECTORY, 'prover', 'host') : PROJECT_DIRECTORY,
      env: isRust ? cargoEnvironment() : projectEnvironment(),
    });
    if (status === 0) {
      count.passed += 1;
    } else {
      count.failed += 1;
      say(`check failed: ${name}`);
    }
  }
  return count;
}
