import { BatchMerkleTree, type BatchMerkleTreeOptions } from '../../prover/merkle/batch-merkle-tree.ts';
import { seededBytes } from './random-bytes.ts';
import { SEED } from './seed.ts';

/** A tree with a leaf in every place, and its leaves. */
export function filledTree(depth: number, options: BatchMerkleTreeOptions = {}) {
  const tree = new BatchMerkleTree(depth, options);
  const leaves = Array.from({ length: 2 ** depth }, (_, i) => seededBytes(32, SEED + i));
  tree.setLeaves(0, Buffer.concat(leaves));
  return { tree, leaves };
}
