//! BLAKE3's compression function as one instruction of OpenVM: one row of 2,559 columns for each execution. CONSTRAINTS.md
//! says what each column and each constraint is for.

pub mod air;
pub mod bridge;
pub mod compression;
pub mod execution;
pub mod extension;
pub mod filler;
pub mod layout;
pub mod opcode;
pub mod preflight;
pub mod trace;
pub mod transpiler;

#[cfg(test)]
mod air_tests;
#[cfg(test)]
mod honest_row;
#[cfg(test)]
mod row_checker;
