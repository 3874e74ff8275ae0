// Packed u64 values, two in each v128. What is left over, and where the exact place must be told, is done by
// values-scalar.ts, from where the lanes have come.

import { TOTAL, VALUES } from './buffers';
import { addFrom, depthFrom, findFrom, lowerBoundFrom } from './values-scalar';

/** Values that are looked at together. */
const GROUP: u32 = 8;
/** From here on a search compares everything that is left. */
const WINDOW: u32 = 8;
const LOW_HALF: u64 = 0xffffffff;
const SIGN: u64 = 1 << 63;

// @ts-ignore: decorator
@inline
function pair(index: u32, offset: u32): v128 {
  return v128.load(VALUES + index * 8 + offset);
}

export function findLanes(count: u32, value: u64): u32 {
  const wanted = i64x2.splat(value);
  let from: u32 = 0;
  for (; from + GROUP <= count; from += GROUP) {
    const first = v128.or(i64x2.eq(pair(from, 0), wanted), i64x2.eq(pair(from, 16), wanted));
    const second = v128.or(i64x2.eq(pair(from, 32), wanted), i64x2.eq(pair(from, 48), wanted));
    if (v128.any_true(v128.or(first, second))) break;
  }
  return findFrom(from, count, value);
}

export function lowerBoundLanes(count: u32, value: u64): u32 {
  let from: u32 = 0;
  let left = count;
  while (left > WINDOW) {
    const half = left >> 1;
    // A choice and no branch: which way a search goes can't be foreseen.
    from = load<u64>(VALUES + (from + half - 1) * 8) < value ? from + half : from;
    left -= half;
  }
  // Lanes compare signed numbers: with the sign bit turned the order is that of u64.
  const sign = i64x2.splat(SIGN);
  const wanted = v128.xor(i64x2.splat(value), sign);
  let below = i64x2.splat(0);
  const end = from + left;
  let at = from;
  for (; at + 2 <= end; at += 2) {
    below = i64x2.sub(below, i64x2.lt_s(v128.xor(pair(at, 0), sign), wanted));
  }
  const found = from + (laneSum(below) as u32);
  return found < at ? found : lowerBoundFrom(at, end, value);
}

/** Sum of the `count` values, to TOTAL. */
export function sumLanes(count: u32): void {
  const whole = count & ~(GROUP - 1);
  addGroups(0, whole);
  addFrom(whole, count);
}

/**
 * Adds whole groups to TOTAL. Lower and upper halves are summed apart: neither sum can leave its lane, and the
 * total is exact.
 */
function addGroups(from: u32, end: u32): void {
  let lower = i64x2.splat(0);
  let upper = i64x2.splat(0);
  for (; from < end; from += GROUP) {
    lower = i64x2.add(lower, lowerHalves(from));
    upper = i64x2.add(upper, upperHalves(from));
  }
  const high = laneSum(upper);
  const shifted = high << 32;
  const low = laneSum(lower) + shifted;
  store<u64>(TOTAL, low, 0);
  store<u64>(TOTAL, (high >> 32) + u64(low < shifted), 8);
}

/** As `depthFrom`: groups that are not enough are taken whole. */
export function depthLanes(count: u32): u32 {
  let missing = load<u64>(TOTAL);
  let from: u32 = 0;
  for (; from + GROUP <= count; from += GROUP) {
    const high = laneSum(upperHalves(from));
    const shifted = high << 32;
    const sum = laneSum(lowerHalves(from)) + shifted;
    const leavesU64 = high >> 32 != 0 || sum < shifted;
    if (leavesU64 || sum >= missing) break;
    missing -= sum;
  }
  store<u64>(TOTAL, missing);
  return depthFrom(from, count);
}

/** Sum of the lower 32 bits of a group's values, in two lanes. */
// @ts-ignore: decorator
@inline
function lowerHalves(index: u32): v128 {
  const mask = i64x2.splat(LOW_HALF);
  return i64x2.add(
    i64x2.add(v128.and(pair(index, 0), mask), v128.and(pair(index, 16), mask)),
    i64x2.add(v128.and(pair(index, 32), mask), v128.and(pair(index, 48), mask)),
  );
}

/** Sum of the upper 32 bits of a group's values, in two lanes. */
// @ts-ignore: decorator
@inline
function upperHalves(index: u32): v128 {
  return i64x2.add(
    i64x2.add(i64x2.shr_u(pair(index, 0), 32), i64x2.shr_u(pair(index, 16), 32)),
    i64x2.add(i64x2.shr_u(pair(index, 32), 32), i64x2.shr_u(pair(index, 48), 32)),
  );
}

// @ts-ignore: decorator
@inline
function laneSum(lanes: v128): u64 {
  return (i64x2.extract_lane(lanes, 0) as u64) + (i64x2.extract_lane(lanes, 1) as u64);
}
