//! BLAKE3's compression function in plain Rust, for execution. The columns of a row are in trace.rs.

use crate::layout::{INITIAL_WORDS, MESSAGE_PERMUTATION, MIXES, ROUNDS};

/// The first 32 bytes of the output (BLAKE3 paper, §2.2). `input`: chaining value (32 bytes), block (64), counter (8), block
/// length (4), flags (4), 112 bytes together.
pub fn compress(input: &[u8]) -> [u8; 32] {
    let words: [u32; 28] = std::array::from_fn(|at| {
        u32::from_le_bytes([input[4 * at], input[4 * at + 1], input[4 * at + 2], input[4 * at + 3]])
    });
    let mut state = [0; 16];
    state[..8].copy_from_slice(&words[..8]);
    state[8..12].copy_from_slice(&INITIAL_WORDS);
    state[12..].copy_from_slice(&words[24..]);
    let mut message: [u32; 16] = std::array::from_fn(|at| words[8 + at]);
    for _ in 0..ROUNDS {
        for (mix, &at) in MIXES.iter().enumerate() {
            half_mix(&mut state, at, message[2 * mix], 16, 12);
            half_mix(&mut state, at, message[2 * mix + 1], 8, 7);
        }
        message = MESSAGE_PERMUTATION.map(|from| message[from]);
    }
    let mut out = [0; 32];
    for (index, word) in out.chunks_mut(4).enumerate() {
        word.copy_from_slice(&(state[index] ^ state[index + 8]).to_le_bytes());
    }
    out
}

fn half_mix(state: &mut [u32; 16], [a, b, c, d]: [usize; 4], message: u32, turn_d: u32, turn_b: u32) {
    state[a] = state[a].wrapping_add(state[b]).wrapping_add(message);
    state[d] = (state[d] ^ state[a]).rotate_right(turn_d);
    state[c] = state[c].wrapping_add(state[d]);
    state[b] = (state[b] ^ state[c]).rotate_right(turn_b);
}
