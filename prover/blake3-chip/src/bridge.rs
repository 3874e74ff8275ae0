//! What a row says to the rest of the machine: the instruction, four registers, 28 words read and 8 written.

use openvm_circuit::arch::{ExecutionBridge, ExecutionState};
use openvm_circuit::system::memory::MemoryAddress;
use openvm_circuit::system::memory::offline_checker::{MemoryBridge, MemoryReadAuxCols, MemoryWriteAuxCols};
use openvm_circuit_primitives::bitwise_op_lookup::BitwiseOperationLookupBus;
use openvm_circuit_primitives_derive::AlignedBorrow;
use openvm_instructions::LocalOpcode;
use openvm_instructions::riscv::{RV32_CELL_BITS, RV32_MEMORY_AS, RV32_REGISTER_AS, RV32_REGISTER_NUM_LIMBS};
use openvm_stark_backend::interaction::InteractionBuilder;
use openvm_stark_backend::p3_field::PrimeCharacteristicRing;

use crate::layout::{BLOCK, HALVES, RESULT, TWEAK, VALUE};
use crate::opcode::Blake3Opcode;

pub const WORD_BYTES: usize = RV32_REGISTER_NUM_LIMBS;
pub const VALUE_WORDS: usize = 8;
pub const BLOCK_WORDS: usize = 16;
pub const TWEAK_WORDS: usize = 4;
pub const READ_WORDS: usize = VALUE_WORDS + BLOCK_WORDS + TWEAK_WORDS;
pub const RESULT_WORDS: usize = 8;
/// Memory accesses of one instruction, each at a timestamp of its own.
pub const ACCESSES: usize = OPERANDS + READ_WORDS + RESULT_WORDS;

/// The registers of the instruction, in the order in which they are read.
pub const OPERANDS: usize = 4;
pub const OUT_POINTER: usize = 0;
pub const VALUE_POINTER: usize = 1;
pub const BLOCK_POINTER: usize = 2;
pub const TWEAK_POINTER: usize = 3;

/// Which pointer each of the read words lies at, and how many bytes after it.
pub fn read_places() -> impl Iterator<Item = (usize, usize)> {
    let lengths = [(VALUE_POINTER, VALUE_WORDS), (BLOCK_POINTER, BLOCK_WORDS), (TWEAK_POINTER, TWEAK_WORDS)];
    lengths.into_iter().flat_map(|(pointer, words)| (0..words).map(move |word| (pointer, word * WORD_BYTES)))
}

/// The columns after those of the compression.
#[repr(C)]
#[derive(Clone, Copy, Debug, AlignedBorrow)]
pub struct BridgeColumns<T> {
    pub pc: T,
    /// Timestamp of the first access.
    pub timestamp: T,
    /// Places of the four registers in the register file.
    pub registers: [T; OPERANDS],
    /// What they hold: byte addresses, least byte first.
    pub pointers: [[T; WORD_BYTES]; OPERANDS],
    pub register_reads: [MemoryReadAuxCols<T>; OPERANDS],
    pub reads: [MemoryReadAuxCols<T>; READ_WORDS],
    pub writes: [MemoryWriteAuxCols<T, WORD_BYTES>; RESULT_WORDS],
}

pub const BRIDGE_WIDTH: usize = size_of::<BridgeColumns<u8>>();

/// The buses that a row speaks on, and the widths that its addresses have.
#[derive(Clone, Copy, Debug)]
pub struct Bridge {
    pub execution: ExecutionBridge,
    pub memory: MemoryBridge,
    pub bitwise: BitwiseOperationLookupBus,
    pub pointer_max_bits: usize,
}

impl Bridge {
    /// Constrains one row: `row` holds the compression's columns, `is_real` is boolean.
    pub fn eval<AB: InteractionBuilder>(
        &self,
        builder: &mut AB,
        row: &[AB::Var],
        columns: &BridgeColumns<AB::Var>,
        is_real: AB::Var,
    ) {
        let at = |access: usize| columns.timestamp.into() + AB::Expr::from_usize(access);
        for operand in 0..OPERANDS {
            let address =
                MemoryAddress::new(AB::Expr::from_u32(RV32_REGISTER_AS), columns.registers[operand]);
            let data = columns.pointers[operand];
            let aux = &columns.register_reads[operand];
            self.memory.read(address, data, at(operand), aux).eval(builder, is_real);
        }
        self.check_pointers(builder, &columns.pointers, is_real);
        let read_bytes = &row[VALUE..HALVES];
        for (index, (pointer, offset)) in read_places().enumerate() {
            let data = word(read_bytes, index);
            let address = memory_address::<AB>(columns.pointers[pointer], offset);
            let aux = &columns.reads[index];
            self.memory.read(address, data, at(OPERANDS + index), aux).eval(builder, is_real);
        }
        for (index, aux) in columns.writes.iter().enumerate() {
            let data = word(&row[RESULT..], index);
            let address = memory_address::<AB>(columns.pointers[OUT_POINTER], index * WORD_BYTES);
            let access = OPERANDS + READ_WORDS + index;
            self.memory.write(address, data, at(access), aux).eval(builder, is_real);
        }
        self.execute(builder, columns, is_real);
    }

    /// An address is below 2^pointer_max_bits, so that address plus offset is the same number in the field and in memory.
    fn check_pointers<AB: InteractionBuilder>(
        &self,
        builder: &mut AB,
        pointers: &[[AB::Var; WORD_BYTES]; OPERANDS],
        is_real: AB::Var,
    ) {
        let shift = AB::F::from_u32(top_byte_scale(self.pointer_max_bits));
        for pair in pointers.chunks(2) {
            let [x, y] = [pair[0], pair[1]].map(|pointer| pointer[WORD_BYTES - 1] * shift);
            self.bitwise.send_range(x, y).eval(builder, is_real);
        }
    }

    fn execute<AB: InteractionBuilder>(
        &self,
        builder: &mut AB,
        columns: &BridgeColumns<AB::Var>,
        is_real: AB::Var,
    ) {
        let [out, value, block, tweak] = columns.registers.map(Into::into);
        let memory = AB::Expr::from_u32(RV32_MEMORY_AS);
        let operands = [out, value, block, AB::Expr::from_u32(RV32_REGISTER_AS), memory, tweak];
        let from = ExecutionState::new(columns.pc, columns.timestamp);
        let opcode = AB::Expr::from_usize(Blake3Opcode::Compress.global_opcode().as_usize());
        let step = AB::Expr::from_usize(ACCESSES);
        self.execution.execute_and_increment_pc(opcode, operands, from, step).eval(builder, is_real);
    }
}

/// A byte `x` of which `x * scale` is a byte, too, is the top byte of an address below 2^`pointer_max_bits`.
pub fn top_byte_scale(pointer_max_bits: usize) -> u32 {
    1 << (RV32_CELL_BITS * WORD_BYTES - pointer_max_bits)
}

fn memory_address<AB: InteractionBuilder>(
    pointer: [AB::Var; WORD_BYTES],
    offset: usize,
) -> MemoryAddress<AB::Expr, AB::Expr> {
    let terms = pointer
        .iter()
        .enumerate()
        .map(|(index, &byte)| byte.into() * AB::Expr::from_u32(1 << (RV32_CELL_BITS * index)));
    let address = terms.fold(AB::Expr::from_usize(offset), |sum, term| sum + term);
    MemoryAddress::new(AB::Expr::from_u32(RV32_MEMORY_AS), address)
}

fn word<T: Copy>(bytes: &[T], index: usize) -> [T; WORD_BYTES] {
    std::array::from_fn(|byte| bytes[index * WORD_BYTES + byte])
}

const _: () = assert!(TWEAK - VALUE == 4 * (VALUE_WORDS + BLOCK_WORDS) && HALVES - VALUE == 4 * READ_WORDS);
const _: () = assert!(BLOCK - VALUE == 4 * VALUE_WORDS);
