/**
 * `npm run test:mutants [-- PART] [--json]`: compiles the engine with one deliberate bug after another in copies of the project
 * and runs the tests there. A bug that no test catches is a hole in the tests. PART keeps the bugs whose name or file holds it;
 * `--json` prints the figures alone, in the shape of a bench, on stdout.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { benchResult } from '../bench/bench-result.ts';
import { EngineCopy } from './engine-copy.ts';
import { MUTANTS, type Mutant } from './mutants.ts';

/** Copies that are tried at the same time: compiling and testing take one core each. */
const COPIES = 2;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
const wanted = positionals[0] ?? '';
const waiting = MUTANTS.filter(({ bug, file }) => bug.includes(wanted) || file.includes(wanted));
const mutantCount = waiting.length;
const survivors: Mutant[] = [];

const copies = Array.from({ length: COPIES }, () => new EngineCopy());
process.on('exit', () => {
  for (const copy of copies) copy.remove();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

await requireGreen();
await Promise.all(copies.map(tryWaiting));

const caught = mutantCount - survivors.length;
if (values.json === true)
  console.log(JSON.stringify(benchResult('mutants', { mutants: mutantCount, caught })));
else console.log(`${caught} of ${mutantCount} bugs were caught`);
process.exitCode = survivors.length === 0 ? 0 : 1;

/** A test that fails on the engine as it is would catch every bug. */
async function requireGreen(): Promise<void> {
  const [copy] = copies;
  const failing = await copy?.failingSuite();
  if (failing !== undefined) throw new Error(`${failing} fails on the engine as it is: mend that first`);
}

async function tryWaiting(copy: EngineCopy): Promise<void> {
  for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
    const suite = await copy.suiteThatCatches(mutant);
    if (suite === undefined) survivors.push(mutant);
    say(suite === undefined ? `SURVIVED  ${mutant.bug}` : `caught    ${mutant.bug} (${suite})`);
  }
}

/** Progress goes to stderr when stdout is for the figures. */
function say(line: string): void {
  if (values.json === true) process.stderr.write(`${line}\n`);
  else console.log(line);
}
