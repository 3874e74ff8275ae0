const U64_MASK = (1n << 64n) - 1n;

/** SplitMix64: a small generator whose whole state is its seed, so that a printed seed replays a test. */
export class Random {
  #state: bigint;

  constructor(seed: bigint) {
    this.#state = seed & U64_MASK;
  }

  /** 64 random bits. */
  u64(): bigint {
    this.#state = (this.#state + 0x9e3779b97f4a7c15n) & U64_MASK;
    let mixed = this.#state;
    mixed = ((mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n) & U64_MASK;
    mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & U64_MASK;
    return mixed ^ (mixed >> 31n);
  }

  /** 0 .. count-1; count is at least 1. */
  below(count: number): number {
    return Number(this.u64() % BigInt(count));
  }

  /** min .. max, both included. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  /** True in `percent` of 100 cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(values: readonly [T, ...T[]]): T {
    return values[this.below(values.length)] ?? values[0];
  }
}
