// Protocol §2: the sizes of the `deep` geometry. The build puts this file in the place of geometry.ts.

export * from './limits';

export const GEOMETRY_ID: u32 = 2;

/** Names an order slot in the links of the book. */
export type Handle = u32;
/** Names a level. */
export type LevelHandle = u32;

export const LEVELS_PER_SIDE: u32 = 65_536;
export const ORDERS: u32 = 1 << 20;
/** Most waiting stops. */
export const MAX_STOPS: u32 = 4096;
/** Bits of an order id that name its slot. */
export const SLOT_BITS: u64 = 20;
export const SLOT_MASK: u64 = 0xf_ffff;
/** The slot bits of an order that takes no slot, and the end of a list of slots. */
export const NO_SLOT: u32 = 0xf_ffff;
export const NIL: u32 = 0xffff_ffff;

/** A state that has come this far is refused, so that `sequence << SLOT_BITS` can never overflow. */
export const SEQUENCE_LIMIT: u64 = 1 << 43;

export const STATE_TREE_DEPTH: u32 = 18;
export const LEAF_HEADER: u32 = 2 * LEVELS_PER_SIDE;
export const LEAF_TOTALS: u32 = LEAF_HEADER + 1;
export const LEAF_STOPS: u32 = LEAF_HEADER + 2;
export const LEAF_SLOT_BITMAP: u32 = LEAF_HEADER + 8;

/** A queue's links, and behind them the notes of its level (level-notes.ts), in half a cache line. */
export const QUEUE_STRIDE: u32 = 32;
/** Level slots have bitmap leaves of their own, and lists say which levels changed. */
export const HAS_FEW_LEVELS: bool = false;
/** No guest runs this geometry. */
export const IS_PROVEN: bool = false;
/** Commands whose orders are brought into the cache together. */
export const LOOK_AHEAD: u32 = 8;
