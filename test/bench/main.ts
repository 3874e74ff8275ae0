/**
 * `npm run bench -- NAME [--json]`: measures one thing and prints it. Guest instructions, trace cells and
 * compressions are exact; seconds are what this machine gave at this moment. `prove` takes --sizes 10,100 and --kinds app,stark.
 */
import { parseArgs } from 'node:util';
import { aggregateBench } from './aggregate-bench.ts';
import { auditBench } from './audit-bench.ts';
import { type BenchResult, benchResult, type Figures } from './bench-result.ts';
import { blake3ChipBench } from './blake3-chip-bench.ts';
import { engineBench } from './engine-bench.ts';
import { failoverBench } from './failover-bench.ts';
import { fixBench } from './fix-bench.ts';
import { gatewayBench } from './gateway-bench.ts';
import { guestBench } from './guest-bench.ts';
import { inclusionBench } from './inclusion-bench.ts';
import { type ProveChoice, proveBench } from './prove-bench.ts';
import { ringsBench } from './rings-bench.ts';
import { seqlockBench } from './seqlock-bench.ts';
import { serviceBench } from './service-bench.ts';
import { telemetryBench } from './telemetry-bench.ts';
import { verifyBench } from './verify-bench.ts';

type Bench = (choice: ProveChoice) => Figures | Promise<Figures>;

const BENCHES: Readonly<Record<string, Bench>> = {
  engine: engineBench,
  guest: guestBench,
  prove: proveBench,
  'blake3-chip': blake3ChipBench,
  verify: verifyBench,
  inclusion: inclusionBench,
  audit: auditBench,
  aggregate: aggregateBench,
  rings: ringsBench,
  seqlock: seqlockBench,
  telemetry: telemetryBench,
  failover: failoverBench,
  fix: fixBench,
  gateway: gatewayBench,
  service: () => serviceBench(),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, sizes: { type: 'string' }, kinds: { type: 'string' } },
});
const unknown = positionals.find((name) => !Object.hasOwn(BENCHES, name));
if (unknown !== undefined || (values.json === true && positionals.length !== 1)) {
  const reason = unknown === undefined ? '--json takes one bench' : `there is no bench ${unknown}`;
  process.stderr.write(`${reason}: the benches are ${Object.keys(BENCHES).join(', ')}\n`);
  process.exit(2);
}
for (const [name, bench] of Object.entries(BENCHES)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const result = benchResult(name, await bench(values));
  console.log(values.json === true ? JSON.stringify(result) : table(result));
}

function table({ bench, figures, machine }: BenchResult): string {
  const gigabytes = Math.round(machine.memory / 2 ** 30);
  const rows = Object.entries(figures).map(
    ([name, value]) => `  ${name.padEnd(40)} ${value.toLocaleString('en-US')}`,
  );
  return [`${bench} (${machine.cores} cores, ${gigabytes} GiB)`, ...rows].join('\n');
}
