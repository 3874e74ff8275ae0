// Digests of empty subtrees, and how any digest is copied.

import { DIGEST_BYTES } from './geometry';
import { ZERO_DIGESTS } from './zero-digests';

/** Address of the digest of an empty subtree that is `height` levels high, from 0 (a leaf) to STATE_TREE_DEPTH (a whole tree). */
// @ts-ignore: decorator
@inline
export function zeroSubtree(height: u32): u32 {
  return ZERO_DIGESTS + height * DIGEST_BYTES;
}

// @ts-ignore: decorator
@inline
export function copyDigest(to: u32, from: u32): void {
  store<u64>(to, load<u64>(from, 0), 0);
  store<u64>(to, load<u64>(from, 8), 8);
  store<u64>(to, load<u64>(from, 16), 16);
  store<u64>(to, load<u64>(from, 24), 24);
}
