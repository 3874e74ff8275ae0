// BLAKE3 of four messages at once, one in each lane of a v128 (the paper, §5.3). For the host alone: the consensus
// module has no SIMD. What is hashed, and how, is ../blake3.ts word for word.

import { LEAF_KEY } from '../blake3';
import { DIGEST_BYTES, PAGE_BYTES } from '../geometry';

const BLOCK_BYTES: u32 = 64;

const IV0: u32 = 0x6a09e667;
const IV1: u32 = 0xbb67ae85;
const IV2: u32 = 0x3c6ef372;
const IV3: u32 = 0xa54ff53a;
const INITIAL_VALUE: u32 = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]) as u32;

const CHUNK_START: u32 = 1;
const CHUNK_END: u32 = 2;
const ROOT: u32 = 8;
const KEYED_HASH: u32 = 16;
const SINGLE_BLOCK: u32 = CHUNK_START | CHUNK_END | ROOT;

/** Word i of the four blocks is the i-th vector. */
const WORDS: u32 = memory.data(16 * 16, 64) as u32;
/** Chaining values of the four messages, laid out the same. */
const VALUES: u32 = memory.data(8 * 16, 64) as u32;

const SCHEDULE_BYTES: u32 = 7 * 16;
/**
 * For each of seven rounds, where in WORDS its sixteen message words are: the permutation of the paper, applied once
 * more in each row.
 */
const SCHEDULE: u32 = memory.data<u8>([
  0, 16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240,
  32, 96, 48, 160, 112, 0, 64, 208, 16, 176, 192, 80, 144, 224, 240, 128,
  48, 64, 160, 192, 208, 32, 112, 224, 96, 80, 144, 0, 176, 240, 128, 16,
  160, 112, 192, 144, 224, 48, 208, 240, 64, 0, 176, 32, 80, 128, 16, 96,
  192, 208, 144, 176, 240, 160, 224, 128, 112, 32, 80, 48, 0, 16, 96, 64,
  144, 224, 176, 80, 128, 192, 240, 16, 208, 48, 0, 160, 32, 96, 64, 112,
  176, 240, 80, 0, 16, 144, 128, 96, 224, 160, 32, 192, 48, 64, 112, 208,
]) as u32;

/** Four inner nodes: BLAKE3 of four blocks that follow each other, their digests one behind the other at `out`. */
export function hashNodes4(blocks: u32, out: u32): void {
  startFrom(INITIAL_VALUE);
  compress4(blocks, BLOCK_BYTES, SINGLE_BLOCK);
  writeDigests(out);
}

/** Four leaves of 64 bytes: BLAKE3 keyed with the leaf key. */
export function hashLeaves4(blocks: u32, out: u32): void {
  startFrom(LEAF_KEY);
  compress4(blocks, BLOCK_BYTES, SINGLE_BLOCK | KEYED_HASH);
  writeDigests(out);
}

/** Four pages of 1 KiB: BLAKE3 keyed with the leaf key. */
export function hashPages4(pages: u32, out: u32): void {
  startFrom(LEAF_KEY);
  compress4(pages, PAGE_BYTES, KEYED_HASH | CHUNK_START);
  for (let block = BLOCK_BYTES; block < PAGE_BYTES - BLOCK_BYTES; block += BLOCK_BYTES) {
    compress4(pages + block, PAGE_BYTES, KEYED_HASH);
  }
  compress4(pages + PAGE_BYTES - BLOCK_BYTES, PAGE_BYTES, KEYED_HASH | CHUNK_END | ROOT);
  writeDigests(out);
}

function startFrom(value: u32): void {
  for (let word: u32 = 0; word < 8; ++word) {
    v128.store(VALUES + word * 16, v128.load32_splat(value + word * 4));
  }
}

// @ts-ignore: decorator
@inline
function value(word: u32): v128 {
  return v128.load(VALUES + word * 16);
}

// @ts-ignore: decorator
@inline
function word(round: u32, index: u32): v128 {
  return v128.load(WORDS + load<u8>(round + index));
}

// @ts-ignore: decorator
@inline
function add3(a: v128, b: v128, c: v128): v128 {
  return i32x4.add(i32x4.add(a, b), c);
}

/** a ^ b, each lane turned right by 16 bits: a move of bytes. */
// @ts-ignore: decorator
@inline
function rotated16(a: v128, b: v128): v128 {
  const x = v128.xor(a, b);
  return i8x16.shuffle(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}

/** a ^ b, each lane turned right by 8 bits. */
// @ts-ignore: decorator
@inline
function rotated8(a: v128, b: v128): v128 {
  const x = v128.xor(a, b);
  return i8x16.shuffle(x, x, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12);
}

// @ts-ignore: decorator
@inline
function rotated12(a: v128, b: v128): v128 {
  const x = v128.xor(a, b);
  return v128.or(i32x4.shr_u(x, 12), i32x4.shl(x, 20));
}

// @ts-ignore: decorator
@inline
function rotated7(a: v128, b: v128): v128 {
  const x = v128.xor(a, b);
  return v128.or(i32x4.shr_u(x, 7), i32x4.shl(x, 25));
}

/** One compression of chunk 0 in each lane; the four blocks lie `stride` bytes apart. */
function compress4(blocks: u32, stride: u32, flags: u32): void {
  for (let quarter: u32 = 0; quarter < BLOCK_BYTES; quarter += 16) {
    transpose(blocks + quarter, stride, WORDS + quarter * 4, 16);
  }
  let v0 = value(0),
    v1 = value(1),
    v2 = value(2),
    v3 = value(3);
  let v4 = value(4),
    v5 = value(5),
    v6 = value(6),
    v7 = value(7);
  let v8 = i32x4.splat(IV0),
    v9 = i32x4.splat(IV1),
    v10 = i32x4.splat(IV2),
    v11 = i32x4.splat(IV3);
  let v12 = i32x4.splat(0),
    v13 = i32x4.splat(0),
    v14 = i32x4.splat(BLOCK_BYTES),
    v15 = i32x4.splat(flags);

  for (let round = SCHEDULE; round < SCHEDULE + SCHEDULE_BYTES; round += 16) {
    // Columns, then diagonals: the function G of the paper, eight times.
    v0 = add3(v0, v4, word(round, 0));
    v12 = rotated16(v12, v0);
    v8 = i32x4.add(v8, v12);
    v4 = rotated12(v4, v8);
    v0 = add3(v0, v4, word(round, 1));
    v12 = rotated8(v12, v0);
    v8 = i32x4.add(v8, v12);
    v4 = rotated7(v4, v8);
    v1 = add3(v1, v5, word(round, 2));
    v13 = rotated16(v13, v1);
    v9 = i32x4.add(v9, v13);
    v5 = rotated12(v5, v9);
    v1 = add3(v1, v5, word(round, 3));
    v13 = rotated8(v13, v1);
    v9 = i32x4.add(v9, v13);
    v5 = rotated7(v5, v9);
    v2 = add3(v2, v6, word(round, 4));
    v14 = rotated16(v14, v2);
    v10 = i32x4.add(v10, v14);
    v6 = rotated12(v6, v10);
    v2 = add3(v2, v6, word(round, 5));
    v14 = rotated8(v14, v2);
    v10 = i32x4.add(v10, v14);
    v6 = rotated7(v6, v10);
    v3 = add3(v3, v7, word(round, 6));
    v15 = rotated16(v15, v3);
    v11 = i32x4.add(v11, v15);
    v7 = rotated12(v7, v11);
    v3 = add3(v3, v7, word(round, 7));
    v15 = rotated8(v15, v3);
    v11 = i32x4.add(v11, v15);
    v7 = rotated7(v7, v11);
    v0 = add3(v0, v5, word(round, 8));
    v15 = rotated16(v15, v0);
    v10 = i32x4.add(v10, v15);
    v5 = rotated12(v5, v10);
    v0 = add3(v0, v5, word(round, 9));
    v15 = rotated8(v15, v0);
    v10 = i32x4.add(v10, v15);
    v5 = rotated7(v5, v10);
    v1 = add3(v1, v6, word(round, 10));
    v12 = rotated16(v12, v1);
    v11 = i32x4.add(v11, v12);
    v6 = rotated12(v6, v11);
    v1 = add3(v1, v6, word(round, 11));
    v12 = rotated8(v12, v1);
    v11 = i32x4.add(v11, v12);
    v6 = rotated7(v6, v11);
    v2 = add3(v2, v7, word(round, 12));
    v13 = rotated16(v13, v2);
    v8 = i32x4.add(v8, v13);
    v7 = rotated12(v7, v8);
    v2 = add3(v2, v7, word(round, 13));
    v13 = rotated8(v13, v2);
    v8 = i32x4.add(v8, v13);
    v7 = rotated7(v7, v8);
    v3 = add3(v3, v4, word(round, 14));
    v14 = rotated16(v14, v3);
    v9 = i32x4.add(v9, v14);
    v4 = rotated12(v4, v9);
    v3 = add3(v3, v4, word(round, 15));
    v14 = rotated8(v14, v3);
    v9 = i32x4.add(v9, v14);
    v4 = rotated7(v4, v9);
  }

  v128.store(VALUES, v128.xor(v0, v8), 0);
  v128.store(VALUES, v128.xor(v1, v9), 16);
  v128.store(VALUES, v128.xor(v2, v10), 32);
  v128.store(VALUES, v128.xor(v3, v11), 48);
  v128.store(VALUES, v128.xor(v4, v12), 64);
  v128.store(VALUES, v128.xor(v5, v13), 80);
  v128.store(VALUES, v128.xor(v6, v14), 96);
  v128.store(VALUES, v128.xor(v7, v15), 112);
}

/** From four rows of four words, `fromStride` bytes apart, to four columns, `toStride` bytes apart. */
// @ts-ignore: decorator
@inline
function transpose(from: u32, fromStride: u32, to: u32, toStride: u32): void {
  const a = v128.load(from);
  const b = v128.load(from + fromStride);
  const c = v128.load(from + 2 * fromStride);
  const d = v128.load(from + 3 * fromStride);
  const ab01 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const ab23 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd01 = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const cd23 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(ab01, cd01, 0, 2));
  v128.store(to + toStride, v128.shuffle<i64>(ab01, cd01, 1, 3));
  v128.store(to + 2 * toStride, v128.shuffle<i64>(ab23, cd23, 0, 2));
  v128.store(to + 3 * toStride, v128.shuffle<i64>(ab23, cd23, 1, 3));
}

/** Chaining values back to one digest a message. */
function writeDigests(out: u32): void {
  transpose(VALUES, 16, out, DIGEST_BYTES);
  transpose(VALUES + 4 * 16, 16, out + 16, DIGEST_BYTES);
}
