/**
 * `node test/baseline/record.ts` measures the committed guest and writes test/baseline/guest-instructions.json. Whoever makes the guest
 * or the engine's module dearer by more than 5 % commits the new baseline with the change, where a reviewer sees it.
 */
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { BASELINE_PATH, type GuestBaseline, measureGuest } from './guest-baseline.ts';

/** The bytes of a baseline file: the same measurement always gives the same bytes. */
export function formatBaseline(baseline: GuestBaseline): string {
  return `${JSON.stringify(baseline, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(BASELINE_PATH, formatBaseline(measureGuest()));
  console.log('test/baseline/guest-instructions.json is recorded');
}
