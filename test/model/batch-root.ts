import { EMPTY_LEAF, hashLeaf, merkleRoot, TREE_LEAVES } from './merkle-tree.ts';

export const PAGE_BYTES = 1024;

/**
 * The 256 leaf digests of a batch tree over packed records; a page is hashed even if it is all zero (protocol
 * §6).
 */
export function batchLeaves(records: Uint8Array): Uint8Array[] {
  return Array.from({ length: TREE_LEAVES }, (_, index) => {
    const part = records.subarray(index * PAGE_BYTES, (index + 1) * PAGE_BYTES);
    if (part.length === 0) return EMPTY_LEAF;
    const page = new Uint8Array(PAGE_BYTES);
    page.set(part);
    return hashLeaf(page);
  });
}

/** commandsRoot or transitionsRoot. */
export function batchRoot(records: Uint8Array): Uint8Array {
  return merkleRoot(batchLeaves(records));
}
