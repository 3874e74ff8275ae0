import { readFileSync, writeFileSync } from 'node:fs';

const BASELINE = new URL('./baseline.json', import.meta.url);
/** How much worse than the last release a ratio may be. */
const WORSE_MAX = 0.05;

/** Ratios of two things that were measured in the same run, so that a slower machine makes no difference. Lower is better. */
export type Ratios = Readonly<Record<string, number>>;

/** Ratios that are more than 5 % worse than the last release's, each as a sentence. Instruction counts of the guest have a gate of their own. */
export function regressions(ratios: Ratios, baseline: Ratios = readBaseline()): readonly string[] {
  return Object.entries(ratios).flatMap(([name, value]) => {
    const before = baseline[name];
    if (before === undefined || value <= before * (1 + WORSE_MAX)) return [];
    const percent = ((value / before - 1) * 100).toFixed(1);
    return [
      `${name} is ${value.toFixed(3)}, ${percent} % worse than the last release's ${before.toFixed(3)}`,
    ];
  });
}

export function readBaseline(): Ratios {
  return JSON.parse(readFileSync(BASELINE, 'utf8')) as Ratios;
}

/** Makes these ratios the last release's. */
export function recordBaseline(ratios: Ratios): void {
  const rounded = Object.fromEntries(
    Object.entries(ratios).map(([name, value]) => [name, Math.round(value * 1000) / 1000]),
  );
  writeFileSync(BASELINE, `${JSON.stringify(rounded, undefined, 2)}\n`);
}
