// `npm start`: sets up what is missing, then runs the demo with the arguments given.

import process from 'node:process';
import { prepare, run } from './prepare.mjs';

prepare();
process.exitCode = run('node', ['queue/cli/bin.mjs', 'demo', ...process.argv.slice(2)]);
