// The batch trees (protocol §6): pages of 1 KiB as leaves, filled from the left, empty leaves on the right.

import { hashChunkKeyed, hashNode, LEAF_KEY } from './blake3';
import { DIGEST_BYTES, MAX_COMMANDS, MAX_TRANSITIONS, PAGE_BYTES, TREE_DEPTH, TREE_LEAVES } from './geometry';
import { copyDigest, zeroSubtree } from './zero-subtrees';

const LEVEL: u32 = memory.data(TREE_LEAVES * DIGEST_BYTES, 64) as u32;

/**
 * Writes the root over `length` bytes of records, at least one, to `out`. The rest of the last page is
 * cleared: record buffers are a whole number of pages.
 */
export function batchRoot(records: u32, length: u32, out: u32): void {
  let width = (length + PAGE_BYTES - 1) / PAGE_BYTES;
  memory.fill(records + length, 0, width * PAGE_BYTES - length);
  for (let page: u32 = 0; page < width; ++page) {
    hashChunkKeyed(LEAF_KEY, records + page * PAGE_BYTES, PAGE_BYTES, LEVEL + page * DIGEST_BYTES);
  }
  for (let height: u32 = 0; height < TREE_DEPTH; ++height) {
    if (width & 1) copyDigest(LEVEL + width * DIGEST_BYTES, zeroSubtree(height));
    width = (width + 1) >> 1;
    // A parent may overwrite its own left child: a compression reads its block before it writes.
    for (let node: u32 = 0; node < width; ++node) {
      hashNode(LEVEL + node * 2 * DIGEST_BYTES, LEVEL + node * DIGEST_BYTES);
    }
  }
  copyDigest(out, LEVEL);
}

if (MAX_COMMANDS * 32 > TREE_LEAVES * PAGE_BYTES) ERROR('the commands of a batch fit its tree');
if (MAX_TRANSITIONS * 64 > TREE_LEAVES * PAGE_BYTES) ERROR('the transitions of a batch fit its tree');
