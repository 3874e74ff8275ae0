import { blake3 } from '@noble/hashes/blake3.js';

/** A Merkle tree hashed anew from all its leaves, with no cleverness: what the clever ones must agree with. */
export interface PlainMerkleTree {
  readonly root: Uint8Array;
  /** Siblings of a leaf, lowest first. */
  siblings(index: number): readonly Uint8Array[];
}

/** @param leaves digests, a power of two of them */
export function plainMerkleTree(leaves: readonly Uint8Array[]): PlainMerkleTree {
  const levels: (readonly Uint8Array[])[] = [leaves];
  let level = leaves;
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      above.push(Uint8Array.from(blake3(Buffer.concat(level.slice(i, i + 2)))));
    }
    levels.push(above);
    level = above;
  }
  const nodeAt = (height: number, index: number) => {
    const node = levels[height]?.[index];
    if (node === undefined) throw new RangeError(`no node ${index} at height ${height}`);
    return node;
  };
  return {
    root: nodeAt(levels.length - 1, 0),
    siblings: (index) => levels.slice(1).map((_, height) => nodeAt(height, (index >> height) ^ 1)),
  };
}

/** The root that a leaf and its siblings lead to. */
export function rootAbove(index: number, leaf: Uint8Array, siblings: readonly Uint8Array[]): Uint8Array {
  return siblings.reduce<Uint8Array>((node, sibling, height) => {
    const pair = (index >> height) & 1 ? [sibling, node] : [node, sibling];
    return Uint8Array.from(blake3(Buffer.concat(pair)));
  }, leaf);
}
