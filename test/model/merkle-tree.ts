import { hash, keyedHash, LEAF_KEY } from './blake3-hash.ts';
import { concatBytes } from './words.ts';

export const TREE_LEAVES = 256;
export const EMPTY_LEAF: Uint8Array = new Uint8Array(32);

/** `BLAKE3(key = leaf key, preimage)`, for state leaves and batch pages alike (protocol §6). */
export function hashLeaf(preimage: Uint8Array): Uint8Array {
  return keyedHash(LEAF_KEY, preimage);
}

/** The root over 256 leaf digests; an inner node is `BLAKE3(left || right)`, of empty leaves too. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length !== TREE_LEAVES) throw new RangeError(`${leaves.length} leaves, expected ${TREE_LEAVES}`);
  let nodes = [...leaves];
  while (nodes.length > 1) {
    const parents: Uint8Array[] = [];
    for (let index = 0; index < nodes.length; index += 2) {
      parents.push(hash(concatBytes(nodes.slice(index, index + 2))));
    }
    nodes = parents;
  }
  return nodes[0] ?? EMPTY_LEAF;
}
