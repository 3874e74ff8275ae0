/** The `circuit` geometry (protocol §2). */
export const LEVELS_PER_SIDE = 64;
/** Resting orders and waiting stops together. */
export const ORDER_SLOTS = 4096;
export const STOPS_MAX = 256;
export const FILLS_MAX = 64;
export const EVICTIONS_MAX = 64;
/** What one CancelAll or Sweep removes at most (protocol §4). */
export const MASS_REMOVALS_MAX = 64;
export const BATCH_RECORDS_MAX = 1024;
export const BATCH_TRANSITIONS_MAX = 4096;
export const COMMAND_TRANSITIONS_MAX = 323;

/** Prices and quantities are 1 .. 2^48-1 (protocol §1). */
export const VALUE_MAX = (1n << 48n) - 1n;
/** The slot bits of an order that can not rest (protocol §4). */
export const NO_SLOT = 4095;
