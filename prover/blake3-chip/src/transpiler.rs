//! From the RISC-V word `.insn r4 0x0b, 7, 0, out, value, block, tweak` to the VM's instruction.

use openvm_instructions::{
    LocalOpcode,
    instruction::Instruction,
    riscv::{RV32_MEMORY_AS, RV32_REGISTER_AS, RV32_REGISTER_NUM_LIMBS},
};
use openvm_stark_backend::p3_field::PrimeField32;
use openvm_transpiler::{TranspilerExtension, TranspilerOutput};

use crate::opcode::{Blake3Opcode, RISCV_FUNCT2, RISCV_FUNCT3, RISCV_OPCODE};

#[derive(Default)]
pub struct Blake3TranspilerExtension;

impl<F: PrimeField32> TranspilerExtension<F> for Blake3TranspilerExtension {
    fn process_custom(&self, instruction_stream: &[u32]) -> Option<TranspilerOutput<F>> {
        let word = *instruction_stream.first()?;
        let fields = (word & 0x7f, word >> 12 & 7, word >> 25 & 3);
        if fields != (RISCV_OPCODE, RISCV_FUNCT3, RISCV_FUNCT2) {
            return None;
        }
        let register = |low_bit: u32| F::from_u32((word >> low_bit & 31) * RV32_REGISTER_NUM_LIMBS as u32);
        Some(TranspilerOutput::one_to_one(Instruction {
            opcode: Blake3Opcode::Compress.global_opcode(),
            a: register(7),
            b: register(15),
            c: register(20),
            d: F::from_u32(RV32_REGISTER_AS),
            e: F::from_u32(RV32_MEMORY_AS),
            f: register(27),
            g: F::ZERO,
        }))
    }
}

#[cfg(test)]
mod tests {
    use p3_baby_bear::BabyBear;

    use super::*;

    fn transpile(word: u32) -> Option<Instruction<BabyBear>> {
        let output = Blake3TranspilerExtension.process_custom(&[word])?;
        assert_eq!(output.used_u32s, 1);
        output.instructions.into_iter().next().flatten()
    }

    #[test]
    fn four_registers_keep_their_places() {
        // .insn r4 0x0b, 7, 0, a0, a1, a2, a3
        let word = 13 << 27 | 12 << 20 | 11 << 15 | 7 << 12 | 10 << 7 | 0x0b;
        let made = transpile(word).expect("it is ours");
        let operands = [made.a, made.b, made.c, made.d, made.e, made.f, made.g];
        assert_eq!(operands.map(|operand| operand.as_canonical_u32()), [40, 44, 48, 1, 2, 52, 0]);
        assert_eq!(made.opcode, Blake3Opcode::Compress.global_opcode());
    }

    #[test]
    fn every_other_instruction_is_left_alone() {
        let ours = 7 << 12 | 0x0b;
        for bit in [0, 1, 2, 3, 4, 5, 6, 12, 13, 14, 25, 26] {
            assert!(transpile(ours ^ 1 << bit).is_none(), "bit {bit}");
        }
        assert!(TranspilerExtension::<BabyBear>::process_custom(&Blake3TranspilerExtension, &[]).is_none());
    }
}
