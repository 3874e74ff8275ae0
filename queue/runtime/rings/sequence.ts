// Sequences of slots. They count modulo 2^32: no atomic operation on a wider integer runs in V8 without making a BigInt, which is
// garbage. All that is ever asked is how far apart two of them are, and a ring keeps them within its capacity of each other.

/** The sequence that is `count` behind another. */
export function sequenceAfter(sequence: number, count: number): number {
  return (sequence + count) | 0;
}

/** How many slots lie from `from` to `to`; right as long as there are fewer than 2^31. */
export function distanceTo(to: number, from: number): number {
  return (to - from) | 0;
}
