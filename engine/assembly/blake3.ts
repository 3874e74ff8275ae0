// BLAKE3 of inputs of at most one chunk (1024 bytes): all that the protocol hashes (§6, §7).
// Source: the BLAKE3 paper, https://github.com/BLAKE3-team/BLAKE3-specs, §2.1 and §2.2.

import { DIGEST_BYTES, PAGE_BYTES } from './geometry';

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

/** `proofbook/leaf/v1` padded with zeros to 32 bytes, as words. */
export const LEAF_KEY: u32 = memory.data<u32>([
  0x6f6f7270, 0x6f6f6266, 0x656c2f6b, 0x762f6661, 0x31, 0, 0, 0,
]) as u32;

/**
 * Compressions done since the module was loaded: what a batch costs to prove. The callers of `compress` count, for the
 * blocks of a chunk are added at once.
 */
let compressions: u64 = 0;

export function compressionCount(): u64 {
  return compressions;
}

/** `out` = BLAKE3(64 bytes at `block`): an inner node of a tree. */
export function hashNode(block: u32, out: u32): void {
  compressions += 1;
  compress(INITIAL_VALUE, block, BLOCK_BYTES, SINGLE_BLOCK, out);
}

/** `out` = BLAKE3(key = 32 bytes at `key`, 64 bytes at `block`): a state leaf, or a link of an order chain. */
export function hashKeyed(key: u32, block: u32, out: u32): void {
  compressions += 1;
  compress(key, block, BLOCK_BYTES, SINGLE_BLOCK | KEYED_HASH, out);
}

/** `out` = BLAKE3(`length` bytes at `input`), `length` <= 1024. */
export function hashChunk(input: u32, length: u32, out: u32): void {
  chunk(INITIAL_VALUE, input, length, 0, out);
}

/** `out` = BLAKE3(key = 32 bytes at `key`, `length` bytes at `input`), `length` <= 1024. */
export function hashChunkKeyed(key: u32, input: u32, length: u32, out: u32): void {
  chunk(key, input, length, KEYED_HASH, out);
}

/**
 * One block of a full page, in order: `leaf` = BLAKE3(key = LEAF_KEY, page) once block 15 is in it, and the chaining value of
 * the page before that.
 */
export function hashPageBlock(leaf: u32, block: u32, index: u32): void {
  compressions += 1;
  let flags = KEYED_HASH;
  if (index == 0) flags |= CHUNK_START;
  if (index == PAGE_BYTES / BLOCK_BYTES - 1) flags |= CHUNK_END | ROOT;
  compress(index == 0 ? LEAF_KEY : leaf, block, BLOCK_BYTES, flags, leaf);
}

const LAST_BLOCK: u32 = memory.data(BLOCK_BYTES, 64) as u32;

function chunk(key: u32, input: u32, length: u32, mode: u32, out: u32): void {
  // Nothing at all is a block, too.
  compressions += (max<u32>(length, 1) + BLOCK_BYTES - 1) / BLOCK_BYTES;
  let value = key;
  let flags = mode | CHUNK_START;
  while (length > BLOCK_BYTES) {
    compress(value, input, BLOCK_BYTES, flags, out);
    value = out;
    flags = mode;
    input += BLOCK_BYTES;
    length -= BLOCK_BYTES;
  }
  if (length < BLOCK_BYTES) {
    memory.fill(LAST_BLOCK, 0, BLOCK_BYTES);
    memory.copy(LAST_BLOCK, input, length);
    input = LAST_BLOCK;
  }
  compress(value, input, length, flags | CHUNK_END | ROOT, out);
}

/** True when the 32 bytes at `a` and at `b` are the same. */
export function sameDigest(a: u32, b: u32): bool {
  let difference: u64 = 0;
  for (let offset: u32 = 0; offset < DIGEST_BYTES; offset += 8) {
    difference |= load<u64>(a + offset) ^ load<u64>(b + offset);
  }
  return difference == 0;
}

/**
 * One compression of chunk 0. `out` may be `value`: the chaining value is read before it is written.
 * Sixteen words of state and sixteen of message are locals, so that a compiler may keep them in registers.
 * The module exports it by name, because the guest has an instruction in its place (guest/runtime/compress.h).
 */
export function compress(value: u32, block: u32, length: u32, flags: u32, out: u32): void {
  let v0 = load<u32>(value, 0),
    v1 = load<u32>(value, 4),
    v2 = load<u32>(value, 8),
    v3 = load<u32>(value, 12);
  let v4 = load<u32>(value, 16),
    v5 = load<u32>(value, 20),
    v6 = load<u32>(value, 24),
    v7 = load<u32>(value, 28);
  let v8 = IV0,
    v9 = IV1,
    v10 = IV2,
    v11 = IV3;
  let v12: u32 = 0,
    v13: u32 = 0,
    v14 = length,
    v15 = flags;

  let m0 = load<u32>(block, 0),
    m1 = load<u32>(block, 4),
    m2 = load<u32>(block, 8),
    m3 = load<u32>(block, 12);
  let m4 = load<u32>(block, 16),
    m5 = load<u32>(block, 20),
    m6 = load<u32>(block, 24),
    m7 = load<u32>(block, 28);
  let m8 = load<u32>(block, 32),
    m9 = load<u32>(block, 36),
    m10 = load<u32>(block, 40),
    m11 = load<u32>(block, 44);
  let m12 = load<u32>(block, 48),
    m13 = load<u32>(block, 52),
    m14 = load<u32>(block, 56),
    m15 = load<u32>(block, 60);

  for (let round = 0; round < 7; ++round) {
    // Columns, then diagonals: the function G of the paper, eight times.
    v0 += v4 + m0;
    v12 = rotr<u32>(v12 ^ v0, 16);
    v8 += v12;
    v4 = rotr<u32>(v4 ^ v8, 12);
    v0 += v4 + m1;
    v12 = rotr<u32>(v12 ^ v0, 8);
    v8 += v12;
    v4 = rotr<u32>(v4 ^ v8, 7);
    v1 += v5 + m2;
    v13 = rotr<u32>(v13 ^ v1, 16);
    v9 += v13;
    v5 = rotr<u32>(v5 ^ v9, 12);
    v1 += v5 + m3;
    v13 = rotr<u32>(v13 ^ v1, 8);
    v9 += v13;
    v5 = rotr<u32>(v5 ^ v9, 7);
    v2 += v6 + m4;
    v14 = rotr<u32>(v14 ^ v2, 16);
    v10 += v14;
    v6 = rotr<u32>(v6 ^ v10, 12);
    v2 += v6 + m5;
    v14 = rotr<u32>(v14 ^ v2, 8);
    v10 += v14;
    v6 = rotr<u32>(v6 ^ v10, 7);
    v3 += v7 + m6;
    v15 = rotr<u32>(v15 ^ v3, 16);
    v11 += v15;
    v7 = rotr<u32>(v7 ^ v11, 12);
    v3 += v7 + m7;
    v15 = rotr<u32>(v15 ^ v3, 8);
    v11 += v15;
    v7 = rotr<u32>(v7 ^ v11, 7);
    v0 += v5 + m8;
    v15 = rotr<u32>(v15 ^ v0, 16);
    v10 += v15;
    v5 = rotr<u32>(v5 ^ v10, 12);
    v0 += v5 + m9;
    v15 = rotr<u32>(v15 ^ v0, 8);
    v10 += v15;
    v5 = rotr<u32>(v5 ^ v10, 7);
    v1 += v6 + m10;
    v12 = rotr<u32>(v12 ^ v1, 16);
    v11 += v12;
    v6 = rotr<u32>(v6 ^ v11, 12);
    v1 += v6 + m11;
    v12 = rotr<u32>(v12 ^ v1, 8);
    v11 += v12;
    v6 = rotr<u32>(v6 ^ v11, 7);
    v2 += v7 + m12;
    v13 = rotr<u32>(v13 ^ v2, 16);
    v8 += v13;
    v7 = rotr<u32>(v7 ^ v8, 12);
    v2 += v7 + m13;
    v13 = rotr<u32>(v13 ^ v2, 8);
    v8 += v13;
    v7 = rotr<u32>(v7 ^ v8, 7);
    v3 += v4 + m14;
    v14 = rotr<u32>(v14 ^ v3, 16);
    v9 += v14;
    v4 = rotr<u32>(v4 ^ v9, 12);
    v3 += v4 + m15;
    v14 = rotr<u32>(v14 ^ v3, 8);
    v9 += v14;
    v4 = rotr<u32>(v4 ^ v9, 7);
    if (round == 6) break;
    // The message permutation: word i of the next round is word [2 6 3 10 7 0 4 13 1 11 12 5 9 14 15 8][i] of
    // this one.
    const t0 = m0,
      t1 = m1;
    m0 = m2;
    m2 = m3;
    m3 = m10;
    m10 = m12;
    m12 = m9;
    m9 = m11;
    m11 = m5;
    m5 = t0;
    m1 = m6;
    m6 = m4;
    m4 = m7;
    m7 = m13;
    m13 = m14;
    m14 = m15;
    m15 = m8;
    m8 = t1;
  }

  store<u32>(out, v0 ^ v8, 0);
  store<u32>(out, v1 ^ v9, 4);
  store<u32>(out, v2 ^ v10, 8);
  store<u32>(out, v3 ^ v11, 12);
  store<u32>(out, v4 ^ v12, 16);
  store<u32>(out, v5 ^ v13, 20);
  store<u32>(out, v6 ^ v14, 24);
  store<u32>(out, v7 ^ v15, 28);
}
