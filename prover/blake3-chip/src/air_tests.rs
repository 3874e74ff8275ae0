//! Honest rows are accepted and equal BLAKE3; altered rows are refused, or say another thing than the honest ones did.

use std::borrow::Borrow;

use blake3::platform::Platform;
use openvm_stark_backend::{
    air_builders::symbolic::get_symbolic_builder,
    keygen::types::TraceWidth,
    p3_field::{PrimeCharacteristicRing, PrimeField32},
};
use p3_baby_bear::BabyBear;

use crate::{
    air::AIR_WIDTH,
    bridge::*,
    compression::compress,
    honest_row::{Stream, honest_padding_row, in_field},
    layout::*,
    row_checker::{EXECUTION, MEMORY, Message, PROGRAM, air, check_row},
    trace::{Lookup, compression_row},
};

const BITWISE_LOOKUPS: usize = 1_416 + 2;

#[test]
fn equals_the_blake3_crate_on_a_million_random_compressions() {
    let mut stream = Stream::new();
    for round in 0..1_000_000 {
        let mut input: [u8; 112] = stream.bytes();
        // The crate takes a block length and flags of one byte each.
        input[105..108].fill(0);
        input[109..].fill(0);
        let word = |at: usize| u32::from_le_bytes(std::array::from_fn(|byte| input[4 * at + byte]));
        let counter = u64::from(word(24)) | u64::from(word(25)) << 32;
        let mut expected: [u32; 8] = std::array::from_fn(word);
        let block: [u8; 64] = std::array::from_fn(|at| input[32 + at]);
        Platform::Portable.compress_in_place(&mut expected, &block, input[104], counter, input[108]);
        let expected = expected.map(u32::to_le_bytes).concat();
        assert_eq!(compress(&input)[..], expected);
        if round < 100_000 {
            assert_eq!(compression_row(&input, &mut |_| ())[RESULT..], expected);
        }
    }
}

/// What an honest row must say, from its columns and the protocol of the machine alone.
fn expected_messages(row: &[BabyBear]) -> Vec<Message> {
    let number = |cell: BabyBear| cell.as_canonical_u32();
    let columns: &BridgeColumns<BabyBear> = row[WIDTH..].borrow();
    let (pc, start) = (number(columns.pc), number(columns.timestamp));
    let [out, value, block, tweak] = columns.registers.map(number);
    let address = |pointer: usize| u32::from_le_bytes(columns.pointers[pointer].map(|x| number(x) as u8));
    let bytes = |cells: &[BabyBear]| cells.iter().map(|&cell| number(cell)).collect::<Vec<_>>();
    let mut messages = vec![];
    let mut access = |space: u32, at: u32, before: Vec<u32>, after: Vec<u32>, last: BabyBear| {
        let now = start + messages.len() as u32 / 2;
        let line = |data: Vec<u32>, time: u32| [vec![space, at], data, vec![time]].concat();
        messages.push((MEMORY, line(before, number(last)), BabyBear::ORDER_U32 - 1));
        messages.push((MEMORY, line(after, now), 1));
    };
    for (operand, aux) in columns.register_reads.iter().enumerate() {
        let data = bytes(&columns.pointers[operand]);
        let register = number(columns.registers[operand]);
        access(1, register, data.clone(), data, aux.get_base().prev_timestamp);
    }
    let places = [(VALUE, 8, VALUE_POINTER), (BLOCK, 16, BLOCK_POINTER), (TWEAK, 4, TWEAK_POINTER)];
    let words = places.into_iter().flat_map(|(column, words, pointer)| {
        (0..words).map(move |word| (column + 4 * word, address(pointer) + 4 * word as u32))
    });
    for ((column, at), aux) in words.zip(&columns.reads) {
        let data = bytes(&row[column..column + 4]);
        access(2, at, data.clone(), data, aux.get_base().prev_timestamp);
    }
    for (word, aux) in columns.writes.iter().enumerate() {
        let data = bytes(&row[RESULT + 4 * word..RESULT + 4 * word + 4]);
        access(
            2,
            address(OUT_POINTER) + 4 * word as u32,
            bytes(&aux.prev_data),
            data,
            aux.base.prev_timestamp,
        );
    }
    messages.push((PROGRAM, vec![pc, 0x900, out, value, block, 1, 2, tweak, 0], 1));
    messages.push((EXECUTION, vec![pc, start], BabyBear::ORDER_U32 - 1));
    messages.push((EXECUTION, vec![pc + 4, start + ACCESSES as u32], 1));
    messages
}

#[test]
fn accepts_honest_rows_which_say_what_the_instruction_does() {
    let mut stream = Stream::new();
    for _ in 0..200 {
        let row = stream.row();
        let verdict = check_row(&row);
        assert!(!verdict.is_refused(), "{verdict:?}");
        assert_eq!(verdict.said, expected_messages(&row));
        assert_eq!(verdict.said.len(), 2 * 40 + 3);
    }
}

#[test]
fn asks_the_bitwise_table_for_just_what_the_constraints_look_up() {
    let mut stream = Stream::new();
    let mut asked: Vec<Lookup> = vec![];
    compression_row(&stream.bytes(), &mut |lookup| asked.push(lookup));
    assert_eq!(asked.len(), 1_416);
}

#[test]
fn has_constraints_of_degree_3() {
    let width = TraceWidth { preprocessed: None, cached_mains: vec![], common_main: AIR_WIDTH };
    let symbolic = get_symbolic_builder::<BabyBear, _>(&air(), &width).constraints();
    assert_eq!((AIR_WIDTH, BRIDGE_WIDTH), (2_559, 174));
    assert_eq!(symbolic.max_constraint_degree(), 3);
    assert_eq!(symbolic.constraints.len(), 1 + 4 * HALF_COUNT + ACCESSES);
    assert_eq!(symbolic.interactions.len(), BITWISE_LOOKUPS + 4 * ACCESSES + 3);
}

#[test]
fn a_padding_row_is_accepted_and_says_nothing() {
    let verdict = check_row(&honest_padding_row());
    assert!(!verdict.is_refused());
    assert_eq!(verdict.said, []);
}

/// A change counts as refused where the constraints or a lookup refuse it. Where they do not, the row must say another
/// thing, which the machine's buses refuse: the honest rest of the trace does not answer it.
fn assert_change_counts(said: &[Message], row: &[BabyBear], what: &str) {
    let verdict = check_row(row);
    assert!(verdict.is_refused() || verdict.said != said, "{what}");
}

fn changes_of(cell: BabyBear) -> impl Iterator<Item = BabyBear> {
    let bits = (0..31).map(move |bit| BabyBear::from_u32(cell.as_canonical_u32() ^ (1 << bit)));
    let far = [256, 65_536, 1 << 30].map(|step| cell + BabyBear::from_u32(step));
    bits.chain(far).chain([cell - BabyBear::from_u32(256)])
}

#[test]
fn refuses_every_change_of_a_single_column_of_the_compression() {
    let mut stream = Stream::new();
    for _ in 0..2 {
        let honest = stream.row();
        for column in 1..WIDTH {
            for value in changes_of(honest[column]) {
                let mut row = honest.clone();
                row[column] = value;
                assert!(check_row(&row).is_refused(), "column {column}: {} to {value}", honest[column]);
            }
        }
    }
}

/// No column of the bridge is free: a change is refused, or changes a message.
#[test]
fn every_change_of_a_single_column_of_the_bridge_counts() {
    let mut stream = Stream::new();
    for _ in 0..20 {
        let honest = stream.row();
        let said = check_row(&honest).said;
        for column in WIDTH..AIR_WIDTH {
            for value in changes_of(honest[column]) {
                let mut row = honest.clone();
                row[column] = value;
                assert_change_counts(&said, &row, &format!("column {column} to {value}"));
            }
        }
    }
}

/// Memory that has not been written yet can not be read.
#[test]
fn a_timestamp_that_does_not_grow_is_refused() {
    let mut stream = Stream::new();
    let honest = stream.row();
    let first_read = WIDTH + 2 + OPERANDS + 4 * OPERANDS;
    let first_write = first_read + 3 * (OPERANDS + READ_WORDS);
    let aux_of = |access: usize| match access.checked_sub(OPERANDS + READ_WORDS) {
        Some(write) => first_write + 7 * write,
        None => first_read + 3 * access,
    };
    let ahead = [0, 1, 2, 1_000, 1 << 28, 1 << 29].map(BabyBear::from_u32);
    for access in 0..ACCESSES {
        for step in ahead {
            let mut row = honest.clone();
            let now = honest[WIDTH + 1] + BabyBear::from_usize(access);
            let aux = aux_of(access);
            row[aux] = now + step;
            // The best that a liar can do: limbs of the true distance, which is negative.
            let distance = (BabyBear::ZERO - BabyBear::ONE - step).as_canonical_u32();
            row[aux + 1] = BabyBear::from_u32(distance % (1 << 17));
            row[aux + 2] = BabyBear::from_u32(distance >> 17);
            assert!(check_row(&row).is_refused(), "access {access}, {step} ahead");
        }
    }
}

#[test]
fn an_address_of_more_than_29_bits_is_refused() {
    let honest = Stream::new().row();
    for operand in 0..OPERANDS {
        let top = WIDTH + 2 + OPERANDS + 4 * operand + 3;
        for byte in 32..256 {
            let mut row = honest.clone();
            row[top] = BabyBear::from_u32(byte);
            assert!(check_row(&row).is_refused(), "operand {operand}, top byte {byte}");
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
    assert_eq!(check_row(&row).said, []);
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
    let said = check_row(&honest).said;
    for round in 0..20_000 {
        let mut row = honest.clone();
        for _ in 0..2 + stream.below(7) {
            row[1 + stream.below(AIR_WIDTH - 1)] = BabyBear::from_u8(stream.bytes::<1>()[0]);
        }
        if row != honest {
            assert_change_counts(&said, &row, &format!("round {round}"));
        }
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

/// Rotations are proven modulo 2^32 - 1, where 0 and 0xffff_ffff are the same: low bits of 16 for each byte of a zero would turn
/// it into the other, and everything after it would follow. Only the check of `low * 16` stands against this.
#[test]
fn refuses_low_bits_that_rotate_zero_into_all_ones() {
    let mut stream = Stream::new();
    let mut input: [u8; 112] = stream.bytes();
    let word = |bytes: &[u8], at: usize| u32::from_le_bytes(std::array::from_fn(|byte| bytes[at + byte]));
    let sum = u32::from_le_bytes(stream.bytes());
    let c = INITIAL_WORDS[0].wrapping_add((word(&input, 96) ^ sum).rotate_right(16));
    let with_b = |input: &mut [u8; 112], b: u32| {
        let a = sum.wrapping_sub(b).wrapping_sub(word(input, 32));
        input[..4].copy_from_slice(&a.to_le_bytes());
        input[16..20].copy_from_slice(&b.to_le_bytes());
    };
    // Honest, with b ^ c all ones; the forgery says that b was another, with b ^ c zero, and keeps all that follows.
    with_b(&mut input, !c);
    let mut row = stream.row();
    row[..WIDTH].copy_from_slice(&in_field(&compression_row(&input, &mut |_| ())));
    assert!(!check_row(&row).is_refused());
    with_b(&mut input, c);
    row[VALUE..VALUE + 20].copy_from_slice(&in_field(&input[..20]));
    row[HALVES + HALF_B..HALVES + HALF_LOW].fill(BabyBear::ZERO);
    row[HALVES + HALF_LOW..HALVES + HALF_WIDTH].fill(BabyBear::from_u32(16));
    let verdict = check_row(&row);
    assert_eq!((verdict.broken_constraints, verdict.refused_lookups), (0, 4));
}
