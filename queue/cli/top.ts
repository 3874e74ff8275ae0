import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { TelemetryBlock } from '../runtime/telemetry/telemetry-block.ts';
import { readTelemetryFile } from '../runtime/telemetry/telemetry-file.ts';
import { COUNTERS, type CounterName, HISTOGRAMS } from '../runtime/telemetry/telemetry-layout.ts';
import { parseCommandLine, required, wholeNumber } from './arguments.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Output } from './output.ts';
import { renderTable } from './table.ts';

const CLEAR_SCREEN = '\u001b[H\u001b[J';

/** Rates of the counters that only grow, a second, between two readings. */
type Rates = Readonly<Partial<Record<CounterName, number>>>;

/** `proofbook top --file F`: shows what a running pipeline measures, again every interval; once with --json or --once. */
export async function runTop(args: readonly string[], output: Output, signal: AbortSignal): Promise<number> {
  const { values } = parseCommandLine(
    args,
    {
      file: { type: 'string' },
      'interval-ms': { type: 'string', default: '1000' },
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
    false,
  );
  const path = required('--file', values.file);
  const intervalMs = wholeNumber('--interval-ms', values['interval-ms'], 50, 60_000);
  let before = readTelemetryFile(path);
  let coresBefore = cpus();
  for (;;) {
    await delay(intervalMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return EXIT_CODES.interrupted;
    const now = readTelemetryFile(path);
    const cores = cpus();
    const shown = { rates: ratesBetween(before, now), busyByCore: busyShares(coresBefore, cores) };
    if (values.json) output.result(JSON.stringify(asJson(now, shown)));
    else output.result(`${values.once ? '' : CLEAR_SCREEN}${asText(path, now, shown)}`);
    if (values.json || values.once) return EXIT_CODES.success;
    before = now;
    coresBefore = cores;
  }
}

/** What two readings together tell. */
interface Shown {
  readonly rates: Rates;
  /** Share of the time that each core was busy, by whomever, in percent. */
  readonly busyByCore: readonly number[];
}

function busyShares(before: ReturnType<typeof cpus>, now: ReturnType<typeof cpus>): readonly number[] {
  return now.map(({ times }, core) => {
    const old = before[core]?.times ?? times;
    const idle = times.idle - old.idle;
    const all = Object.keys(times).reduce(
      (sum, kind) => sum + times[kind as keyof typeof times] - old[kind as keyof typeof times],
      0,
    );
    return all > 0 ? Math.round((1 - idle / all) * 100) : 0;
  });
}

function ratesBetween(before: TelemetryBlock, now: TelemetryBlock): Rates {
  const seconds = (now.header('writtenEpochMs') - before.header('writtenEpochMs')) / 1000;
  const rates: Partial<Record<CounterName, number>> = {};
  for (const { name } of COUNTERS) {
    if (!name.endsWith('_total')) continue;
    const grown = now.counter(name).value - before.counter(name).value;
    rates[name] = seconds > 0 ? Math.round(grown / seconds) : 0;
  }
  return rates;
}

function percentilesOf(block: TelemetryBlock, name: (typeof HISTOGRAMS)[number]['name']) {
  const histogram = block.histogram(name);
  return {
    count: histogram.count,
    mean: Math.round(histogram.mean),
    p50: histogram.percentile(0.5),
    p99: histogram.percentile(0.99),
    p999: histogram.percentile(0.999),
    max: Math.round(histogram.largest),
  };
}

function asJson(block: TelemetryBlock, { rates, busyByCore }: Shown): unknown {
  return {
    processId: block.header('processId'),
    startedEpochMs: block.header('startedEpochMs'),
    writtenEpochMs: block.header('writtenEpochMs'),
    counters: Object.fromEntries(COUNTERS.map(({ name }) => [name, block.counter(name).value])),
    perSecond: rates,
    busyPercentByCore: busyByCore,
    histograms: Object.fromEntries(HISTOGRAMS.map(({ name }) => [name, percentilesOf(block, name)])),
  };
}

function asText(path: string, block: TelemetryBlock, { rates, busyByCore }: Shown): string {
  const ageMs = Math.round(Date.now() - block.header('writtenEpochMs'));
  const counters = COUNTERS.map(({ name, owner }) => [
    owner,
    name,
    String(Math.round(block.counter(name).value)),
    String(rates[name] ?? ''),
  ]);
  const histograms = HISTOGRAMS.map(({ name }) => {
    const { count, mean, p50, p99, p999, max } = percentilesOf(block, name);
    return [name, ...[count, mean, p50, p99, p999, max].map(String)];
  });
  return [
    `proofbook top: process ${block.header('processId')}, ${path}, written ${ageMs} ms ago`,
    `cores busy: ${busyByCore.map((percent) => `${percent} %`).join(', ')}`,
    renderTable(['thread', 'counter', 'value', 'per second'], counters),
    '',
    renderTable(['histogram', 'count', 'mean', 'p50', 'p99', 'p99.9', 'max'], histograms),
  ].join('\n');
}
