//! Runs the instruction and keeps what its row will be made of.

use openvm_circuit::arch::*;
use openvm_circuit::system::memory::offline_checker::{MemoryReadAuxRecord, MemoryWriteBytesAuxRecord};
use openvm_circuit::system::memory::online::TracingMemory;
use openvm_circuit_primitives_derive::AlignedBytesBorrow;
use openvm_instructions::instruction::Instruction;
use openvm_instructions::program::DEFAULT_PC_STEP;
use openvm_instructions::riscv::{RV32_MEMORY_AS, RV32_REGISTER_AS};
use openvm_rv32im_circuit::adapters::{tracing_read, tracing_write};
use openvm_stark_backend::p3_field::PrimeField32;

use crate::bridge::*;
use crate::compression::compress;
use crate::execution::{Blake3Executor, address_end, check_pointers, registers};
use crate::opcode::Blake3Opcode;

/// One execution of the instruction. It is written where its row will be, and is smaller than that.
#[repr(C)]
#[derive(AlignedBytesBorrow, Clone, Debug)]
pub struct Blake3Record {
    pub pc: u32,
    pub timestamp: u32,
    pub registers: [u32; OPERANDS],
    pub pointers: [u32; OPERANDS],
    pub register_reads: [MemoryReadAuxRecord; OPERANDS],
    pub reads: [MemoryReadAuxRecord; READ_WORDS],
    pub writes: [MemoryWriteBytesAuxRecord<WORD_BYTES>; RESULT_WORDS],
    /// Chaining value, block and tweak, as read.
    pub input: [u8; READ_WORDS * WORD_BYTES],
}

impl<F, RA> PreflightExecutor<F, RA> for Blake3Executor
where
    F: PrimeField32,
    for<'buf> RA: RecordArena<'buf, EmptyMultiRowLayout, &'buf mut Blake3Record>,
{
    fn get_opcode_name(&self, _: usize) -> String {
        format!("{:?}", Blake3Opcode::Compress)
    }

    fn execute(
        &self,
        state: VmStateMut<F, TracingMemory, RA>,
        instruction: &Instruction<F>,
    ) -> Result<(), ExecutionError> {
        let pc = *state.pc;
        let registers = registers(instruction)
            .ok_or(ExecutionError::Fail { pc, msg: "blake3: operands d and e are not the address spaces" })?;
        let record = state.ctx.alloc(EmptyMultiRowLayout::default());
        let memory = state.memory;
        record.pc = pc;
        record.timestamp = memory.timestamp();
        record.registers = registers;
        for (operand, register) in registers.into_iter().enumerate() {
            let previous = &mut record.register_reads[operand].prev_timestamp;
            let bytes = tracing_read(memory, RV32_REGISTER_AS, register, previous);
            record.pointers[operand] = u32::from_le_bytes(bytes);
        }
        check_pointers(pc, record.pointers, address_end(self.pointer_max_bits))?;
        for (index, (pointer, offset)) in read_places().enumerate() {
            let address = record.pointers[pointer] + offset as u32;
            let previous = &mut record.reads[index].prev_timestamp;
            let word: [u8; WORD_BYTES] = tracing_read(memory, RV32_MEMORY_AS, address, previous);
            record.input[index * WORD_BYTES..][..WORD_BYTES].copy_from_slice(&word);
        }
        for (index, word) in compress(&record.input).chunks(WORD_BYTES).enumerate() {
            let address = record.pointers[OUT_POINTER] + (index * WORD_BYTES) as u32;
            let word = [word[0], word[1], word[2], word[3]];
            let MemoryWriteBytesAuxRecord { prev_timestamp, prev_data } = &mut record.writes[index];
            tracing_write(memory, RV32_MEMORY_AS, address, word, prev_timestamp, prev_data);
        }
        *state.pc = pc.wrapping_add(DEFAULT_PC_STEP);
        Ok(())
    }
}

const _: () = assert!(size_of::<Blake3Record>() <= size_of::<u32>() * crate::air::AIR_WIDTH);
