import type { BookState } from './book-state.ts';
import { EMPTY_LEAF, hashLeaf, merkleRoot, TREE_LEAVES } from './merkle-tree.ts';
import { stateLeafPreimages } from './state-leaves.ts';

/** The 256 leaf digests of the state tree; an all-zero preimage gives the empty leaf (protocol §6). */
export function stateLeaves(state: BookState): Uint8Array[] {
  const preimages = stateLeafPreimages(state);
  return Array.from({ length: TREE_LEAVES }, (_, index) => {
    const preimage = preimages.get(index);
    if (preimage === undefined || preimage.every((byte) => byte === 0)) return EMPTY_LEAF;
    return hashLeaf(preimage);
  });
}

export function stateRootOf(state: BookState): Uint8Array {
  return merkleRoot(stateLeaves(state));
}
