//! Makes the rows of a segment from the records of its executions, and asks the lookup tables for what they look up.

use std::borrow::BorrowMut;

use openvm_circuit::arch::{EmptyMultiRowLayout, TraceFiller, VmChipWrapper, get_record_from_slice};
use openvm_circuit::system::memory::MemoryAuxColsFactory;
use openvm_circuit_primitives::bitwise_op_lookup::SharedBitwiseOperationLookupChip;
use openvm_instructions::riscv::RV32_CELL_BITS;
use openvm_stark_backend::p3_field::PrimeField32;

use crate::bridge::*;
use crate::layout::WIDTH;
use crate::preflight::Blake3Record;
use crate::trace::{Lookup, compression_row, padding_row};

pub type Blake3Chip<F> = VmChipWrapper<F, Blake3Filler>;

pub struct Blake3Filler {
    bitwise: SharedBitwiseOperationLookupChip<RV32_CELL_BITS>,
    pointer_max_bits: usize,
    padding: Vec<u8>,
}

impl Blake3Filler {
    pub fn new(bitwise: SharedBitwiseOperationLookupChip<RV32_CELL_BITS>, pointer_max_bits: usize) -> Self {
        Self { bitwise, pointer_max_bits, padding: padding_row() }
    }

    fn look_up(&self, lookup: Lookup) {
        match lookup {
            Lookup::Xor(x, y) => {
                self.bitwise.request_xor(x.into(), y.into());
            }
            Lookup::Bytes(x, y) => self.bitwise.request_range(x.into(), y.into()),
        }
    }

    fn look_up_pointers(&self, pointers: &[u32; OPERANDS]) {
        let scale = top_byte_scale(self.pointer_max_bits);
        for pair in pointers.chunks(2) {
            let top = |pointer: u32| (pointer >> (RV32_CELL_BITS * (WORD_BYTES - 1))) * scale;
            self.bitwise.request_range(top(pair[0]), top(pair[1]));
        }
    }
}

impl<F: PrimeField32> TraceFiller<F> for Blake3Filler {
    fn fill_trace_row(&self, memory: &MemoryAuxColsFactory<F>, mut row: &mut [F]) {
        // SAFETY: the row holds a record that `execute` put there; it is copied before the row is written.
        let record: &mut Blake3Record =
            unsafe { get_record_from_slice(&mut row, EmptyMultiRowLayout::default()) };
        let record = record.clone();
        let compression = compression_row(&record.input, &mut |lookup| self.look_up(lookup));
        self.look_up_pointers(&record.pointers);
        let (cells, bridge) = row.split_at_mut(WIDTH);
        write_bytes(cells, &compression);
        fill_bridge(bridge.borrow_mut(), &record, memory);
    }

    fn fill_dummy_trace_row(&self, row: &mut [F]) {
        write_bytes(row, &self.padding);
        row[WIDTH..].fill(F::ZERO);
    }
}

fn fill_bridge<F: PrimeField32>(
    columns: &mut BridgeColumns<F>,
    record: &Blake3Record,
    memory: &MemoryAuxColsFactory<F>,
) {
    columns.pc = F::from_u32(record.pc);
    columns.timestamp = F::from_u32(record.timestamp);
    columns.registers = record.registers.map(F::from_u32);
    columns.pointers = record.pointers.map(|pointer| pointer.to_le_bytes().map(F::from_u8));
    let mut timestamp = record.timestamp;
    let mut next = || {
        timestamp += 1;
        timestamp - 1
    };
    for (aux, kept) in columns.register_reads.iter_mut().zip(&record.register_reads) {
        memory.fill(kept.prev_timestamp, next(), aux.as_mut());
    }
    for (aux, kept) in columns.reads.iter_mut().zip(&record.reads) {
        memory.fill(kept.prev_timestamp, next(), aux.as_mut());
    }
    for (aux, kept) in columns.writes.iter_mut().zip(&record.writes) {
        memory.fill(kept.prev_timestamp, next(), aux.as_mut());
        aux.prev_data = kept.prev_data.map(F::from_u8);
    }
}

fn write_bytes<F: PrimeField32>(cells: &mut [F], bytes: &[u8]) {
    for (cell, &byte) in cells.iter_mut().zip(bytes) {
        *cell = F::from_u8(byte);
    }
}
