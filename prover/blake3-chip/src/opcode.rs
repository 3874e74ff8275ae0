//! The instruction: `blake3 out, value, block, tweak`, four registers that hold addresses of memory.

use openvm_instructions::LocalOpcode;

/// The extension's one opcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blake3Opcode {
    /// `out[0..32]` = the chaining value after the block: BLAKE3's compression function, cut to its first eight words.
    Compress,
}

impl LocalOpcode for Blake3Opcode {
    /// 0x900 is in no extension of OpenVM 2.0.2.
    const CLASS_OFFSET: usize = 0x900;

    fn from_usize(value: usize) -> Self {
        assert_eq!(value, 0, "the extension has one opcode");
        Self::Compress
    }

    fn local_usize(&self) -> usize {
        0
    }
}

/// RISC-V's custom-0 space, R4 format: four registers in one instruction word.
pub const RISCV_OPCODE: u32 = 0x0b;
/// The one `funct3` of custom-0 that no extension of OpenVM 2.0.2 takes.
pub const RISCV_FUNCT3: u32 = 0b111;
pub const RISCV_FUNCT2: u32 = 0;
