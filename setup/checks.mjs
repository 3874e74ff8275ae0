import { join } from 'node:path';
import {
  cargoEnvironment,
  HOST_CRATES,
  PROJECT_DIRECTORY,
  projectEnvironment,
  run,
  say,
} from './prepare.mjs';

/** Formatting, lint, types and dead code of both languages. */
const CHECKS = [
  { name: 'format and lint (biome)', command: 'biome', args: ['check', '--error-on-warnings'] },
  { name: 'types (tsc)', command: 'tsc', args: ['--noEmit'] },
  { name: 'types of the dashboard (tsc)', command: 'tsc', args: ['--project', 'queue/dashboard'] },
  { name: 'dead code (knip)', command: 'knip', args: [] },
  ...HOST_CRATES.flatMap((crate) => [
    { name: `Rust format of ${crate} (cargo fmt)`, command: 'cargo', args: ['fmt', '--check'], crate },
    {
      name: `Rust lint of ${crate} (clippy)`,
      command: 'cargo',
      args: ['clippy', '--release', '--locked', '--quiet', '--all-targets', '--', '-D', 'warnings'],
      crate,
    },
  ]),
];

/** Runs every check and says which failed. Returns how many passed and failed. */
export function runChecks() {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, command, args, crate } of CHECKS) {
    say(`check: ${name}`);
    const status = run(command, args, {
      cwd: crate === undefined ? PROJECT_DIRECTORY : join(PROJECT_DIRECTORY, crate),
      env: crate === undefined ? projectEnvironment() : cargoEnvironment(),
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
