import { availableParallelism, totalmem } from 'node:os';

/** What one bench prints: the same shape for all, so that figures can be kept and compared. */
export interface BenchResult {
  readonly bench: string;
  /** Units are the last word of each name. */
  readonly figures: Readonly<Record<string, number>>;
  readonly machine: { readonly cores: number; readonly memory: number };
}

/** @param figures whole numbers or rounded to three decimals here */
export function benchResult(bench: string, figures: Readonly<Record<string, number>>): BenchResult {
  const rounded = Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, round(value)]));
  return { bench, figures: rounded, machine: { cores: availableParallelism(), memory: totalmem() } };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new RangeError('the median of no values');
  return middle;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
