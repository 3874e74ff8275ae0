// `npm run -s engine:stream -- IN OUT [--time]`: matches a message stream (docs/message-stream.md). Needs the packages and
// nothing else of the set-up; nothing is written to stdout.

import { join } from 'node:path';
import process from 'node:process';
import { PROJECT_DIRECTORY, preparePackages, run } from './prepare.mjs';

preparePackages();
const main = join(PROJECT_DIRECTORY, 'engine', 'stream', 'main.ts');
// npm changes to the project's folder; IN and OUT are meant as they were typed.
const cwd = process.env.INIT_CWD || process.cwd();
process.exitCode = run('node', [main, ...process.argv.slice(2)], { cwd });
