// Loaded into every process of a round by NODE_OPTIONS: the clock that they read is off by as many milliseconds as a file says, now.

import { readFileSync } from 'node:fs';

const READ_INTERVAL_MS = 20;
const machineNow = Date.now;
let offsetMs = 0;

function read() {
  try {
    offsetMs = Number(readFileSync(process.env.PROOFBOOK_CHAOS_CLOCK, 'utf8'));
  } catch {
    // Not written yet.
  }
}

read();
setInterval(read, READ_INTERVAL_MS).unref();
Date.now = () => machineNow() + offsetMs;
