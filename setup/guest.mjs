// `npm run build:guest [-- --check]`: sets up, then builds the guest or compares a rebuild with the committed one.

import process from 'node:process';
import { runGuestBuild } from './guest-build.mjs';
import { prepare } from './prepare.mjs';

prepare();
process.exitCode = runGuestBuild(process.argv.slice(2));
