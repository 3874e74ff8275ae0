// BLAKE3's compression function, written from the paper (§2.2) alone: what the guest's one instruction must do.

const INITIAL_WORDS: readonly number[] = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a];
const MESSAGE_PERMUTATION: readonly number[] = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
const COLUMNS_AND_DIAGONALS: readonly (readonly [number, number, number, number])[] = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
];
const ROUNDS = 7;

/**
 * @param value chaining value, 8 words
 * @param block message, 16 words
 * @param tweak counter (2 words, lower first), block length in bytes, flags
 * @returns the first 8 words of the output
 */
export function compress(
  value: readonly number[],
  block: readonly number[],
  tweak: readonly number[],
): readonly number[] {
  const state = Uint32Array.from([...value, ...INITIAL_WORDS, ...tweak]);
  const at = (index: number) => state[index] ?? 0;
  const turn = (index: number, other: number, bits: number) => {
    const mixed = at(index) ^ at(other);
    state[index] = (mixed >>> bits) | (mixed << (32 - bits));
  };
  let message = block;
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, [a, b, c, d]] of COLUMNS_AND_DIAGONALS.entries()) {
      state[a] = at(a) + at(b) + (message[2 * index] ?? 0);
      turn(d, a, 16);
      state[c] = at(c) + at(d);
      turn(b, c, 12);
      state[a] = at(a) + at(b) + (message[2 * index + 1] ?? 0);
      turn(d, a, 8);
      state[c] = at(c) + at(d);
      turn(b, c, 7);
    }
    const last = message;
    message = MESSAGE_PERMUTATION.map((from) => last[from] ?? 0);
  }
  return Array.from({ length: 8 }, (_, index) => (at(index) ^ at(index + 8)) >>> 0);
}
