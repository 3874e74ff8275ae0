// The circuit geometry's bytes for each level, at the lowest addresses of all (circuit.ts imports this file first): an
// address below 2048 fits into a RISC-V load or store, and needs no register.

import { LEVELS_PER_SIDE } from './geometry';

/** The levels of both sides and the stop book, in whole words: eight marks are looked at together. */
export const MARKS: u32 = 2 * LEVELS_PER_SIDE + 8;

/** The level slots of both sides, one byte each, from worst to best. */
export const RANKS: u32 = memory.data(2 * LEVELS_PER_SIDE, 32) as u32;
/** One byte a level: its leaf is to be hashed again. */
export const DIRTY: u32 = memory.data(MARKS, 32) as u32;
/** One byte a level: its orders are used in this batch. */
export const TOUCHED: u32 = memory.data(MARKS, 32) as u32;
