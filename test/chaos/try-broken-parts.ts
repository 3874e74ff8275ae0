/**
 * `npm run -s chaos:broken [-- FAULT]`: breaks one part of the service after the other in a copy of the project, and runs the
 * rounds of the fault that must notice it. A broken part that costs nothing means a round that cannot fail.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { BrokenPart } from './broken-part.ts';
import { BROKEN_PARTS } from './broken-parts.ts';
import { COPIED_PARTS } from './copied-parts.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
// A fault may miss its moment: then the next round has it.
const ROUNDS_MAX = 10;

const wanted = process.argv[2] ?? '';
const parts = BROKEN_PARTS.filter(({ fault }) => fault.includes(wanted));
let noticed = 0;
for (const part of parts) if (isNoticed(part)) noticed += 1;
process.stdout.write(`${JSON.stringify({ brokenParts: parts.length, noticed })}\n`);
process.exitCode = noticed === parts.length ? 0 : 1;

function isNoticed(part: BrokenPart): boolean {
  const copy = mkdtempSync(join(tmpdir(), 'proofbook-broken-'));
  try {
    for (const name of COPIED_PARTS) cpSync(join(PROJECT, name), join(copy, name), { recursive: true });
    symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
    breakPart(copy, part);
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const figures = runRound(copy, part.fault, round);
      if (figures === undefined) continue;
      process.stderr.write(`noticed   ${part.fault}: ${part.bug}: ${figures}\n`);
      return true;
    }
    process.stderr.write(`UNNOTICED ${part.fault}: ${part.bug}\n`);
    return false;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function breakPart(copy: string, { file, find, replace }: BrokenPart): void {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(find).length !== 2) throw new Error(`${file} does not hold exactly once: ${find}`);
  writeFileSync(
    path,
    text.replace(find, () => replace),
  );
}

/** The figures of a round that found damage; undefined for one that found none. */
function runRound(copy: string, fault: string, round: number): string | undefined {
  const args = ['test/chaos/main.ts', '--fault', fault, '--rounds', '1', '--first', String(round), '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, PROOFBOOK_CHAOS_PATIENCE_S: '20' },
  });
  if (status === 1 && stdout.startsWith('{')) return stdout.trim();
  if (status === 0) return undefined;
  throw new Error(`the rounds of ${fault} did not run: ${stderr}`);
}
