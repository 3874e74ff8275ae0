//! The row of an honest prover.

use crate::layout::*;

/// What a row looks up in the bitwise table: the xor of two bytes, or that two numbers are bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    Xor(u8, u8),
    Bytes(u8, u8),
}

/// The columns of one real compression, and to `look_up` each lookup that its constraints make. `input`: chaining value
/// (32 bytes), block (64), and counter, block length and flags (16).
pub fn compression_row(input: &[u8; HALVES - VALUE], look_up: &mut dyn FnMut(Lookup)) -> Vec<u8> {
    let mut row = vec![0; WIDTH];
    row[IS_REAL] = 1;
    row[VALUE..HALVES].copy_from_slice(input);
    for pair in row[VALUE..VALUE + 16].chunks(2).chain(row[BLOCK..TWEAK].chunks(2)) {
        look_up(Lookup::Bytes(pair[0], pair[1]));
    }
    let mut state = words(&row[VALUE..BLOCK]);
    state.extend(INITIAL_WORDS);
    state.extend(words(&row[TWEAK..HALVES]));
    let mut message = words(&row[BLOCK..TWEAK]);
    let mut halves = row[HALVES..RESULT].chunks_mut(HALF_WIDTH);
    for _ in 0..ROUNDS {
        for (mix, at) in MIXES.iter().enumerate() {
            for (half, rotation) in ROTATIONS.iter().enumerate() {
                let columns = halves.next().expect("a row has 112 half-mixes");
                half_mix(columns, &mut state, *at, message[2 * mix + half], *rotation, look_up);
            }
        }
        message = MESSAGE_PERMUTATION.iter().map(|&from| message[from]).collect();
    }
    for (index, out) in row[RESULT..].chunks_mut(4).enumerate() {
        look_up_xor(state[index], state[index + 8], look_up);
        out.copy_from_slice(&(state[index] ^ state[index + 8]).to_le_bytes());
    }
    row
}

/// A row that pads the trace: a compression of nothing, which nobody asked for.
pub fn padding_row() -> Vec<u8> {
    let mut row = compression_row(&[0; HALVES - VALUE], &mut |_| ());
    row[IS_REAL] = 0;
    row
}

fn half_mix(
    columns: &mut [u8],
    state: &mut [u32],
    [a, b, c, d]: [usize; 4],
    message: u32,
    rotation: Rotation,
    look_up: &mut dyn FnMut(Lookup),
) {
    state[a] = state[a].wrapping_add(state[b]).wrapping_add(message);
    look_up_xor(state[d], state[a], look_up);
    let mixed_d = state[d] ^ state[a];
    state[d] = mixed_d.rotate_right(8 * rotation.d_bytes as u32);
    state[c] = state[c].wrapping_add(state[d]);
    look_up_xor(state[b], state[c], look_up);
    let mixed_b = state[b] ^ state[c];
    state[b] = mixed_b.rotate_right((8 * rotation.b_bytes + rotation.low_bits) as u32);
    columns[HALF_A..HALF_D].copy_from_slice(&state[a].to_le_bytes());
    columns[HALF_D..HALF_C].copy_from_slice(&mixed_d.to_le_bytes());
    columns[HALF_C..HALF_B].copy_from_slice(&state[c].to_le_bytes());
    columns[HALF_B..HALF_LOW].copy_from_slice(&mixed_b.to_le_bytes());
    let mask = (1u8 << rotation.low_bits) - 1;
    let low = mixed_b.to_le_bytes().map(|byte| byte & mask);
    for part in low {
        look_up(Lookup::Bytes(part, part << (8 - rotation.low_bits)));
    }
    columns[HALF_LOW..].copy_from_slice(&low);
}

fn look_up_xor(left: u32, right: u32, look_up: &mut dyn FnMut(Lookup)) {
    for (x, y) in left.to_le_bytes().into_iter().zip(right.to_le_bytes()) {
        look_up(Lookup::Xor(x, y));
    }
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect()
}
