// Protocol §2: the sizes of the `circuit` geometry. Another geometry is another set of these numbers: the build
// puts geometry-deep.ts in the place of this file.

export * from './limits';

export const GEOMETRY_ID: u32 = 1;

/** Names an order slot in the links of the book. */
export type Handle = u16;
/** Names a level. No wider than it has to be: a compiler that knows how far it reaches leaves bounds checks out. */
export type LevelHandle = u8;

export const LEVELS_PER_SIDE: u32 = 64;
export const ORDERS: u32 = 4096;
/** Most waiting stops. */
export const MAX_STOPS: u32 = 256;
/** Bits of an order id that name its slot. */
export const SLOT_BITS: u64 = 12;
export const SLOT_MASK: u64 = 0xfff;
/** The slot bits of an order that takes no slot, and the end of a list of slots. */
export const NO_SLOT: u32 = 0xfff;
export const NIL: u32 = 0xffff;

/** A state that has come this far is refused, so that `sequence << SLOT_BITS` can never overflow. */
export const SEQUENCE_LIMIT: u64 = 1 << 51;

export const STATE_TREE_DEPTH: u32 = 8;
export const LEAF_HEADER: u32 = 128;
export const LEAF_TOTALS: u32 = 129;
export const LEAF_STOPS: u32 = 130;
export const LEAF_SLOT_BITMAP: u32 = 136;

/** A queue's links, and nothing behind them. */
export const QUEUE_STRIDE: u32 = 8;
/** One u64 of the header leaf holds the level slots of a side, and a few bytes say which levels changed. */
export const HAS_FEW_LEVELS: bool = true;
/** A guest runs this geometry. */
export const IS_PROVEN: bool = true;
/** Commands whose orders are brought into the cache together; 0: never, the guest has no cache. */
export const LOOK_AHEAD: u32 = 0;
