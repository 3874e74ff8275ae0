// Fixed buffers of the host kernels: what is hashed, its digests, and packed u64 values.

import { DIGEST_BYTES, PAGE_BYTES } from '../geometry';

/** A pair of digests, or a leaf. */
export const BLOCK_BYTES: u32 = 64;
export const BLOCKS_MAX: u32 = 1024;
export const INPUT_BYTES: u32 = BLOCKS_MAX * BLOCK_BYTES;
export const PAGES_MAX: u32 = INPUT_BYTES / PAGE_BYTES;
export const INPUT: u32 = memory.data(INPUT_BYTES, 64) as u32;
export const DIGESTS: u32 = memory.data(BLOCKS_MAX * DIGEST_BYTES, 64) as u32;

export const VALUES_MAX: u32 = 65536;
export const VALUES: u32 = memory.data(VALUES_MAX * 8, 64) as u32;
/** A u128: low word, high word. */
export const TOTAL: u32 = memory.data(16, 64) as u32;

// Groups of four messages and of eight values may be read whole, for the buffers end where a group ends.
if (BLOCKS_MAX % 4 || PAGES_MAX % 4 || VALUES_MAX % 8) ERROR('buffers hold whole groups');
if (PAGES_MAX * PAGE_BYTES != INPUT_BYTES) ERROR('the input holds whole pages');
