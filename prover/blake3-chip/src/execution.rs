//! Runs the instruction, plainly and metered. The interpreter's handlers are unsafe functions by its own design.
#![allow(unsafe_op_in_unsafe_fn)]

use std::borrow::{Borrow, BorrowMut};

use openvm_circuit::arch::*;
use openvm_circuit::system::memory::online::GuestMemory;
use openvm_circuit_derive::create_handler;
use openvm_circuit_primitives_derive::AlignedBytesBorrow;
use openvm_instructions::instruction::Instruction;
use openvm_instructions::program::DEFAULT_PC_STEP;
use openvm_instructions::riscv::{RV32_MEMORY_AS, RV32_REGISTER_AS};
use openvm_stark_backend::p3_field::PrimeField32;

use crate::bridge::*;
use crate::compression::compress;

/// Executes the one instruction. `pointer_max_bits`: addresses are below 2 to this.
#[derive(Clone, Copy, Debug)]
pub struct Blake3Executor {
    pub pointer_max_bits: usize,
}

/// What the interpreter keeps for each instruction of a program.
#[derive(AlignedBytesBorrow, Clone)]
#[repr(C)]
struct Prepared {
    address_end: u32,
    registers: [u8; OPERANDS],
}

impl Blake3Executor {
    fn prepare<F: PrimeField32>(
        &self,
        pc: u32,
        instruction: &Instruction<F>,
        prepared: &mut Prepared,
    ) -> Result<(), StaticProgramError> {
        let registers = registers(instruction).ok_or(StaticProgramError::InvalidInstruction(pc))?;
        *prepared = Prepared {
            address_end: address_end(self.pointer_max_bits),
            registers: registers.map(|register| register as u8),
        };
        Ok(())
    }
}

/// The registers in the order out, value, block, tweak; `None` for operands that the circuit has no row for.
pub fn registers<F: PrimeField32>(instruction: &Instruction<F>) -> Option<[u32; OPERANDS]> {
    let &Instruction { a, b, c, d, e, f, g, .. } = instruction;
    let rest = [d, e, g].map(|x| x.as_canonical_u32());
    let registers = [a, b, c, f].map(|x| x.as_canonical_u32());
    let are_registers = registers.iter().all(|&at| at < REGISTERS_END && at % WORD_BYTES as u32 == 0);
    (rest == [RV32_REGISTER_AS, RV32_MEMORY_AS, 0] && are_registers).then_some(registers)
}

/// Where the file of 32 registers ends.
const REGISTERS_END: u32 = 32 * WORD_BYTES as u32;

pub fn address_end(pointer_max_bits: usize) -> u32 {
    1 << pointer_max_bits
}

/// An access that the circuit has no row for: memory is proven word by word, and ends at `address_end`.
pub fn check_pointers(pc: u32, pointers: [u32; OPERANDS], address_end: u32) -> Result<(), ExecutionError> {
    let words = [RESULT_WORDS, VALUE_WORDS, BLOCK_WORDS, TWEAK_WORDS];
    for (pointer, words) in pointers.into_iter().zip(words) {
        if pointer % WORD_BYTES as u32 != 0 {
            return Err(ExecutionError::Fail { pc, msg: "blake3: an address is not a multiple of 4" });
        }
        if pointer > address_end - (words * WORD_BYTES) as u32 {
            return Err(ExecutionError::Fail { pc, msg: "blake3: an address is outside the memory" });
        }
    }
    Ok(())
}

impl<F: PrimeField32> InterpreterExecutor<F> for Blake3Executor {
    fn pre_compute_size(&self) -> usize {
        size_of::<Prepared>()
    }

    fn pre_compute<Ctx: ExecutionCtxTrait>(
        &self,
        pc: u32,
        instruction: &Instruction<F>,
        data: &mut [u8],
    ) -> Result<ExecuteFunc<F, Ctx>, StaticProgramError> {
        self.prepare(pc, instruction, data.borrow_mut())?;
        Ok(execute_e1_handler::<F, Ctx>)
    }
}

impl<F: PrimeField32> InterpreterMeteredExecutor<F> for Blake3Executor {
    fn metered_pre_compute_size(&self) -> usize {
        size_of::<E2PreCompute<Prepared>>()
    }

    fn metered_pre_compute<Ctx: MeteredExecutionCtxTrait>(
        &self,
        chip_index: usize,
        pc: u32,
        instruction: &Instruction<F>,
        data: &mut [u8],
    ) -> Result<ExecuteFunc<F, Ctx>, StaticProgramError> {
        let prepared: &mut E2PreCompute<Prepared> = data.borrow_mut();
        prepared.chip_idx = chip_index as u32;
        self.prepare(pc, instruction, &mut prepared.data)?;
        Ok(execute_e2_handler::<F, Ctx>)
    }
}

#[create_handler]
#[inline(always)]
unsafe fn execute_e1_impl<F: PrimeField32, CTX: ExecutionCtxTrait>(
    pre_compute: *const u8,
    exec_state: &mut VmExecState<F, GuestMemory, CTX>,
) -> Result<(), ExecutionError> {
    let bytes = std::slice::from_raw_parts(pre_compute, size_of::<Prepared>());
    execute(bytes.borrow(), exec_state)
}

#[create_handler]
#[inline(always)]
unsafe fn execute_e2_impl<F: PrimeField32, CTX: MeteredExecutionCtxTrait>(
    pre_compute: *const u8,
    exec_state: &mut VmExecState<F, GuestMemory, CTX>,
) -> Result<(), ExecutionError> {
    let bytes = std::slice::from_raw_parts(pre_compute, size_of::<E2PreCompute<Prepared>>());
    let prepared: &E2PreCompute<Prepared> = bytes.borrow();
    exec_state.ctx.on_height_change(prepared.chip_idx as usize, 1);
    execute(&prepared.data, exec_state)
}

/// Every access is of one word, as in the circuit: metering counts the words that memory proofs are made of.
unsafe fn execute<F: PrimeField32, CTX: ExecutionCtxTrait>(
    prepared: &Prepared,
    exec_state: &mut VmExecState<F, GuestMemory, CTX>,
) -> Result<(), ExecutionError> {
    let pc = exec_state.pc();
    let pointers = prepared.registers.map(|register| {
        let bytes: [u8; WORD_BYTES] = exec_state.vm_read(RV32_REGISTER_AS, u32::from(register));
        u32::from_le_bytes(bytes)
    });
    check_pointers(pc, pointers, prepared.address_end)?;
    let mut input = [0u8; READ_WORDS * WORD_BYTES];
    for (word, (pointer, offset)) in input.chunks_mut(WORD_BYTES).zip(read_places()) {
        let bytes: [u8; WORD_BYTES] = exec_state.vm_read(RV32_MEMORY_AS, pointers[pointer] + offset as u32);
        word.copy_from_slice(&bytes);
    }
    for (index, word) in compress(&input).chunks(WORD_BYTES).enumerate() {
        let word: [u8; WORD_BYTES] = [word[0], word[1], word[2], word[3]];
        exec_state.vm_write(RV32_MEMORY_AS, pointers[OUT_POINTER] + (index * WORD_BYTES) as u32, &word);
    }
    exec_state.set_pc(pc.wrapping_add(DEFAULT_PC_STEP));
    Ok(())
}

#[cfg(test)]
mod tests {
    use openvm_instructions::LocalOpcode;
    use openvm_stark_backend::p3_field::PrimeCharacteristicRing;
    use p3_baby_bear::BabyBear;

    use super::*;
    use crate::opcode::Blake3Opcode;

    #[test]
    fn operands_that_no_row_can_have_are_no_instruction() {
        let opcode = Blake3Opcode::Compress.global_opcode();
        let registers_of = |[a, b, c, d, e, f, g]: [u32; 7]| {
            let [a, b, c, d, e, f, g] = [a, b, c, d, e, f, g].map(BabyBear::from_u32);
            registers(&Instruction { opcode, a, b, c, d, e, f, g })
        };
        assert_eq!(registers_of([0, 4, 8, 1, 2, 124, 0]), Some([0, 4, 8, 124]));
        let wrong = [
            [128, 4, 8, 1, 2, 12, 0],
            [0, 256, 8, 1, 2, 12, 0],
            [0, 4, 9, 1, 2, 12, 0],
            [0, 4, 8, 2, 2, 12, 0],
            [0, 4, 8, 1, 3, 12, 0],
            [0, 4, 8, 1, 2, 13, 0],
            [0, 4, 8, 1, 2, 12, 1],
        ];
        for operands in wrong {
            assert_eq!(registers_of(operands), None, "{operands:?}");
        }
    }
}
