import type { Digest } from './brands.ts';

/** Root of a state tree of 256 empty leaves: where every market begins (protocol §6). */
export const GENESIS_STATE_ROOT = Uint8Array.from(
  Buffer.from('f6ffd15c6c47b3013bb64ca9d6fa63d3d9e4091281ddfb4391c4a021d44c6d95', 'hex'),
) as Digest;
