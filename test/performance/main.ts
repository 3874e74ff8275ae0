/**
 * `npm run performance [-- --mode short|full] [--out FILE] [--json] [--record]`: measures every stage against its budget, latency at four
 * loads, a soak, a stress, and the ratios against the last release's; writes one HTML page. Exit code 1 when a budget or the gate fails.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { record } from '../bench/deep-recording.ts';
import { DEEP_SCENARIOS } from '../bench/deep-scenarios.ts';
import { htmlReport } from './html-report.ts';
import { loadRuns, SUITE_LENGTHS } from './load-runs.ts';
import { recordBaseline, regressions } from './regression-gate.ts';
import { overBudget, type StageFigures } from './stage-budgets.ts';
import { stageCosts } from './stage-costs.ts';

const STAGE_COMMANDS = 1_000_000;

const { values } = parseArgs({
  options: {
    mode: { type: 'string', default: 'short' },
    out: { type: 'string', default: 'performance.html' },
    note: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
});
const { mode } = values;
if (mode !== 'short' && mode !== 'full') {
  process.stderr.write(`--mode is ${JSON.stringify(mode)}: must be one of short, full\n`);
  process.exit(2);
}

const { engine_stage_ratio, ...costs } = stageCosts(record(DEEP_SCENARIOS.balanced, STAGE_COMMANDS));
const runs = await loadRuns(SUITE_LENGTHS[mode]);
const half = runs.loads.find(({ load }) => load === 0.5);
const figures: StageFigures = {
  ...costs,
  capacity_per_second: runs.capacityPerSecond,
  half_load_p99_us: (half?.latency.percentile(0.99) ?? Number.NaN) / 1000,
  soak_growth_bytes_per_command: runs.soakGrowthBytesPerCommand,
  stress_unanswered: runs.stress.unanswered,
};
const ratios = { engine_stage_ratio };
if (values.record) recordBaseline(ratios);
const complaints = [...overBudget(figures), ...regressions(ratios)];
writeFileSync(values.out, htmlReport({ mode, note: values.note, figures, runs, ratios, complaints }));
if (values.json) console.log(JSON.stringify({ mode, figures, ratios, complaints }));
else {
  for (const [name, value] of Object.entries({ ...figures, ...ratios }))
    console.log(`${name.padEnd(32)} ${value.toFixed(3)}`);
  for (const complaint of complaints) console.log(`over: ${complaint}`);
  console.log(`report: ${values.out}`);
}
process.exitCode = complaints.length === 0 ? 0 : 1;
