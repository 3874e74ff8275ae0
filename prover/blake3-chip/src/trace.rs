//! The row of an honest prover.

use crate::compression::{HalfMix, Input, run_rounds};
use crate::layout::*;

/// What a row looks up in the bitwise table: the xor of two bytes, or that two numbers are bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    Xor(u8, u8),
    Bytes(u8, u8),
}

/// The columns of one real compression, and to `look_up` each lookup that its constraints make.
pub fn compression_row(input: &Input, look_up: &mut dyn FnMut(Lookup)) -> Vec<u8> {
    let mut row = vec![0; WIDTH];
    row[IS_REAL] = 1;
    row[VALUE..HALVES].copy_from_slice(input);
    for pair in row[VALUE..VALUE + 16].chunks(2).chain(row[BLOCK..TWEAK].chunks(2)) {
        look_up(Lookup::Bytes(pair[0], pair[1]));
    }
    let mut halves = row[HALVES..RESULT].chunks_mut(HALF_WIDTH);
    let state = run_rounds(input, |half| {
        let columns = halves.next().expect("a row has 112 half-mixes");
        fill_half(columns, half, look_up);
    });
    for (index, out) in row[RESULT..].chunks_mut(4).enumerate() {
        out.copy_from_slice(&xor(state[index], state[index + 8], look_up));
    }
    row
}

/// A row that pads the trace: a compression of nothing, which nobody asked for.
pub fn padding_row() -> Vec<u8> {
    let mut row = compression_row(&[0; HALVES - VALUE], &mut |_| ());
    row[IS_REAL] = 0;
    row
}

fn fill_half(columns: &mut [u8], HalfMix { a, b, c, d, rotation }: HalfMix, look_up: &mut dyn FnMut(Lookup)) {
    let mixed_d = xor(d, a, look_up);
    let mixed_b = xor(b, c, look_up);
    let mask = (1u8 << rotation.low_bits) - 1;
    let low = mixed_b.map(|byte| byte & mask);
    for part in low {
        look_up(Lookup::Bytes(part, part << (8 - rotation.low_bits)));
    }
    columns[HALF_A..HALF_D].copy_from_slice(&a.to_le_bytes());
    columns[HALF_D..HALF_C].copy_from_slice(&mixed_d);
    columns[HALF_C..HALF_B].copy_from_slice(&c.to_le_bytes());
    columns[HALF_B..HALF_LOW].copy_from_slice(&mixed_b);
    columns[HALF_LOW..].copy_from_slice(&low);
}

/// The bytes of `left ^ right`, looked up one by one.
fn xor(left: u32, right: u32, look_up: &mut dyn FnMut(Lookup)) -> [u8; 4] {
    for (x, y) in left.to_le_bytes().into_iter().zip(right.to_le_bytes()) {
        look_up(Lookup::Xor(x, y));
    }
    (left ^ right).to_le_bytes()
}
