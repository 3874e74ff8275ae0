// The flat interface of the host kernels. One source makes two modules: host-simd.wasm when the compiler has SIMD
// enabled, host-scalar.wasm when not. Both give the same bytes for the same input. Nothing is imported and nothing
// is allocated; a count that a buffer has no room for is a trap.

import { hashChunkKeyed, hashKeyed, hashNode, LEAF_KEY } from '../blake3';
import { DIGEST_BYTES, PAGE_BYTES } from '../geometry';
import { hashLeaves4, hashNodes4, hashPages4 } from './blake3-lanes';
import {
  BLOCK_BYTES,
  BLOCKS_MAX,
  DIGESTS,
  INPUT,
  INPUT_BYTES,
  PAGES_MAX,
  TOTAL,
  VALUES,
  VALUES_MAX,
} from './buffers';
import { depthLanes, findLanes, lowerBoundLanes, sumLanes } from './values-lanes';
import { addFrom, depthFrom, findFrom, lowerBoundFrom } from './values-scalar';

export function inputPointer(): u32 {
  return INPUT;
}

export function inputCapacity(): u32 {
  return INPUT_BYTES;
}

export function digestsPointer(): u32 {
  return DIGESTS;
}

export function valuesPointer(): u32 {
  return VALUES;
}

/** In values. */
export function valuesCapacity(): u32 {
  return VALUES_MAX;
}

/** Address of the u128 that `sumValues` and `depthUntil` leave. */
export function totalPointer(): u32 {
  return TOTAL;
}

/** Digests of `count` inner nodes (protocol §6), each a block of two digests. */
export function hashNodes(count: u32): void {
  if (count > BLOCKS_MAX) unreachable();
  let done: u32 = 0;
  if (ASC_FEATURE_SIMD) {
    // Four lanes cost less than two single hashes; what the lanes behind `count` hash is nobody's.
    for (; done + 1 < count; done += 4) hashNodes4(INPUT + done * BLOCK_BYTES, DIGESTS + done * DIGEST_BYTES);
  }
  for (; done < count; ++done) hashNode(INPUT + done * BLOCK_BYTES, DIGESTS + done * DIGEST_BYTES);
}

/** Digests of `count` leaves of 64 bytes (protocol §6, state tree). */
export function hashLeaves(count: u32): void {
  if (count > BLOCKS_MAX) unreachable();
  let done: u32 = 0;
  if (ASC_FEATURE_SIMD) {
    for (; done + 1 < count; done += 4) hashLeaves4(INPUT + done * BLOCK_BYTES, DIGESTS + done * DIGEST_BYTES);
  }
  for (; done < count; ++done) hashKeyed(LEAF_KEY, INPUT + done * BLOCK_BYTES, DIGESTS + done * DIGEST_BYTES);
}

/** Digests of `count` pages of 1 KiB (protocol §6, batch trees). */
export function hashPages(count: u32): void {
  if (count > PAGES_MAX) unreachable();
  let done: u32 = 0;
  if (ASC_FEATURE_SIMD) {
    for (; done + 1 < count; done += 4) hashPages4(INPUT + done * PAGE_BYTES, DIGESTS + done * DIGEST_BYTES);
  }
  for (; done < count; ++done) {
    hashChunkKeyed(LEAF_KEY, INPUT + done * PAGE_BYTES, PAGE_BYTES, DIGESTS + done * DIGEST_BYTES);
  }
}

/** Index of the first of `count` values that is `value`; `count` when there is none. */
export function findValue(count: u32, value: u64): u32 {
  if (count > VALUES_MAX) unreachable();
  if (ASC_FEATURE_SIMD) return findLanes(count, value);
  return findFrom(0, count, value);
}

/** How many of `count` ascending values are below `value`. */
export function lowerBound(count: u32, value: u64): u32 {
  if (count > VALUES_MAX) unreachable();
  if (ASC_FEATURE_SIMD) return lowerBoundLanes(count, value);
  return lowerBoundFrom(0, count, value);
}

/** Sum of `count` values, a u128 that is left at `totalPointer`. */
export function sumValues(count: u32): void {
  if (count > VALUES_MAX) unreachable();
  if (ASC_FEATURE_SIMD) {
    sumLanes(count);
  } else {
    store<u64>(TOTAL, 0, 0);
    store<u64>(TOTAL, 0, 8);
    addFrom(0, count);
  }
}

/** How many of `count` values it takes to reach `quantity`; what they lack is left at `totalPointer`. */
export function depthUntil(count: u32, quantity: u64): u32 {
  if (count > VALUES_MAX) unreachable();
  store<u64>(TOTAL, quantity, 0);
  store<u64>(TOTAL, 0, 8);
  if (ASC_FEATURE_SIMD) return depthLanes(count);
  return depthFrom(0, count);
}
