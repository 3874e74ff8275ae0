import { availableParallelism, totalmem } from 'node:os';

/** Units are the last word of each name. A text names which of several things another figure is of. */
export type Figures = Readonly<Record<string, number | string>>;

/** What one bench prints: the same shape for all, so that figures can be kept and compared. */
export interface BenchResult {
  readonly bench: string;
  readonly figures: Figures;
  readonly machine: { readonly cores: number; readonly memory: number };
}

/** @param figures whole numbers or rounded to three decimals here */
export function benchResult(bench: string, figures: Figures): BenchResult {
  const rounded = Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, round(value)]));
  return { bench, figures: rounded, machine: { cores: availableParallelism(), memory: totalmem() } };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new RangeError('the median of no values');
  return middle;
}

function round(value: number | string): number | string {
  return typeof value === 'string' ? value : Math.round(value * 1000) / 1000;
}
