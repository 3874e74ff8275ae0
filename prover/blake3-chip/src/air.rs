//! The constraints of one compression. Degree 3; every lookup goes to OpenVM's 8-bit bitwise table.

use std::borrow::Borrow;

use openvm_circuit_primitives::ColumnsAir;
use openvm_stark_backend::{
    BaseAirWithPublicValues, PartitionedBaseAir,
    interaction::{InteractionBuilder, LookupBus},
    p3_air::{Air, BaseAir},
    p3_field::{Field, PrimeCharacteristicRing},
    p3_matrix::Matrix,
};

use crate::bridge::{BRIDGE_WIDTH, Bridge};
use crate::layout::*;

/// Columns of a row: the compression, then what it says to the machine.
pub const AIR_WIDTH: usize = WIDTH + BRIDGE_WIDTH;

/// One row for each execution of the instruction.
#[derive(Clone, Copy, Debug)]
pub struct Blake3Air {
    pub bridge: Bridge,
}

impl<F> BaseAir<F> for Blake3Air {
    fn width(&self) -> usize {
        AIR_WIDTH
    }
}
impl<F> BaseAirWithPublicValues<F> for Blake3Air {}
impl<F> PartitionedBaseAir<F> for Blake3Air {}
impl ColumnsAir for Blake3Air {}

type Word<E> = [E; 4];

impl<AB: InteractionBuilder> Air<AB> for Blake3Air {
    fn eval(&self, builder: &mut AB) {
        let main = builder.main();
        let row = main.row_slice(0).expect("an AIR has a row");
        let (compression, bridge) = row.split_at(WIDTH);
        builder.assert_bool(compression[IS_REAL]);
        CompressionConstraints { bitwise: self.bridge.bitwise.inner }.eval(builder, compression);
        self.bridge.eval(builder, compression, bridge.borrow(), compression[IS_REAL]);
    }
}

/// That the result is the compression of the input. `bitwise` answers `[x, y, x ^ y, 1]`, and `[x, y, 0, 0]` for two bytes.
struct CompressionConstraints {
    bitwise: LookupBus,
}

impl CompressionConstraints {
    fn eval<AB: InteractionBuilder>(&self, builder: &mut AB, columns: &[AB::Var]) {
        let row: Vec<AB::Expr> = columns.iter().map(|&cell| cell.into()).collect();
        self.check_inputs(builder, &row);
        let state = self.mix_all(builder, &row);
        for index in 0..8 {
            let result = word(&row, RESULT + 4 * index);
            self.xor(builder, &row, &state[index], &state[index + 8], &result);
        }
    }

    /// The words that are only ever added (v0 to v3 and the message) appear in no xor: they need a check of their own.
    fn check_inputs<AB: InteractionBuilder>(&self, builder: &mut AB, row: &[AB::Expr]) {
        for pair in row[VALUE..VALUE + 16].chunks(2).chain(row[BLOCK..TWEAK].chunks(2)) {
            self.check_bytes(builder, row, pair[0].clone(), pair[1].clone());
        }
    }

    fn mix_all<AB: InteractionBuilder>(&self, builder: &mut AB, row: &[AB::Expr]) -> Vec<Word<AB::Expr>> {
        let initial = INITIAL_WORDS.map(|value| value.to_le_bytes().map(AB::Expr::from_u8));
        let mut state: Vec<Word<AB::Expr>> = (0..8).map(|index| word(row, VALUE + 4 * index)).collect();
        state.extend(initial);
        state.extend((0..4).map(|index| word(row, TWEAK + 4 * index)));
        let mut message: Vec<Word<AB::Expr>> = (0..16).map(|index| word(row, BLOCK + 4 * index)).collect();
        let mut start = HALVES;
        for _ in 0..ROUNDS {
            for (mix, words) in MIXES.iter().enumerate() {
                for (half, rotation) in ROTATIONS.iter().enumerate() {
                    self.half_mix(
                        builder,
                        row,
                        start,
                        &mut state,
                        *words,
                        &message[2 * mix + half],
                        *rotation,
                    );
                    start += HALF_WIDTH;
                }
            }
            message = MESSAGE_PERMUTATION.iter().map(|&from| message[from].clone()).collect();
        }
        state
    }

    #[allow(clippy::too_many_arguments)]
    fn half_mix<AB: InteractionBuilder>(
        &self,
        builder: &mut AB,
        row: &[AB::Expr],
        start: usize,
        state: &mut [Word<AB::Expr>],
        [a, b, c, d]: [usize; 4],
        message: &Word<AB::Expr>,
        rotation: Rotation,
    ) {
        let new_a = word(row, start + HALF_A);
        assert_sum(builder, &[&state[a], &state[b], message], &new_a);
        let mixed_d = word(row, start + HALF_D);
        self.xor(builder, row, &state[d], &new_a, &mixed_d);
        let new_d: Word<AB::Expr> =
            std::array::from_fn(|byte| mixed_d[(byte + rotation.d_bytes) % 4].clone());
        let new_c = word(row, start + HALF_C);
        assert_sum(builder, &[&state[c], &new_d], &new_c);
        let mixed_b = word(row, start + HALF_B);
        self.xor(builder, row, &state[b], &new_c, &mixed_b);
        let low = word(row, start + HALF_LOW);
        state[b] = self.rotate(builder, row, &mixed_b, &low, rotation);
        state[a] = new_a;
        state[c] = new_c;
        state[d] = new_d;
    }

    /// `low` is the lowest bits of each byte: `low` and `low << (8 - bits)` are bytes, so `low` < 2^bits. That the rest
    /// is a whole number follows from the byte check of the rotated byte (CONSTRAINTS.md, "Rotations").
    fn rotate<AB: InteractionBuilder>(
        &self,
        builder: &mut AB,
        row: &[AB::Expr],
        mixed: &Word<AB::Expr>,
        low: &Word<AB::Expr>,
        Rotation { b_bytes, low_bits, .. }: Rotation,
    ) -> Word<AB::Expr> {
        let shift_up = AB::Expr::from_u32(1 << (8 - low_bits));
        let shift_down = AB::Expr::from(AB::F::from_u32(1 << low_bits).inverse());
        for part in low {
            self.check_bytes(builder, row, part.clone(), part.clone() * shift_up.clone());
        }
        std::array::from_fn(|byte| {
            let here = (byte + b_bytes) % 4;
            let above = (here + 1) % 4;
            (mixed[here].clone() - low[here].clone()) * shift_down.clone()
                + low[above].clone() * shift_up.clone()
        })
    }

    fn xor<AB: InteractionBuilder>(
        &self,
        builder: &mut AB,
        row: &[AB::Expr],
        left: &Word<AB::Expr>,
        right: &Word<AB::Expr>,
        result: &Word<AB::Expr>,
    ) {
        for byte in 0..4 {
            let key = [left[byte].clone(), right[byte].clone(), result[byte].clone(), AB::Expr::ONE];
            self.bitwise.lookup_key(builder, key, row[IS_REAL].clone());
        }
    }

    fn check_bytes<AB: InteractionBuilder>(
        &self,
        builder: &mut AB,
        row: &[AB::Expr],
        x: AB::Expr,
        y: AB::Expr,
    ) {
        self.bitwise.lookup_key(builder, [x, y, AB::Expr::ZERO, AB::Expr::ZERO], row[IS_REAL].clone());
    }
}

fn word<E: Clone>(row: &[E], start: usize) -> Word<E> {
    std::array::from_fn(|byte| row[start + byte].clone())
}

/// `total` = sum of `terms` mod 2^32, in two limbs of 16 bits. A carry is an expression: the difference divided by
/// 2^16, which must be one of 0, 1, 2 (two terms: 0, 1).
fn assert_sum<AB: InteractionBuilder>(builder: &mut AB, terms: &[&Word<AB::Expr>], total: &Word<AB::Expr>) {
    let divide = AB::Expr::from(AB::F::from_u32(1 << 16).inverse());
    let mut carry = AB::Expr::ZERO;
    for low_byte in [0, 2] {
        let limb = |value: &Word<AB::Expr>| {
            value[low_byte].clone() + value[low_byte + 1].clone() * AB::Expr::from_u32(256)
        };
        let sum = terms.iter().fold(carry, |sum, term| sum + limb(term));
        carry = (sum - limb(total)) * divide.clone();
        if terms.len() == 2 {
            builder.assert_bool(carry.clone());
        } else {
            builder.assert_tern(carry.clone());
        }
    }
}
