//! BLAKE3's compression function: plain for execution, and step by step for the columns of a row (trace.rs).

use crate::layout::{HALVES, INITIAL_WORDS, MESSAGE_PERMUTATION, MIXES, ROTATIONS, ROUNDS, Rotation, VALUE};

/// Chaining value (32 bytes), block (64), counter (8), block length (4), flags (4).
pub type Input = [u8; HALVES - VALUE];

/// The words of one half-mix, `a += b + m; d = (d ^ a) >>> r; c += d; b = (b ^ c) >>> s`: `b` and `d` before it, `a` and `c` after it.
#[derive(Clone, Copy)]
pub struct HalfMix {
    pub a: u32,
    pub b: u32,
    pub c: u32,
    pub d: u32,
    pub rotation: Rotation,
}

/// The first 32 bytes of the output (BLAKE3 paper, §2.2).
pub fn compress(input: &Input) -> [u8; 32] {
    let state = run_rounds(input, |_| ());
    let mut out = [0; 32];
    for (index, word) in out.chunks_mut(4).enumerate() {
        word.copy_from_slice(&(state[index] ^ state[index + 8]).to_le_bytes());
    }
    out
}

/// The state after the last round; `each` is shown every half-mix, in the order in which they are computed.
pub fn run_rounds(input: &Input, mut each: impl FnMut(HalfMix)) -> [u32; 16] {
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
            for (half, &rotation) in ROTATIONS.iter().enumerate() {
                each(half_mix(&mut state, at, message[2 * mix + half], rotation));
            }
        }
        message = MESSAGE_PERMUTATION.map(|from| message[from]);
    }
    state
}

fn half_mix(state: &mut [u32; 16], [a, b, c, d]: [usize; 4], message: u32, rotation: Rotation) -> HalfMix {
    let (b_before, d_before) = (state[b], state[d]);
    state[a] = state[a].wrapping_add(state[b]).wrapping_add(message);
    state[d] = (state[d] ^ state[a]).rotate_right(8 * rotation.d_bytes as u32);
    state[c] = state[c].wrapping_add(state[d]);
    state[b] = (state[b] ^ state[c]).rotate_right((8 * rotation.b_bytes + rotation.low_bits) as u32);
    HalfMix { a: state[a], b: b_before, c: state[c], d: d_before, rotation }
}
