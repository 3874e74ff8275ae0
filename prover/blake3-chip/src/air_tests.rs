//! Honest rows are accepted and equal BLAKE3; altered rows are refused. All randomness is a BLAKE3 stream of SEED.

use blake3::platform::Platform;
use openvm_stark_backend::{
    air_builders::symbolic::get_symbolic_builder,
    keygen::types::TraceWidth,
    p3_field::{PrimeCharacteristicRing, PrimeField32},
};
use p3_baby_bear::BabyBear;

use crate::{
    layout::*,
    row_checker::{air, check_row},
    trace::{compression_row, padding_row},
};

const SEED: &[u8] = b"proofbook blake3 chip, seed 8";

struct Stream(blake3::OutputReader);

impl Stream {
    fn new() -> Self {
        println!("seed: {}", String::from_utf8_lossy(SEED));
        Stream(blake3::Hasher::new().update(SEED).finalize_xof())
    }
    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes);
        bytes
    }
    fn below(&mut self, bound: usize) -> usize {
        u32::from_le_bytes(self.bytes()) as usize % bound
    }
    fn row(&mut self) -> Vec<BabyBear> {
        in_field(&compression_row(&self.bytes(), &self.bytes(), &self.bytes()))
    }
}

fn in_field(row: &[u8]) -> Vec<BabyBear> {
    row.iter().map(|&cell| BabyBear::from_u8(cell)).collect()
}

fn tweak(counter: u64, length: u32, flags: u32) -> [u8; 16] {
    let mut tweak = [0; 16];
    tweak[..8].copy_from_slice(&counter.to_le_bytes());
    tweak[8..12].copy_from_slice(&length.to_le_bytes());
    tweak[12..].copy_from_slice(&flags.to_le_bytes());
    tweak
}

#[test]
fn equals_the_blake3_crate_on_100_000_random_compressions() {
    let mut stream = Stream::new();
    for _ in 0..100_000 {
        let (value, block): ([u8; 32], [u8; 64]) = (stream.bytes(), stream.bytes());
        let counter = u64::from_le_bytes(stream.bytes());
        let (length, flags) = (stream.below(65) as u8, stream.below(256) as u8);
        let row = compression_row(&value, &block, &tweak(counter, length.into(), flags.into()));
        let mut expected: [u32; 8] =
            std::array::from_fn(|at| u32::from_le_bytes(std::array::from_fn(|byte| value[4 * at + byte])));
        Platform::Portable.compress_in_place(&mut expected, &block, length, counter, flags);
        assert_eq!(row[RESULT..], expected.map(u32::to_le_bytes).concat());
    }
}

#[test]
fn accepts_honest_rows_and_says_each_byte_of_them_once() {
    let mut stream = Stream::new();
    for _ in 0..200 {
        let row = stream.row();
        let verdict = check_row(&row);
        assert!(!verdict.is_refused(), "{verdict:?}");
        assert_eq!(verdict.lookups, 1_416);
        let bytes: Vec<u32> =
            [&row[VALUE..HALVES], &row[RESULT..]].concat().iter().map(|x| x.as_canonical_u32()).collect();
        let limbs: Vec<u32> = bytes.chunks(2).map(|pair| pair[0] + 256 * pair[1]).collect();
        assert_eq!(verdict.said, (limbs, 1));
    }
}

#[test]
fn has_449_constraints_of_degree_3() {
    let width = TraceWidth { preprocessed: None, cached_mains: vec![], common_main: WIDTH };
    let symbolic = get_symbolic_builder::<BabyBear, _>(&air(), &width).constraints();
    assert_eq!(symbolic.max_constraint_degree(), 3);
    assert_eq!(symbolic.constraints.len(), 1 + 4 * HALF_COUNT);
    assert_eq!(symbolic.interactions.len(), 1 + 1_416);
}

#[test]
fn a_padding_row_is_accepted_and_says_nothing() {
    let verdict = check_row(&in_field(&padding_row()));
    assert!(!verdict.is_refused());
    assert_eq!(verdict.said.1, 0);
}

#[test]
fn refuses_every_change_of_a_single_column() {
    let mut stream = Stream::new();
    for _ in 0..2 {
        let honest = stream.row();
        for column in 1..WIDTH {
            let bits = (0..8).map(|bit| {
                let cell = honest[column].as_canonical_u32();
                BabyBear::from_u32(cell ^ (1 << bit))
            });
            let far = [256, 65_536, 1 << 30].map(|step| honest[column] + BabyBear::from_u32(step));
            for value in bits.chain(far).chain([honest[column] - BabyBear::from_u32(256)]) {
                let mut row = honest.clone();
                row[column] = value;
                assert!(check_row(&row).is_refused(), "column {column}: {} to {value}", honest[column]);
            }
        }
    }
}

#[test]
fn a_selector_is_refused_unless_boolean_and_says_nothing_at_zero() {
    let mut row = Stream::new().row();
    for value in [2, 3, 255, BabyBear::ORDER_U32 - 1] {
        row[IS_REAL] = BabyBear::from_u32(value);
        assert!(check_row(&row).is_refused());
    }
    row[IS_REAL] = BabyBear::ZERO;
    assert_eq!(check_row(&row).said.1, 0);
}

#[test]
fn refuses_bytes_that_borrow_from_their_neighbour_in_a_limb() {
    let honest = Stream::new().row();
    for column in 1..WIDTH - 1 {
        for (low, high) in [(256, 1), (512, 2), (65_536, 256)] {
            let (low, high) = (BabyBear::from_u32(low), BabyBear::from_u32(high));
            for sign in [BabyBear::ONE, -BabyBear::ONE] {
                let mut row = honest.clone();
                row[column] += sign * low;
                row[column + 1] -= sign * high;
                assert!(check_row(&row).is_refused(), "columns {column} and {}", column + 1);
            }
        }
    }
}

#[test]
fn refuses_20_000_random_changes_of_two_to_eight_columns() {
    let mut stream = Stream::new();
    let honest = stream.row();
    for _ in 0..20_000 {
        let mut row = honest.clone();
        for _ in 0..2 + stream.below(7) {
            row[1 + stream.below(WIDTH - 1)] = BabyBear::from_u8(stream.bytes::<1>()[0]);
        }
        assert!(row == honest || check_row(&row).is_refused());
    }
}

/// Two honest rows, spliced: everything from one half-mix on is of another compression.
#[test]
fn refuses_a_row_spliced_of_two_compressions() {
    let mut stream = Stream::new();
    let (first, second) = (stream.row(), stream.row());
    for half in 0..=HALF_COUNT {
        let cut = HALVES + half * HALF_WIDTH;
        let row = [&first[..cut], &second[cut..]].concat();
        assert!(check_row(&row).is_refused(), "cut at half-mix {half}");
    }
}
