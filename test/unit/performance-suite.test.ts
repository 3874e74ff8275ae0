import { describe, expect, test } from 'vitest';
import { HdrHistogram } from '../../queue/runtime/telemetry/hdr-histogram.ts';
import { htmlReport, type PerformanceReport } from '../performance/html-report.ts';
import { LOADS } from '../performance/load-runs.ts';
import { readBaseline, regressions } from '../performance/regression-gate.ts';
import { overBudget, STAGE_BUDGETS, type StageFigures } from '../performance/stage-budgets.ts';

const WITHIN = Object.fromEntries(
  Object.entries(STAGE_BUDGETS).map(([name, { limit }]) => [name, limit]),
) as unknown as StageFigures;

describe('the budgets', () => {
  test('are kept by figures at their limits', () => {
    expect(overBudget(WITHIN)).toEqual([]);
  });

  test.each(Object.entries(STAGE_BUDGETS))('complain of %s beyond its limit', (name, { limit, bound }) => {
    const beyond = bound === 'most' ? limit + 1 : limit - 1;
    expect(overBudget({ ...WITHIN, [name]: beyond })).toEqual([
      expect.stringContaining(`${name} is ${beyond}`),
    ]);
    expect(overBudget({ ...WITHIN, [name]: Number.NaN })).toHaveLength(1);
  });
});

test('the gate lets a ratio be 5 % worse than the last release and no more', () => {
  const baseline = { a: 2, b: 10 };
  expect(regressions({ a: 2.1, b: 1 }, baseline)).toEqual([]);
  expect(regressions({ a: 2.11, b: 10.6 }, baseline)).toEqual([
    expect.stringContaining('a is 2.110, 5.5 % worse'),
    expect.stringContaining('b is 10.600, 6.0 % worse'),
  ]);
  expect(regressions({ isNew: 5 }, baseline)).toEqual([]);
  expect(Object.keys(readBaseline()).length).toBeGreaterThan(0);
});

test('the report is one page that loads nothing, with a row for each budget, a line for each load, and no raw text in it', () => {
  const latency = new HdrHistogram();
  for (let value = 1000; value < 100_000; value += 7) latency.record(value);
  const report: PerformanceReport = {
    mode: 'short',
    note: 'a <busy> machine',
    figures: { ...WITHIN, seqlock_read_ns: 500 },
    ratios: { engine_stage_ratio: 1.5 },
    complaints: ['seqlock & more'],
    runs: {
      capacityPerSecond: 1e6,
      loads: LOADS.map((load) => ({ load, commandsPerSecond: load * 1e6, latency })),
      stress: { commands: 10, maxUs: 5, unanswered: 0 },
      soak: [1, 2, 3].map((second) => ({ second, p50Us: 1, p99Us: second, heapBytes: 5e6 })),
      soakGrowthBytesPerCommand: 0,
    },
  };
  const html = htmlReport(report);
  for (const name of Object.keys(STAGE_BUDGETS)) expect(html).toContain(`<td>${name}</td>`);
  expect(html.match(/class="over"><td>/g)).toHaveLength(1);
  expect(html.match(/<polyline/g)).toHaveLength(LOADS.length + 3);
  expect(html).toContain('a &lt;busy&gt; machine');
  expect(html).toContain('seqlock &amp; more');
  expect(html).not.toMatch(/NaN|Infinity|undefined|<script|https?:|src=/);
});
