import { ProofbookError } from '../../engine/proofbook-error.ts';

const U32 = 0x1_0000_0000;
const SEED_MAX = 2n ** 64n - 1n;
// Rounds that mix the seed into every bit of the state before the first number is taken.
const WARM_UP_ROUNDS = 20;

/**
 * A small seeded generator on 32-bit integers (sfc32): the same seed gives the same numbers on every machine, with no
 * float anywhere. For test data; not for secrets.
 */
export class IntegerRandom {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed u64 @throws INVALID_FIELD */
  constructor(seed: bigint) {
    if (seed < 0n || seed > SEED_MAX) {
      throw new ProofbookError('INVALID_FIELD', { field: 'seed', value: seed, reason: 'must be a u64' });
    }
    this.#a = Number(seed & 0xffffffffn) | 0;
    this.#b = Number(seed >> 32n) | 0;
    this.#c = 0x9e3779b9 | 0;
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.nextU32();
  }

  /** 0 .. 2^32-1. */
  nextU32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** 0 .. bound-1, every value equally often. @param bound 1 .. 2^32 */
  below(bound: number): number {
    // Values above the last whole multiple of the bound would favour small results.
    const limit = U32 - (U32 % bound);
    let value = this.nextU32();
    while (value >= limit) value = this.nextU32();
    return value % bound;
  }

  /** True `numerator` times out of `denominator`. */
  chance(numerator: number, denominator: number): boolean {
    return this.below(denominator) < numerator;
  }

  /** 0, 1, 2, ...: each next value half as often, `max` at most. */
  geometric(max: number): number {
    let value = 0;
    while (value < max && this.chance(1, 2)) value++;
    return value;
  }
}
