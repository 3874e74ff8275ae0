// `npm run setup`: only sets up.

import { prepare, say } from './prepare.mjs';

prepare();
say('ready');
