/**
 * `npm run -s chaos -- [--rounds N] [--seed S] [--first R] [--fault NAME] [--real] [--json]`: hurts the
 * service in every way that it must survive and says what that cost. The same seed gives the same rounds; `--first` begins at a
 * later one. stdout has the figures alone; what happens goes to stderr.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Random } from '../model/random.ts';
import { FAULTS, faultNamed } from './fault-table.ts';
import type { ChaosFault } from './round-context.ts';
import { type RoundResult, runRound } from './run-round.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: String(FAULTS.length) },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    fault: { type: 'string' },
    real: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const seed = BigInt(values.seed);
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const results: RoundResult[] = [];

for (let round = Number(values.first); results.length < Number(values.rounds); round++) {
  const result = await runRound({ round, seed, faults: faultsOf(round), real: values.real, say });
  results.push(result);
  const verdict = result.problems.length === 0 ? 'nothing lost' : result.problems.join('; ');
  say(`round ${round}: ${result.faults.join(' + ')}: ${verdict} (${result.durationMs} ms)`);
}

const sum = (name: 'lost' | 'doubled' | 'orphans' | 'unproven' | 'requeued'): number =>
  results.reduce((total, result) => total + result[name], 0);
const figures = {
  rounds: results.length,
  lost: sum('lost'),
  doubled: sum('doubled'),
  orphans: sum('orphans'),
  unproven: sum('unproven'),
};
const text = Object.entries({ ...figures, seed: values.seed }).map(([name, value]) => `${name} ${value}`);
process.stdout.write(`${values.json ? JSON.stringify(figures) : text.join(' · ')}\n`);
process.exitCode = figures.lost + figures.doubled + figures.orphans + figures.unproven === 0 ? 0 : 1;

/** Every fault in turn; from the second turn on, every other round gets a second one beside it. */
function faultsOf(round: number): readonly ChaosFault[] {
  if (values.fault !== undefined) return values.fault.split('+').map(faultNamed);
  const first = FAULTS[round % FAULTS.length];
  if (first === undefined) return [];
  const random = new Random(seed * 31n + BigInt(round));
  const second = FAULTS[random.below(FAULTS.length)];
  const alone = round < FAULTS.length || round % 2 === 0 || first.mayPark === false;
  if (alone || second === undefined || second === first || second.mayPark === false) return [first];
  return (first.isThroughHttp ?? false) === (second.isThroughHttp ?? false) ? [first, second] : [first];
}
