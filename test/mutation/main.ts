/**
 * `npm run mutation [-- PART]`: builds the engine with one deliberate bug after another in a copy of the project and runs the
 * tests there. A bug that no test catches is a hole in the tests. PART keeps the bugs whose name holds it.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { MUTANTS, type Mutant } from './mutants.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const ROOMS = [
  'engine',
  'prover/merkle',
  'test/unit',
  'test/conformance',
  'test/model',
  'test/support',
  'test/vectors',
];
const FILES = ['package.json', 'vitest.config.ts', 'tsconfig.json'];
/** The quick tests first: a bug that they catch never meets the slow ones, which shrink what they find. */
const SUITES = [
  ['test/unit/engine.test.ts', 'test/conformance/witness-equivalence.test.ts'],
  ['test/conformance/engine-at-limits.test.ts'],
  ['test/conformance/engine-against-model.test.ts'],
];
/** An endless loop is a caught bug, too. */
const SUITE_TIMEOUT_MS = 180_000;

const wanted = process.argv[2] ?? '';
const copy = mkdtempSync(join(tmpdir(), 'proofbook-mutation-'));
let survivors = 0;
try {
  for (const room of ROOMS) cpSync(join(PROJECT, room), join(copy, room), { recursive: true });
  for (const file of FILES) cpSync(join(PROJECT, file), join(copy, file));
  symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
  if (isCaught()) throw new Error('the suite fails on the engine as it is: mend that first');
  for (const mutant of MUTANTS.filter(({ bug }) => bug.includes(wanted))) {
    const caught = tryMutant(mutant);
    if (!caught) survivors += 1;
    console.log(`${caught ? 'caught  ' : 'SURVIVED'} ${mutant.bug}`);
  }
} finally {
  rmSync(copy, { recursive: true });
}
console.log(`${survivors} of the bugs survived`);
process.exitCode = survivors === 0 ? 0 : 1;

function tryMutant({ bug, file, from, to }: Mutant): boolean {
  const path = join(copy, 'engine', 'assembly', file);
  const source = readFileSync(path, 'utf8');
  if (source.split(from).length !== 2) throw new Error(`"${bug}": its text is not in ${file} exactly once`);
  writeFileSync(
    path,
    source.replace(from, () => to),
  );
  try {
    return isCaught();
  } finally {
    writeFileSync(path, source);
  }
}

/** Compiles the copy's engine and runs the suite on it. A mutant that does not compile is a mistake of its author. */
function isCaught(): boolean {
  const build = spawnSync(process.execPath, ['engine/build.ts'], { cwd: copy, encoding: 'utf8' });
  if (build.status !== 0) throw new Error(`the mutated engine does not compile: ${build.stderr}`);
  return SUITES.some((files) => {
    const run = spawnSync(join(copy, 'node_modules', '.bin', 'vitest'), ['run', '--bail', '1', ...files], {
      cwd: copy,
      timeout: SUITE_TIMEOUT_MS,
      stdio: 'ignore',
    });
    return run.status !== 0;
  });
}
