// `npm run bench -- NAME [--json]`: sets up, then runs one bench.

import process from 'node:process';
import { prepare, run } from './prepare.mjs';

prepare();
process.exitCode = run('node', ['test/bench/main.ts', ...process.argv.slice(2)]);
