// `npm run performance [-- --mode short|full]`: sets up, then runs the performance suite.

import process from 'node:process';
import { prepare, run } from './prepare.mjs';

prepare();
process.exitCode = run('node', ['test/performance/main.ts', ...process.argv.slice(2)]);
