// Protocol §1, §2: the numbers that every geometry shares.

export const PROTOCOL_VERSION: u32 = 1;

export const MAX_FILLS: u32 = 64;
export const MAX_EVICTIONS: u32 = 64;
export const MAX_COMMANDS: u32 = 1024;
export const MAX_TRANSITIONS: u32 = 4096;
/** Most orders that one CancelAll or Sweep removes. */
export const MAX_REMOVALS: u32 = 64;
/**
 * Stops that were left over: two for each unit of work. Then evictions, Accepted, Terms, two for each unit of work, Canceled.
 */
export const MAX_TRANSITIONS_PER_COMMAND: u32 = 2 * MAX_FILLS + MAX_EVICTIONS + 2 + 2 * MAX_FILLS + 1;

/** Prices and quantities are below this. */
export const VALUE_LIMIT: u64 = 1 << 48;
/** The lots of as many orders fit a u64 for sure. */
export const LEVEL_ORDERS_SAFE: u32 = 65_536;
export const DECIMALS_MAX: u32 = 18;

export const COMMAND_BYTES: u32 = 32;
export const TRANSITION_BYTES: u32 = 64;
export const PAGE_BYTES: u32 = 1024;
export const DIGEST_BYTES: u32 = 32;

/** The batch trees have 2^8 leaves. */
export const TREE_DEPTH: u32 = 8;
export const TREE_LEAVES: u32 = 256;

if (MAX_TRANSITIONS_PER_COMMAND != 323) ERROR('the bound of protocol §2');
if (MAX_FILLS * 2 + MAX_REMOVALS > MAX_TRANSITIONS_PER_COMMAND) ERROR('a mass removal fits the bound of a command');
