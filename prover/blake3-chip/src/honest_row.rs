//! Rows as an honest prover makes them, of random instructions. All randomness is a BLAKE3 stream of SEED.

use std::borrow::BorrowMut;

use openvm_stark_backend::p3_field::PrimeCharacteristicRing;
use p3_baby_bear::BabyBear;

use crate::air::AIR_WIDTH;
use crate::bridge::*;
use crate::layout::*;
use crate::row_checker::{POINTER_MAX_BITS, RANGE_MAX_BITS};
use crate::trace::{compression_row, padding_row};

const SEED: &[u8] = b"proofbook blake3 chip, seed 8";

pub struct Stream(blake3::OutputReader);

impl Stream {
    pub fn new() -> Self {
        println!("seed: {}", String::from_utf8_lossy(SEED));
        Stream(blake3::Hasher::new().update(SEED).finalize_xof())
    }

    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes);
        bytes
    }

    pub fn below(&mut self, bound: usize) -> usize {
        u32::from_le_bytes(self.bytes()) as usize % bound
    }

    /// The row of a random instruction: pointers, timestamps and the memory before it are random, too.
    pub fn row(&mut self) -> Vec<BabyBear> {
        let input = self.bytes();
        let mut row = in_field(&compression_row(&input, &mut |_| ()));
        row.resize(AIR_WIDTH, BabyBear::ZERO);
        self.fill_bridge(row[WIDTH..].borrow_mut());
        row
    }

    fn fill_bridge(&mut self, columns: &mut BridgeColumns<BabyBear>) {
        let timestamp = 1 + self.below(1 << 28) as u32;
        columns.pc = BabyBear::from_usize(4 * self.below(1 << 20));
        columns.timestamp = BabyBear::from_u32(timestamp);
        for register in &mut columns.registers {
            *register = BabyBear::from_usize(4 * self.below(32));
        }
        for pointer in &mut columns.pointers {
            let address = 4 * self.below((1 << (POINTER_MAX_BITS - 2)) - 16) as u32;
            *pointer = address.to_le_bytes().map(BabyBear::from_u8);
        }
        let reads = columns.register_reads.iter_mut().chain(&mut columns.reads);
        let mut accesses: Vec<_> = reads.map(|aux| aux.as_mut()).collect();
        for write in &mut columns.writes {
            write.prev_data = self.bytes().map(BabyBear::from_u8);
            accesses.push(&mut write.base);
        }
        for (index, aux) in accesses.into_iter().enumerate() {
            let now = timestamp + index as u32;
            let before = self.below(now as usize) as u32;
            aux.prev_timestamp = BabyBear::from_u32(before);
            let distance = now - before - 1;
            aux.timestamp_lt_aux.lower_decomp =
                [distance % (1 << RANGE_MAX_BITS), distance >> RANGE_MAX_BITS].map(BabyBear::from_u32);
        }
    }
}

pub fn in_field(row: &[u8]) -> Vec<BabyBear> {
    row.iter().map(|&cell| BabyBear::from_u8(cell)).collect()
}

/// A padding row of the whole AIR.
pub fn honest_padding_row() -> Vec<BabyBear> {
    let mut row = in_field(&padding_row());
    row.resize(AIR_WIDTH, BabyBear::ZERO);
    row
}
