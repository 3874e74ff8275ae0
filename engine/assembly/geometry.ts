// Protocol §2: the sizes of the `circuit` geometry. Another geometry is another set of these numbers.

export const PROTOCOL_VERSION: u32 = 1;
export const GEOMETRY_ID: u32 = 1;

export const LEVELS_PER_SIDE: u32 = 64;
export const ORDERS: u32 = 4096;
/** Bits of an order id that name its slot. */
export const SLOT_BITS: u64 = 12;
export const SLOT_MASK: u64 = 0xfff;
/** The slot bits of an order that takes no slot, and the end of a list of slots. */
export const NO_SLOT: u32 = 0xfff;
export const NIL: u32 = 0xffff;

export const MAX_FILLS: u32 = 64;
export const MAX_EVICTIONS: u32 = 64;
export const MAX_COMMANDS: u32 = 1024;
export const MAX_TRANSITIONS: u32 = 4096;
/** Most waiting stops. */
export const MAX_STOPS: u32 = 256;
/** Most orders that one CancelAll or Sweep removes. */
export const MAX_REMOVALS: u32 = 64;
/**
 * Stops that were left over: two for each unit of work. Then evictions, Accepted, Terms, two for each unit of work, Canceled.
 */
export const MAX_TRANSITIONS_PER_COMMAND: u32 = 2 * MAX_FILLS + MAX_EVICTIONS + 2 + 2 * MAX_FILLS + 1;

/** Prices and quantities are below this. */
export const VALUE_LIMIT: u64 = 1 << 48;
/** A state that has come this far is refused, so that `sequence << SLOT_BITS` can never overflow. */
export const SEQUENCE_LIMIT: u64 = 1 << 51;
export const DECIMALS_MAX: u32 = 18;

export const COMMAND_BYTES: u32 = 32;
export const TRANSITION_BYTES: u32 = 64;
export const PAGE_BYTES: u32 = 1024;
export const DIGEST_BYTES: u32 = 32;

/** State tree and batch trees have 2^8 leaves. */
export const TREE_DEPTH: u32 = 8;
export const TREE_LEAVES: u32 = 256;
export const LEAF_HEADER: u32 = 128;
export const LEAF_TOTALS: u32 = 129;
export const LEAF_STOPS: u32 = 130;
export const LEAF_SLOT_BITMAP: u32 = 136;

if (MAX_TRANSITIONS_PER_COMMAND != 323) ERROR('the bound of protocol §2');
if (MAX_FILLS * 2 + MAX_REMOVALS > MAX_TRANSITIONS_PER_COMMAND) ERROR('a mass removal fits the bound of a command');
