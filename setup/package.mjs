// `npm pack` (as prepack): makes dist/, what the package holds. Node strips no types under node_modules, so it is JavaScript with
// declarations, laid out as the checkout is: every file finds the artifacts beside it at the same relative path.

import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { giveUp, PROJECT_DIRECTORY, preparePackages, run } from './prepare.mjs';

const DIST = join(PROJECT_DIRECTORY, 'dist');

/** What the code reads at run time. */
const COPIED = [
  'engine/artifact/circuit.wasm',
  'engine/artifact/deep.wasm',
  'engine/artifact/host-scalar.wasm',
  'engine/artifact/host-simd.wasm',
  'guest/artifact',
  'queue/dashboard',
  'queue/redis/keep-redis.sh',
  'queue/store/migrations.sql',
];

preparePackages();
rmSync(DIST, { recursive: true, force: true });
const DASHBOARD = [
  '--noEmit',
  'false',
  '--rewriteRelativeImportExtensions',
  '--rootDir',
  '.',
  '--outDir',
  'dist',
];
// stdout of the child goes to our stderr: what `npm pack` prints there is the name of the tarball.
for (const args of [['tsconfig.package.json'], ['queue/dashboard', ...DASHBOARD]]) {
  if (run('tsc', ['-p', ...args], { stdio: ['ignore', 2, 2] }) !== 0) {
    giveUp('the package could not be compiled: see above');
  }
}
for (const path of COPIED) {
  const to = join(DIST, path);
  mkdirSync(dirname(to), { recursive: true });
  // Of the dashboard, what is no module: those are compiled by now.
  const filter = (from) => !/\.ts$|tsconfig\.json$/.test(from);
  cpSync(join(PROJECT_DIRECTORY, path), to, { recursive: true, filter });
}
