/** Round steps that divide 0 .. max into about `count` parts, from one step up to max. */
export function ticksUpTo(max: number, count: number): readonly number[] {
  if (!(max > 0)) return [];
  const rough = max / count;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * magnitude).find((size) => size >= rough) ?? rough;
  return Array.from({ length: Math.floor(max / step + 1e-9) }, (_, index) => (index + 1) * step);
}

/** The same for u64 values, exact. */
export function bigTicksUpTo(max: bigint, count: bigint): readonly bigint[] {
  const step = bigStep(max / count);
  const ticks: bigint[] = [];
  for (let tick = step; tick <= max; tick += step) ticks.push(tick);
  return ticks;
}

/** The multiples of a round step within low .. high, about `count` of them. */
export function bigTicksWithin(low: bigint, high: bigint, count: bigint): readonly bigint[] {
  const step = bigStep((high - low) / count);
  const ticks: bigint[] = [];
  for (let tick = ((low + step - 1n) / step) * step; tick <= high; tick += step) ticks.push(tick);
  return ticks;
}

function bigStep(rough: bigint): bigint {
  const magnitude = 10n ** BigInt(Math.max(0, String(rough).length - 1));
  return [1n, 2n, 5n].map((factor) => factor * magnitude).find((size) => size >= rough) ?? 10n * magnitude;
}
