import { blake3 } from '@noble/hashes/blake3.js';
import fc from 'fast-check';
import { MerkleTree } from 'merkletreejs';
import { describe, expect, test } from 'vitest';
import { BlockHasher } from '../../engine/block-hasher.ts';
import { GENESIS_STATE_ROOT } from '../../engine/genesis.ts';
import { BatchMerkleTree } from '../../prover/merkle/batch-merkle-tree.ts';
import { BatchTree } from '../../prover/merkle/batch-tree.ts';
import { verifyInclusion } from '../../prover/merkle/verify-inclusion.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { filledTree } from '../support/filled-merkle-tree.ts';
import { plainMerkleTree, rootAbove } from '../support/plain-merkle-tree.ts';
import { seededBytes } from '../support/random-bytes.ts';
import { SEED } from '../support/seed.ts';

const EMPTY_LEAF = new Uint8Array(32);
const hashers = { simd: new BlockHasher('simd'), scalar: new BlockHasher('scalar') };

/** Digests of few kinds, so that a leaf often gets the one that it has. */
const digest = fc
  .integer({ min: 0, max: 5 })
  .map((kind) => (kind === 0 ? EMPTY_LEAF : seededBytes(32, kind)));
const place = fc.nat({ max: 2 ** 20 });
const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: place, digest }),
  fc.record({ kind: fc.constant('set' as const), at: place, digest }),
  fc.record({
    kind: fc.constant('setMany' as const),
    at: place,
    digests: fc.array(digest, { maxLength: 9 }),
  }),
  fc.record({ kind: fc.constant('flush' as const) }),
  fc.record({ kind: fc.constant('root' as const) }),
  fc.record({ kind: fc.constant('proof' as const), at: place }),
  fc.record({ kind: fc.constant('proof' as const), at: place }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** The leaves by themselves, and the nodes above those that changed: all that the tree may hash. */
class PlainLeaves {
  readonly leaves: Uint8Array[];
  readonly #dirty = new Set<number>();

  constructor(depth: number) {
    this.leaves = Array.from({ length: 2 ** depth }, () => EMPTY_LEAF);
  }

  set(index: number, leaf: Uint8Array): void {
    if (Buffer.compare(this.leaves[index] ?? EMPTY_LEAF, leaf) === 0) return;
    this.leaves[index] = leaf;
    for (let node = (this.leaves.length + index) >> 1; node >= 1; node >>= 1) this.#dirty.add(node);
  }

  takeDirtyCount(): number {
    const count = this.#dirty.size;
    this.#dirty.clear();
    return count;
  }
}

function runStep(tree: BatchMerkleTree, plain: PlainLeaves, taken: Step): void {
  const width = plain.leaves.length;
  if (taken.kind === 'set') {
    tree.setLeaf(taken.at % width, taken.digest);
    plain.set(taken.at % width, taken.digest);
  } else if (taken.kind === 'setMany') {
    const first = taken.at % width;
    const digests = taken.digests.slice(0, width - first);
    tree.setLeaves(first, Buffer.concat(digests));
    digests.forEach((leaf, i) => {
      plain.set(first + i, leaf);
    });
  } else if (taken.kind === 'flush') {
    expect(tree.flush(), 'nodes hashed').toBe(plain.takeDirtyCount());
  } else if (taken.kind === 'root') {
    expect(tree.root()).toEqual(plainMerkleTree(plain.leaves).root);
    plain.takeDirtyCount();
  } else {
    const index = taken.at % width;
    const expected = {
      index,
      leaf: plain.leaves[index],
      siblings: plainMerkleTree(plain.leaves).siblings(index),
    };
    expect(tree.proof(index)).toEqual(expected);
    plain.takeDirtyCount();
  }
}

describe.each(['simd', 'scalar'] as const)('the batch Merkle tree on the %s hasher', (kind) => {
  const hasher = hashers[kind];

  test('has the root and the proofs of the plain tree after any changes, and hashes what is dirty, no more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 5 }),
        fc.array(step, { maxLength: 60 }),
        (depth, cachedProofsMax, steps) => {
          const tree = new BatchMerkleTree(depth, { hasher, cachedProofsMax });
          const plain = new PlainLeaves(depth);
          for (const taken of steps) {
            runStep(tree, plain, taken);
            expect(tree.cachedLeaves().length).toBeLessThanOrEqual(cachedProofsMax);
          }
          expect(tree.flush()).toBe(plain.takeDirtyCount());
          expect(tree.flush()).toBe(0);
          expect(tree.root()).toEqual(plainMerkleTree(plain.leaves).root);
        },
      ),
      { seed: SEED, numRuns: 150 },
    );
  });

  test('hashes a level that is wider than the hasher takes at once', () => {
    const depth = 12;
    const leaves = Array.from({ length: 2 ** depth }, (_, i) => seededBytes(32, SEED ^ i));
    const plain = plainMerkleTree(leaves);
    const tree = new BatchMerkleTree(depth, { hasher });
    expect(2 ** (depth - 1)).toBeGreaterThan(hasher.nodesMax);
    // From the last leaf to the first: the order of changes is not that of nodes.
    for (let i = leaves.length - 1; i >= 0; i--) tree.setLeaf(i, leaves[i] ?? EMPTY_LEAF);
    expect(tree.flush()).toBe(2 ** depth - 1);
    expect(tree.root()).toEqual(plain.root);
    for (const index of [0, 1, 2047, 2048, 4095]) {
      expect(tree.proof(index).siblings).toEqual(plain.siblings(index));
    }
  });
});

test.each([1, 2, 5, 8, 10])('a full tree of depth %d is the one of merkletreejs', (depth) => {
  const { tree, leaves } = filledTree(depth);
  const hashPair = (pair: Uint8Array) => Buffer.from(blake3(pair));
  const other = new MerkleTree(
    leaves.map((leaf) => Buffer.from(leaf)),
    hashPair,
    {},
  );
  expect(Buffer.compare(other.getRoot(), tree.root())).toBe(0);
  for (let index = 0; index < leaves.length; index += Math.ceil(leaves.length / 64)) {
    const siblings = other.getProof(Buffer.from(leaves[index] ?? EMPTY_LEAF), index).map(({ data }) => data);
    expect(tree.proof(index).siblings.map((node) => Buffer.from(node))).toEqual(siblings);
  }
});

test('over the pages of a batch it is the batch tree, and its proofs verify', () => {
  for (const count of [1, 16, 17, 1000, 4096]) {
    const transitions = seededBytes(count * 64, SEED + count);
    const pages = new Uint8Array(Math.ceil(transitions.length / 1024) * 1024);
    pages.set(transitions);
    const tree = new BatchMerkleTree(8);
    tree.setLeaves(0, hashers.simd.hashPages(pages));
    const batch = BatchTree.ofTransitions(transitions);
    expect(tree.root()).toEqual(batch.root);
    for (const record of [0, Math.floor(count / 2), count - 1]) {
      const inclusion = batch.inclusionProof(record);
      const { siblings } = tree.proof(inclusion.index);
      expect(siblings).toEqual(inclusion.siblings);
      expect(() => verifyInclusion(tree.root(), count, 64, { ...inclusion, siblings })).not.toThrow();
    }
  }
});

test('an empty tree has the root of empty leaves without a pass', () => {
  const tree = new BatchMerkleTree(8);
  expect(tree.flush()).toBe(0);
  expect(tree.root()).toEqual(Uint8Array.from(GENESIS_STATE_ROOT));
  expect(rootAbove(77, EMPTY_LEAF, tree.proof(77).siblings)).toEqual(tree.root());
  for (const depth of [1, 2, 3, 13]) {
    const leaves = Array.from({ length: 2 ** depth }, () => EMPTY_LEAF);
    expect(new BatchMerkleTree(depth, { hasher: hashers.simd }).root()).toEqual(plainMerkleTree(leaves).root);
  }
});

test('the deepest tree proves its first, middle and last leaves', () => {
  const tree = new BatchMerkleTree(20);
  const indices = [0, 1, 2 ** 19 - 1, 2 ** 19, 2 ** 20 - 1];
  for (const index of indices) tree.setLeaf(index, seededBytes(32, index + 1));
  // Ways to the root of five leaves, two of them beside each other, and the halves alike: counted from the bottom.
  const above = new Set(
    indices.flatMap((index) => Array.from({ length: 20 }, (_, h) => (2 ** 20 + index) >> (h + 1))),
  );
  expect(tree.flush()).toBe(above.size);
  for (const index of [...indices, 12345]) {
    const { leaf, siblings } = tree.proof(index);
    expect(siblings).toHaveLength(20);
    expect(leaf).toEqual(indices.includes(index) ? seededBytes(32, index + 1) : EMPTY_LEAF);
    expect(rootAbove(index, leaf, siblings)).toEqual(tree.root());
  }
});

test('a leaf is what it was given, not what the caller makes of it later', () => {
  const tree = new BatchMerkleTree(2);
  const given = seededBytes(32, SEED);
  tree.setLeaf(1, given);
  given.fill(0);
  expect(tree.proof(1).leaf).toEqual(seededBytes(32, SEED));
});

test('digests may begin anywhere in their buffer', () => {
  const bytes = seededBytes(200, SEED);
  const leaves = [bytes.slice(1, 33), bytes.slice(33, 65), EMPTY_LEAF, bytes.slice(67, 99)];
  const tree = new BatchMerkleTree(2);
  tree.setLeaves(0, bytes.subarray(1, 65));
  tree.setLeaf(3, bytes.subarray(67, 99));
  expect(tree.root()).toEqual(plainMerkleTree(leaves).root);
});

test('trees that share a hasher do not meet', () => {
  const options = { hasher: hashers.simd };
  const trees = [new BatchMerkleTree(3, options), new BatchMerkleTree(3, options)];
  const leaves = trees.map((_, t) => Array.from({ length: 8 }, (_, i) => seededBytes(32, 100 * t + i)));
  for (let i = 0; i < 8; i++) {
    trees.forEach((tree, t) => {
      tree.setLeaf(i, leaves[t]?.[i] ?? EMPTY_LEAF);
    });
  }
  trees.forEach((tree, t) => {
    expect(tree.root()).toEqual(plainMerkleTree(leaves[t] ?? []).root);
  });
});

describe('a batch Merkle tree refuses', () => {
  test.each([0, 21, 1.5, Number.NaN])('a depth of %d', (depth) => {
    expectRefusal(() => new BatchMerkleTree(depth), 'INVALID_FIELD', { field: 'depth' });
  });

  test.each([-1, 8, 0.5, Number.NaN])('leaf %d of 8', (index) => {
    const tree = new BatchMerkleTree(3);
    expectRefusal(() => tree.setLeaf(index, EMPTY_LEAF), 'INVALID_FIELD', { field: 'index', value: index });
    expectRefusal(() => tree.setLeaves(index, EMPTY_LEAF), 'INVALID_FIELD', { field: 'index', value: index });
    expectRefusal(() => tree.proof(index), 'INVALID_FIELD', { field: 'index', value: index });
  });

  test('leaves that run over its end, and sets none of them', () => {
    const tree = new BatchMerkleTree(3);
    const details = { field: 'index', value: 8, reason: 'the tree has leaves 0 .. 7' };
    expectRefusal(() => tree.setLeaves(6, seededBytes(3 * 32, SEED)), 'INVALID_FIELD', details);
    expectRefusal(() => tree.setLeaves(-1, seededBytes(2 * 32, SEED)), 'INVALID_FIELD', { value: -1 });
    expect(tree.flush()).toBe(0);
    tree.setLeaves(7, new Uint8Array(0));
  });

  test('what is no digest', () => {
    const tree = new BatchMerkleTree(3);
    for (const bytes of [0, 31, 33, 64]) {
      const details = { field: 'digest', value: bytes };
      expectRefusal(() => tree.setLeaf(0, new Uint8Array(bytes)), 'INVALID_LENGTH', details);
    }
    expectRefusal(() => tree.setLeaves(0, new Uint8Array(33)), 'INVALID_LENGTH', {
      field: 'digests',
      value: 33,
    });
  });

  test.each([-1, 1.5, Number.NaN])('to keep %d proofs', (cachedProofsMax) => {
    expectRefusal(() => new BatchMerkleTree(3, { cachedProofsMax }), 'INVALID_FIELD', {
      field: 'cachedProofsMax',
    });
  });
});
