// Digests of subtrees in which every leaf is empty: Z_0 = 32 zero bytes, Z_(h+1) = BLAKE3(Z_h || Z_h).
// Constants, because nine compressions for each proof would be a waste; a test computes them again.

import { DIGEST_BYTES } from './geometry';

const ZERO_SUBTREES: u32 = memory.data<u32>([
  0, 0, 0, 0, 0, 0, 0, 0,
  0x7669004d, 0x96866a63, 0x30a609d9, 0xad1a08a4, 0xf8507c4d, 0x04eefd1a, 0x50f00b02, 0x556aab86,
  0x7c8e8a49, 0x7a2cbc02, 0x098b59fc, 0x8365d07a, 0x0e4ea86e, 0x89f02bdf, 0x87961054, 0x4eb5d611,
  0x523c2506, 0xe43685ed, 0xd65777b0, 0xfd47c579, 0x811105b2, 0xe3d1cba9, 0x71fc6b51, 0xf7362974,
  0xb271b431, 0x7bb5227b, 0x9e2cc81a, 0x1d2337d5, 0x17f0fa53, 0x03c9e0fb, 0x478f66c9, 0xe15141dc,
  0x656f2b62, 0xc0ea3f0f, 0xf5538979, 0x6d29ed8d, 0x98e2a2a9, 0xc86635cb, 0xd9272dde, 0x8c0b8e65,
  0xba8ec2db, 0x6e73196e, 0x90a75c0c, 0x9cfe80fd, 0xf65618ea, 0x56257990, 0x3b5e0b2b, 0x2f38792d,
  0x2f8d0620, 0x810cc04b, 0xb0b55482, 0xe62b9749, 0xaa5ceeb6, 0x11627b48, 0x9f9d12e4, 0xc507ead4,
  0x5cd1fff6, 0x01b3476c, 0xa94cb63b, 0xd363fad6, 0x1209e4d9, 0x43fbdd81, 0x21a0c491, 0x956d4cd4,
]) as u32;

/** Address of the digest of an empty subtree that is `height` levels high, 0 (a leaf) to 8 (a whole tree). */
// @ts-ignore: decorator
@inline
export function zeroSubtree(height: u32): u32 {
  return ZERO_SUBTREES + height * DIGEST_BYTES;
}

// @ts-ignore: decorator
@inline
export function copyDigest(to: u32, from: u32): void {
  store<u64>(to, load<u64>(from, 0), 0);
  store<u64>(to, load<u64>(from, 8), 8);
  store<u64>(to, load<u64>(from, 16), 16);
  store<u64>(to, load<u64>(from, 24), 24);
}
