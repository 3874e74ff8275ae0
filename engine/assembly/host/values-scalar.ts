// Packed u64 values, one at a time: what the lanes of values-lanes.ts must agree with.

import { TOTAL, VALUES } from './buffers';

/** Index of the first value from `from` on that is `value`; `count` when there is none. */
export function findFrom(from: u32, count: u32, value: u64): u32 {
  for (; from < count; ++from) {
    if (load<u64>(VALUES + from * 8) == value) return from;
  }
  return count;
}

/** How many values are below `value`, in ascending values of which the first `from` are below it. */
export function lowerBoundFrom(from: u32, count: u32, value: u64): u32 {
  while (from < count) {
    const middle = (from + count) >> 1;
    if (load<u64>(VALUES + middle * 8) < value) from = middle + 1;
    else count = middle;
  }
  return from;
}

/** Adds values `from` .. `count` - 1 to the u128 at TOTAL. */
export function addFrom(from: u32, count: u32): void {
  let low = load<u64>(TOTAL, 0);
  let high = load<u64>(TOTAL, 8);
  for (; from < count; ++from) {
    const value = load<u64>(VALUES + from * 8);
    low += value;
    high += u64(low < value);
  }
  store<u64>(TOTAL, low, 0);
  store<u64>(TOTAL, high, 8);
}

/**
 * How many values it takes, from `from` on, until their sum is at least the u64 at TOTAL; `count` and what is
 * missing at TOTAL when all of them are not enough, otherwise 0 there.
 */
export function depthFrom(from: u32, count: u32): u32 {
  let missing = load<u64>(TOTAL);
  while (missing != 0 && from < count) {
    const value = load<u64>(VALUES + from * 8);
    missing -= value < missing ? value : missing;
    ++from;
  }
  store<u64>(TOTAL, missing);
  return from;
}
