//! Where each value of a compression lies in the one row that proves it. All columns but the first hold one byte.

/// 1 for a compression that counts, 0 for padding. Padding rows are valid compressions, too: nothing else is gated.
pub const IS_REAL: usize = 0;
/// Chaining value, 32 bytes, words little-endian.
pub const VALUE: usize = 1;
/// Message block, 64 bytes.
pub const BLOCK: usize = VALUE + 32;
/// Counter (8 bytes), block length (4), flags (4): the words v12 to v15 of the state.
pub const TWEAK: usize = BLOCK + 64;
/// The 112 half-mixes, two for each G, in the order in which they are computed.
pub const HALVES: usize = TWEAK + 16;
/// Result: the first 32 bytes of the output.
pub const RESULT: usize = HALVES + HALF_COUNT * HALF_WIDTH;
/// Columns of the AIR, and so trace cells of a compression.
pub const WIDTH: usize = RESULT + 32;

pub const ROUNDS: usize = 7;
pub const HALF_COUNT: usize = ROUNDS * 8 * 2;
/// Columns of a half-mix: the new `a`, `d ^ a`, the new `c`, `b ^ c`, and the low bits of each byte of `b ^ c`.
pub const HALF_WIDTH: usize = 20;
pub const HALF_A: usize = 0;
pub const HALF_D: usize = 4;
pub const HALF_C: usize = 8;
pub const HALF_B: usize = 12;
pub const HALF_LOW: usize = 16;

/// The state words of the eight G of a round: four columns, then four diagonals (BLAKE3 paper, §2.2).
pub const MIXES: [[usize; 4]; 8] = [
    [0, 4, 8, 12],
    [1, 5, 9, 13],
    [2, 6, 10, 14],
    [3, 7, 11, 15],
    [0, 5, 10, 15],
    [1, 6, 11, 12],
    [2, 7, 8, 13],
    [3, 4, 9, 14],
];

/// How the message words are permuted between rounds (BLAKE3 paper, table 2).
pub const MESSAGE_PERMUTATION: [usize; 16] = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];

pub const INITIAL_WORDS: [u32; 4] = [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a];

/// How a half-mix rotates. `d` turns right by whole bytes; `b` by one byte and `low_bits`, or by `low_bits` alone.
#[derive(Clone, Copy)]
pub struct Rotation {
    pub d_bytes: usize,
    pub b_bytes: usize,
    pub low_bits: usize,
}

/// First half: 16 and 12. Second half: 8 and 7.
pub const ROTATIONS: [Rotation; 2] =
    [Rotation { d_bytes: 2, b_bytes: 1, low_bits: 4 }, Rotation { d_bytes: 1, b_bytes: 0, low_bits: 7 }];
