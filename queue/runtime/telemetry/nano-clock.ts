const CALIBRATIONS = 64;

/**
 * Nanoseconds of the machine's monotonic clock, the same for every thread and process of it, read without garbage.
 *
 * `performance.now` counts from another start in each thread; how far that is from `process.hrtime` is measured once, as the least of
 * many differences, for whatever interrupts a measurement makes it larger.
 */
export class NanoClock {
  readonly #offsetNs: number;
  /** What must be added to get nanoseconds since 1970. */
  readonly epochOffsetNs: number;
  /** What `tick` read. A double that a call returns may be made an object; one in memory never is. */
  readonly last = new Float64Array(1);

  constructor() {
    let least = Number.POSITIVE_INFINITY;
    for (let round = 0; round < CALIBRATIONS; round++) {
      const before = performance.now();
      const monotonicNs = Number(process.hrtime.bigint());
      least = Math.min(least, monotonicNs - before * 1e6);
    }
    this.#offsetNs = least;
    this.epochOffsetNs = Date.now() * 1e6 - this.nowNs();
  }

  /** Reads the clock into `last`. */
  tick(): void {
    this.last[0] = performance.now() * 1e6 + this.#offsetNs;
  }

  /** Nanoseconds, as a double: exact to a nanosecond for the first 104 days of a machine's uptime. */
  nowNs(): number {
    return performance.now() * 1e6 + this.#offsetNs;
  }
}
