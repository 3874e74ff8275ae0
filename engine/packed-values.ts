import {
  chooseHostModule,
  type HostModuleExports,
  type HostModuleKind,
  instantiateHostModule,
} from './host-module.ts';
import { ProofbookError } from './proofbook-error.ts';
import { fromLimbs } from './u128-limbs.ts';
import { requireU64 } from './value-ranges.ts';

/** How far an order of some quantity reaches into a side of the book. */
export interface Depth {
  /** Values that it takes, the last one perhaps in part. */
  readonly count: number;
  /** What all of them together lack; 0 when they are enough. */
  readonly missing: bigint;
}

/**
 * Prices or volumes of many levels, packed, for searches and sums of two and more at a time where the machine has SIMD. For the host
 * alone: depth charts, estimates, checks. Each instance has its own copy, so a caller may go on writing to what it gave.
 */
export class PackedValues {
  readonly kind: HostModuleKind;
  readonly #module: HostModuleExports;
  readonly #buffer: BigUint64Array;
  readonly #total: BigUint64Array;
  #count = 0;
  #isAscending: boolean | undefined;

  /** @param kind the module to run on; by default the fastest that the machine has */
  constructor(kind: HostModuleKind = chooseHostModule()) {
    const module = instantiateHostModule(kind);
    const { buffer } = module.memory;
    this.kind = kind;
    this.#module = module;
    this.#buffer = new BigUint64Array(buffer, module.valuesPointer(), module.valuesCapacity());
    this.#total = new BigUint64Array(buffer, module.totalPointer(), 2);
  }

  /** Takes u64 values in place of the last ones, 65,536 at most. @throws INVALID_LENGTH */
  load(values: BigUint64Array): void {
    if (values.length > this.#buffer.length) {
      const expected = `at most ${this.#buffer.byteLength}`;
      throw new ProofbookError('INVALID_LENGTH', { field: 'values', value: values.byteLength, expected });
    }
    this.#buffer.set(values);
    this.#count = values.length;
    this.#isAscending = undefined;
  }

  /** Index of the first value that is `value`, -1 when there is none; in any order of values. @throws INVALID_FIELD unless u64 */
  indexOf(value: bigint): number {
    const index = this.#module.findValue(this.#count, requireU64(value, 'value'));
    return index === this.#count ? -1 : index;
  }

  /**
   * How many values are below `value`: where it is, or would be put in.
   *
   * @throws INVALID_FIELD unless u64, and unless the values ascend
   */
  lowerBound(value: bigint): number {
    requireU64(value, 'value');
    this.#requireAscending();
    return this.#module.lowerBound(this.#count, value);
  }

  /** Sum of all values, below 2^80. */
  total(): bigint {
    this.#module.sumValues(this.#count);
    return fromLimbs({ low: this.#total[0] ?? 0n, high: this.#total[1] ?? 0n });
  }

  /** How many values, from the first on, add up to `quantity` or more. @throws INVALID_FIELD unless u64 */
  depthUntil(quantity: bigint): Depth {
    const count = this.#module.depthUntil(this.#count, requireU64(quantity, 'quantity'));
    return { count, missing: this.#total[0] ?? 0n };
  }

  // Asked once for each load: a search among values in disorder finds something, and it is wrong.
  #requireAscending(): void {
    this.#isAscending ??= isAscending(this.#buffer, this.#count);
    if (this.#isAscending) return;
    const reason = 'expected ascending values';
    throw new ProofbookError('INVALID_FIELD', { field: 'values', value: 'in disorder', reason });
  }
}

function isAscending(values: BigUint64Array, count: number): boolean {
  for (let i = 1; i < count; i++) if ((values[i - 1] as bigint) > (values[i] as bigint)) return false;
  return true;
}
