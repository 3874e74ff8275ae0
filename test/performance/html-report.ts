import { cpus, totalmem } from 'node:os';
import type { LoadRuns } from './load-runs.ts';
import { asHtml, plot } from './plot.ts';
import { type Budget, type FigureName, STAGE_BUDGETS, type StageFigures } from './stage-budgets.ts';

const SHARES = [0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999] as const;

/** All that a run found. */
export interface PerformanceReport {
  readonly mode: string;
  readonly note: string;
  readonly figures: StageFigures;
  readonly runs: LoadRuns;
  readonly ratios: Readonly<Record<string, number>>;
  readonly complaints: readonly string[];
}

/** One page that needs nothing else: tables and plots in it. */
export function htmlReport(report: PerformanceReport): string {
  const { runs, complaints } = report;
  const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Proofbook performance</title><style>
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1f2937}
table{border-collapse:collapse;margin:1rem 0}td,th{padding:.25rem .75rem;border-bottom:1px solid #e5e7eb;text-align:left}
td.number{text-align:right;font-variant-numeric:tabular-nums}.over{color:#b91c1c;font-weight:600}
svg{width:100%;height:auto;margin:1rem 0}.title{font:600 15px system-ui}.tick{font:12px system-ui}.middle{text-anchor:middle}.end{text-anchor:end}.grid{stroke:#e5e7eb}
</style></head><body>
<h1>Proofbook performance, ${asHtml(report.mode)} run</h1>
<p>${asHtml(new Date().toISOString())} on ${asHtml(machine)}. ${asHtml(report.note)}</p>
${complaints.length === 0 ? '<p>Every figure is within its budget, and no ratio is over 5 % worse than the last release’s.</p>' : `<ul class="over">${complaints.map((text) => `<li>${asHtml(text)}</li>`).join('')}</ul>`}
<h2>Budgets</h2>
<table><tr><th>figure</th><th>measured</th><th>budget</th><th>of what</th></tr>${budgetRows(report.figures)}</table>
<h2>Latency, open loop</h2>
<p>From when a command was due to when its first transition was read, at shares of the capacity of ${Math.round(runs.capacityPerSecond).toLocaleString('en-US')} commands a second.</p>
${latencyTable(runs)}
${latencyPlot(runs)}
<h2>Soak, at half of the capacity</h2>
${soakPlots(runs)}
<h2>Stress, at twice the capacity</h2>
<p>${runs.stress.commands.toLocaleString('en-US')} commands, ${runs.stress.unanswered} without an answer; the longest wait was ${Math.round(runs.stress.maxUs).toLocaleString('en-US')} µs, for what is due waits in the sender.</p>
<h2>Ratios for the regression gate</h2>
<table>${Object.entries(report.ratios)
    .map(([name, value]) => `<tr><td>${asHtml(name)}</td><td class="number">${value.toFixed(3)}</td></tr>`)
    .join('')}</table>
</body></html>
`;
}

function budgetRows(figures: StageFigures): string {
  return (Object.keys(STAGE_BUDGETS) as FigureName[])
    .map((name) => {
      const { limit, bound, what }: Budget = STAGE_BUDGETS[name];
      const value = figures[name];
      const isOver = bound === 'most' ? value > limit : value < limit;
      const cell = Number(value.toPrecision(4)).toLocaleString('en-US');
      return `<tr${isOver ? ' class="over"' : ''}><td>${name}</td><td class="number">${cell}</td><td class="number">at ${bound} ${limit.toLocaleString('en-US')}</td><td>${asHtml(what)}</td></tr>`;
    })
    .join('');
}

function latencyTable({ loads }: LoadRuns): string {
  const rows = loads.map(({ load, commandsPerSecond, latency }) => {
    const cells = [0.5, 0.9, 0.99, 0.999].map(
      (share) => `<td class="number">${(latency.percentile(share) / 1000).toFixed(1)}</td>`,
    );
    return `<tr><td>${load * 100} %</td><td class="number">${Math.round(commandsPerSecond).toLocaleString('en-US')}</td>${cells.join('')}<td class="number">${(latency.largest / 1000).toFixed(0)}</td></tr>`;
  });
  return `<table><tr><th>load</th><th>commands/s</th><th>p50 µs</th><th>p90</th><th>p99</th><th>p99.9</th><th>max</th></tr>${rows.join('')}</table>`;
}

/** The usual axis of nines: how many of so many commands were slower. */
function latencyPlot({ loads }: LoadRuns): string {
  const series = loads.map(({ load, latency }) => ({
    name: `${load * 100} % load`,
    points: SHARES.map((share) => [1 / (1 - share), latency.percentile(share) / 1000] as const),
  }));
  const axes = { title: 'Latency by percentile', x: 'one command in so many is slower', y: 'µs' };
  return plot({ ...axes, isXLogarithmic: true, isYLogarithmic: true }, series);
}

function soakPlots({ soak }: LoadRuns): string {
  const latency = [
    { name: 'p50', points: soak.map(({ second, p50Us }) => [second, p50Us] as const) },
    { name: 'p99', points: soak.map(({ second, p99Us }) => [second, p99Us] as const) },
  ];
  const heap = [
    {
      name: 'heap in use',
      points: soak.map(({ second, heapBytes }) => [second, heapBytes / 2 ** 20] as const),
    },
  ];
  return `${plot({ title: 'Latency over time', x: 'seconds', y: 'µs', isYLogarithmic: true }, latency)}
${plot({ title: 'Heap of the sending thread', x: 'seconds', y: 'MiB' }, heap)}`;
}
