//! An AIR for one BLAKE3 compression, 2,385 columns wide, by byte lookups. It is not yet a part of any VM: see
//! CONSTRAINTS.md for what it constrains and what the memory bridge still has to bring.

pub mod air;
pub mod layout;
pub mod trace;

#[cfg(test)]
mod air_tests;
#[cfg(test)]
mod row_checker;
