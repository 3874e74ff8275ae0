//! The row of an honest prover.

use crate::layout::*;

/// The row of one real compression: chaining value, block, and counter, block length and flags (16 bytes).
pub fn compression_row(value: &[u8; 32], block: &[u8; 64], tweak: &[u8; 16]) -> Vec<u8> {
    let mut row = vec![0; WIDTH];
    row[IS_REAL] = 1;
    row[VALUE..BLOCK].copy_from_slice(value);
    row[BLOCK..TWEAK].copy_from_slice(block);
    row[TWEAK..HALVES].copy_from_slice(tweak);
    let mut state = words(value);
    state.extend(INITIAL_WORDS);
    state.extend(words(tweak));
    let mut message = words(block);
    let mut halves = row[HALVES..RESULT].chunks_mut(HALF_WIDTH);
    for _ in 0..ROUNDS {
        for (mix, at) in MIXES.iter().enumerate() {
            for (half, rotation) in ROTATIONS.iter().enumerate() {
                let columns = halves.next().expect("a row has 112 half-mixes");
                half_mix(columns, &mut state, *at, message[2 * mix + half], *rotation);
            }
        }
        message = MESSAGE_PERMUTATION.iter().map(|&from| message[from]).collect();
    }
    for (index, out) in row[RESULT..].chunks_mut(4).enumerate() {
        out.copy_from_slice(&(state[index] ^ state[index + 8]).to_le_bytes());
    }
    row
}

/// A row that pads the trace: a compression of nothing, which nobody asked for.
pub fn padding_row() -> Vec<u8> {
    let mut row = compression_row(&[0; 32], &[0; 64], &[0; 16]);
    row[IS_REAL] = 0;
    row
}

fn half_mix(
    columns: &mut [u8],
    state: &mut [u32],
    [a, b, c, d]: [usize; 4],
    message: u32,
    rotation: Rotation,
) {
    state[a] = state[a].wrapping_add(state[b]).wrapping_add(message);
    let mixed_d = state[d] ^ state[a];
    state[d] = mixed_d.rotate_right(8 * rotation.d_bytes as u32);
    state[c] = state[c].wrapping_add(state[d]);
    let mixed_b = state[b] ^ state[c];
    state[b] = mixed_b.rotate_right((8 * rotation.b_bytes + rotation.low_bits) as u32);
    columns[HALF_A..HALF_D].copy_from_slice(&state[a].to_le_bytes());
    columns[HALF_D..HALF_C].copy_from_slice(&mixed_d.to_le_bytes());
    columns[HALF_C..HALF_B].copy_from_slice(&state[c].to_le_bytes());
    columns[HALF_B..HALF_LOW].copy_from_slice(&mixed_b.to_le_bytes());
    let mask = (1u8 << rotation.low_bits) - 1;
    columns[HALF_LOW..].copy_from_slice(&mixed_b.to_le_bytes().map(|byte| byte & mask));
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect()
}
