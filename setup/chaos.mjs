// `npm run chaos [-- --rounds N --seed S --json]`: sets up, then hurts the service and says what that cost.

import process from 'node:process';
import { prepare, run } from './prepare.mjs';

prepare();
process.exitCode = run('node', ['test/chaos/main.ts', ...process.argv.slice(2)]);
