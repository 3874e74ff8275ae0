// `npm run check`: the checks alone.

import process from 'node:process';
import { runChecks } from './checks.mjs';
import { prepare } from './prepare.mjs';

prepare();
process.exitCode = runChecks().failed > 0 ? 1 : 0;
