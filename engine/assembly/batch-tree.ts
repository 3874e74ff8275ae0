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
  const pages = pageCount(length);
  memory.fill(records + length, 0, pages * PAGE_BYTES - length);
  for (let page: u32 = 0; page < pages; ++page) hashPage(records, page, LEVEL);
  rootOfLeaves(LEVEL, pages, out);
}

// @ts-ignore: decorator
@inline
export function pageCount(length: u32): u32 {
  return (length + PAGE_BYTES - 1) / PAGE_BYTES;
}

/** Hashes page `page` of the records into its place among the leaves. */
export function hashPage(records: u32, page: u32, leaves: u32): void {
  hashChunkKeyed(LEAF_KEY, records + page * PAGE_BYTES, PAGE_BYTES, leaves + page * DIGEST_BYTES);
}

/** Writes the root over the first `width` leaves, at least one, to `out`. The leaves are used up. */
export function rootOfLeaves(leaves: u32, width: u32, out: u32): void {
  for (let height: u32 = 0; height < TREE_DEPTH; ++height) {
    if (width & 1) copyDigest(leaves + width * DIGEST_BYTES, zeroSubtree(height));
    width = (width + 1) >> 1;
    // A parent may overwrite its own left child: a compression reads its block before it writes.
    for (let node: u32 = 0; node < width; ++node) {
      hashNode(leaves + node * 2 * DIGEST_BYTES, leaves + node * DIGEST_BYTES);
    }
  }
  copyDigest(out, leaves);
}

if (MAX_COMMANDS * 32 > TREE_LEAVES * PAGE_BYTES) ERROR('the commands of a batch fit its tree');
if (MAX_TRANSITIONS * 64 > TREE_LEAVES * PAGE_BYTES) ERROR('the transitions of a batch fit its tree');
