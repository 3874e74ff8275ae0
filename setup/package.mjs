// `npm pack` (as prepack): makes dist/, what the package holds. Node strips no types under node_modules, so it is JavaScript with
// declarations, laid out as the checkout is: every file finds the artifacts beside it at the same relative path.

import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { giveUp, HOST_CRATES, PROJECT_DIRECTORY, preparePackages, run } from './prepare.mjs';

const DIST = join(PROJECT_DIRECTORY, 'dist');

/** Where files lie that the code reads at run time, and what in there is none of them: the compiler's own, and Rust. */
const ROOMS = ['engine/artifact', 'guest/artifact', 'prover', 'queue'];
const COMPILED = /\.m?ts$|\.mjs$|\.md$/;
const RUST_SOURCES = HOST_CRATES.map((crate) => join(PROJECT_DIRECTORY, crate));
/** The service strips the dashboard's modules of types when it serves them: a browser's types are none of the compiler's here. */
const DASHBOARD = join(PROJECT_DIRECTORY, 'queue', 'dashboard');

preparePackages();
rmSync(DIST, { recursive: true, force: true });
// stdout of the child goes to our stderr: what `npm pack` prints there is the name of the tarball.
if (run('tsc', ['-p', 'tsconfig.package.json'], { stdio: ['ignore', 2, 2] }) !== 0) {
  giveUp('the package could not be compiled: see above');
}
for (const room of ROOMS) {
  cpSync(join(PROJECT_DIRECTORY, room), join(DIST, room), {
    recursive: true,
    filter: (path) => !RUST_SOURCES.includes(path) && (path.startsWith(DASHBOARD) || !COMPILED.test(path)),
  });
}
