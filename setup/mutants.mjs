// `npm run test:mutants [-- PART] [--json]`: sets up, then tries deliberate bugs on the tests.

import process from 'node:process';
import { prepare, run } from './prepare.mjs';

prepare();
process.exitCode = run('node', ['test/mutation/main.ts', ...process.argv.slice(2)]);
