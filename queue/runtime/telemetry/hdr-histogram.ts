import { BUCKETS, HISTOGRAM_DOUBLES, HISTOGRAM_HEAD } from './telemetry-layout.ts';

// High dynamic range: 64 buckets for every doubling of the value, so that each is known to 1/64 of itself.
const SUB_BITS = 6;
const SUB_BUCKETS = 2 ** SUB_BITS;
const EXACT_BELOW = 2 * SUB_BUCKETS;
const HIGH = 2 ** 31;
const HIGH_SHIFT = 16;
const VALUE_MAX = 2 ** 46;

/** Which bucket a value falls into. @param value 0 or more; what is above 2^46 counts as that */
export function bucketOf(value: number): number {
  if (!(value >= 1)) return 0;
  if (value < EXACT_BELOW) return value | 0;
  const isHigh = value >= HIGH;
  const scaled = isHigh ? (Math.min(value, VALUE_MAX - 1) / 2 ** HIGH_SHIFT) | 0 : value | 0;
  const shift = 31 - Math.clz32(scaled) - SUB_BITS;
  return (shift + (isHigh ? HIGH_SHIFT : 0)) * SUB_BUCKETS + (scaled >> shift);
}

/** The largest whole value of a bucket: what a percentile names, so that it is never too low. */
export function bucketEnd(bucket: number): number {
  if (bucket < EXACT_BELOW) return bucket;
  const shift = Math.floor(bucket / SUB_BUCKETS) - 1;
  return (bucket - shift * SUB_BUCKETS + 1) * 2 ** shift - 1;
}

/**
 * A histogram in memory that may be shared: one thread records, any thread reads. A recording is three plain additions; a reader may
 * see some of a recording's and not yet the others, which moves no percentile by more than that one value.
 */
export class HdrHistogram {
  readonly #doubles: Float64Array;

  /** @param doubles HISTOGRAM_DOUBLES of them */
  constructor(doubles: Float64Array = new Float64Array(HISTOGRAM_DOUBLES)) {
    this.#doubles = doubles;
  }

  /** @param value ns */
  record(value: number): void {
    const doubles = this.#doubles;
    const at = HISTOGRAM_HEAD + bucketOf(value);
    doubles[at] = (doubles[at] ?? 0) + 1;
    doubles[0] = (doubles[0] ?? 0) + 1;
    doubles[1] = (doubles[1] ?? 0) + value;
    if (value > (doubles[2] ?? 0)) doubles[2] = value;
  }

  get count(): number {
    return this.#doubles[0] ?? 0;
  }

  get largest(): number {
    return this.#doubles[2] ?? 0;
  }

  /** Arithmetic mean, 0 when empty. */
  get mean(): number {
    return this.count === 0 ? 0 : (this.#doubles[1] ?? 0) / this.count;
  }

  /** The value that `share` of all values do not exceed, to 1/64 of itself; 0 when empty. @param share 0 .. 1 */
  percentile(share: number): number {
    let counted = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) counted += this.#doubles[HISTOGRAM_HEAD + bucket] ?? 0;
    let left = Math.max(1, Math.ceil(counted * share));
    if (counted === 0) return 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#doubles[HISTOGRAM_HEAD + bucket] ?? 0;
      if (left <= 0) return Math.min(bucketEnd(bucket), Math.ceil(this.largest));
    }
    return this.largest;
  }
}
