import { barChart } from './bar-chart.ts';
import { element } from './element.ts';
import type { MarketModel } from './market-model.ts';
import { axisDuration, axisNumber, durationText, rateText, timeText } from './number-text.ts';
import {
  type BatchDuration,
  latenciesOf,
  percentile,
  proofTimesOf,
  throughputOf,
} from './performance-series.ts';
import { drawOn } from './redraw.ts';
import { section } from './section.ts';

const BATCHES_SHOWN = 40;
const SPREAD_BATCHES_MIN = 5;

/** How fast: commands sealed and proven a second, the way from sealing to proof, and what the prover takes of it. */
export function performanceView(model: MarketModel): HTMLElement {
  const throughput = throughputChart(model);
  const latency = durationChart(model, {
    title: 'Latency',
    about: 'from sealing to the verified proof',
    durationsOf: latenciesOf,
  });
  const proofTime = durationChart(model, {
    title: 'Proof time',
    about: 'the prover alone, for each batch',
    durationsOf: proofTimesOf,
  });
  const { element: card, body } = section('performance', 'Performance');
  body.append(element('div', { class: 'charts' }, throughput, latency, proofTime));
  return card;
}

function throughputChart(model: MarketModel): HTMLElement {
  const chart = barChart({
    title: 'Throughput',
    about: 'commands a second',
    columns: ['From', 'Sealed a second', 'Proven a second'],
    series: ['Sealed', 'Proven'],
    emptyText: 'No batch in this time',
  });
  drawOn(model, ['batches', 'clock'], () => {
    const series = throughputOf(model.batches(), Date.now());
    const { sealedPerSecond, provenPerSecond, spanMs, startMs } = series;
    const nameOf = (index: number) => timeText(startMs + index * spanMs).slice(0, spanMs < 60_000 ? 8 : 5);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const ofProven = rateText(mean(provenPerSecond));
    chart.show({
      headline: `${rateText(mean(sealedPerSecond))}/s`,
      headlineNote: `sealed, ${ofProven}/s proven, mean of ${axisDuration(spanMs * sealedPerSecond.length)}`,
      bars: sealedPerSecond.map((sealed, index) => ({
        name: nameOf(index),
        values: [sealed, provenPerSecond[index] ?? 0],
      })),
      valueText: rateText,
      tickText: axisNumber,
      description: `Commands a second over the last ${axisDuration(spanMs * sealedPerSecond.length)}: ${rateText(mean(sealedPerSecond))} sealed, ${ofProven} proven, on average.`,
    });
  });
  return chart.element;
}

interface DurationChartOptions {
  readonly title: string;
  readonly about: string;
  readonly durationsOf: (batches: ReturnType<MarketModel['batches']>) => readonly BatchDuration[];
}

function durationChart(model: MarketModel, { title, about, durationsOf }: DurationChartOptions): HTMLElement {
  const chart = barChart({
    title,
    about,
    columns: ['Batch', 'Duration'],
    series: ['Duration'],
    emptyText: 'No proven batch yet',
  });
  drawOn(model, ['batches'], () => {
    const durations = durationsOf(model.batches()).slice(-BATCHES_SHOWN);
    const values = durations.map(({ durationMs }) => durationMs);
    const median = percentile(values, 0.5);
    const high = percentile(values, 0.95);
    const stated =
      median === undefined || high === undefined
        ? { headline: '–', headlineNote: 'no proven batch yet' }
        : { headline: durationText(median), headlineNote: spreadText(values.length, high) };
    chart.show({
      ...stated,
      bars: durations.map(({ batchNumber, durationMs }) => ({
        name: `#${batchNumber}`,
        values: [durationMs],
      })),
      valueText: durationText,
      tickText: axisDuration,
      mark: median,
      description: `${title} ${about}: ${stated.headline} ${stated.headlineNote}, ${durations.length} batches.`,
    });
  });
  return chart.element;
}

/** What beside the median is worth saying: of a handful of batches, only how many they are. */
function spreadText(batchCount: number, highMs: number): string {
  if (batchCount === 1) return 'one batch';
  if (batchCount < SPREAD_BATCHES_MIN) return `median of ${batchCount} batches`;
  return `median; ${durationText(highMs)} at the 95th percentile`;
}
