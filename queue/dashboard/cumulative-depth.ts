import type { DepthLevel } from './wire.ts';

/** A level with the volume of all that are better or as good. */
export interface CumulativeLevel extends DepthLevel {
  readonly total: bigint;
}

/** Running totals from the best level on. */
export function cumulative(levels: readonly DepthLevel[]): readonly CumulativeLevel[] {
  let total = 0n;
  return levels.map((level) => {
    total += level.volume;
    return { ...level, total };
  });
}

/** The largest of u64 values; Math.max knows no bigint. 0 of none. */
export function largest(values: readonly bigint[]): bigint {
  let most = 0n;
  for (const value of values) if (value > most) most = value;
  return most;
}
