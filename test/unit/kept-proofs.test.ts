import { describe, expect, test } from 'vitest';
import { filledTree } from '../support/filled-merkle-tree.ts';
import { plainMerkleTree } from '../support/plain-merkle-tree.ts';
import { seededBytes } from '../support/random-bytes.ts';

const EMPTY_LEAF = new Uint8Array(32);

describe('the proofs that a batch Merkle tree keeps', () => {
  test('are given again until a leaf changes, and then only that leaf has kept its own', () => {
    const { tree, leaves } = filledTree(4);
    for (const index of [3, 7, 9]) tree.proof(index);
    expect(tree.cacheHits).toBe(0);
    tree.proof(7);
    expect(tree.cacheHits).toBe(1);
    tree.setLeaf(7, EMPTY_LEAF);
    expect(tree.cachedLeaves()).toEqual([7]);
    leaves[7] = EMPTY_LEAF;
    const plain = plainMerkleTree(leaves);
    expect(tree.proof(7)).toEqual({ index: 7, leaf: EMPTY_LEAF, siblings: plain.siblings(7) });
    expect(tree.cacheHits).toBe(2);
    expect(tree.proof(3).siblings).toEqual(plain.siblings(3));
    expect(tree.cacheHits).toBe(2);
  });

  test('are kept when a leaf is given the digest that it has', () => {
    const { tree, leaves } = filledTree(4);
    tree.proof(3);
    tree.setLeaf(5, leaves[5] ?? EMPTY_LEAF);
    expect(tree.cachedLeaves()).toEqual([3]);
    expect(tree.flush()).toBe(0);
  });

  test('of no leaf are stale, whichever other leaf changes', () => {
    const { tree, leaves } = filledTree(4);
    for (let changed = 0; changed < 16; changed++) {
      for (let index = 0; index < 16; index++) tree.proof(index);
      const leaf = seededBytes(32, 1000 + changed);
      leaves[changed] = leaf;
      tree.setLeaf(changed, leaf);
      const plain = plainMerkleTree(leaves);
      for (let index = 0; index < 16; index++) {
        expect(tree.proof(index).siblings, `${index} after ${changed}`).toEqual(plain.siblings(index));
      }
    }
  });

  test('are as many as asked, those used last', () => {
    const { tree } = filledTree(4, { cachedProofsMax: 3 });
    for (const index of [1, 2, 3, 1, 4]) tree.proof(index);
    expect(tree.cachedLeaves()).toEqual([3, 1, 4]);
    expect(tree.cacheHits).toBe(1);
  });

  test('are not those that a caller wrote to, nor is the tree', () => {
    const { tree, leaves } = filledTree(4);
    const plain = plainMerkleTree(leaves);
    for (let round = 0; round < 3; round++) {
      const { leaf, siblings } = tree.proof(6);
      expect(leaf).toEqual(leaves[6]);
      expect(siblings).toEqual(plain.siblings(6));
      for (const node of [leaf, ...siblings, tree.root()]) node.fill(0xaa);
    }
    expect(tree.root()).toEqual(plain.root);
  });
});
