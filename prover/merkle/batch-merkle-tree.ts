import { BlockHasher } from '../../engine/block-hasher.ts';
import type { Digest } from '../../engine/brands.ts';
import { copyBytes } from '../../engine/copy-bytes.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { ProofCache } from './proof-cache.ts';

const DIGEST_BYTES = 32;
const DIGEST_WORDS = DIGEST_BYTES / 4;
const DEPTH_MAX = 20;
const CACHED_PROOFS_MAX = 4096;
const ROOT = 1;

/** What a tree may be given; everything has a default. */
export interface BatchMerkleTreeOptions {
  /** What hashes; one hasher may serve many trees. By default a new one, with SIMD where the machine has it. */
  readonly hasher?: BlockHasher;
  /** Proofs that are kept for the next who asks, `depth` digests each. */
  readonly cachedProofsMax?: number;
}

/** A leaf and the `depth` nodes beside its way to the root, lowest first (protocol §6). */
export interface LeafProof {
  readonly index: number;
  readonly leaf: Digest;
  readonly siblings: readonly Digest[];
}

/**
 * A Merkle tree of 2^depth leaves that gathers changes and hashes them in one pass: inner node = `BLAKE3(left || right)`, a leaf is the
 * digest that it is given, 32 zero bytes at first (protocol §6). Root and proofs are always those of the leaves as they are now: whoever asks
 * for one makes the pass that is due. It holds 64 bytes a leaf; a depth of 20 takes 64 MiB.
 */
export class BatchMerkleTree {
  readonly depth: number;
  readonly leafCount: number;
  readonly #hasher: BlockHasher;
  readonly #proofs: ProofCache;
  /** Nodes numbered like a heap: the root is 1, the children of n are 2n and 2n + 1, leaf i is leafCount + i. */
  readonly #nodes: Uint8Array;
  readonly #nodeWords: Uint32Array;
  readonly #inputWords: Uint32Array;
  readonly #digestWords: Uint32Array;
  /** 1 for an inner node that is out of date and noted as such. */
  readonly #isDirty: Uint8Array;
  /** The parents of changed leaves, each once. */
  #dirtyParents: number[] = [];
  #cacheHits = 0;

  /** The tree of empty leaves. @param depth 1 .. 20 @throws INVALID_FIELD */
  constructor(depth: number, options: BatchMerkleTreeOptions = {}) {
    if (!Number.isInteger(depth) || depth < 1 || depth > DEPTH_MAX) {
      const reason = `expected 1 .. ${DEPTH_MAX}`;
      throw new ProofbookError('INVALID_FIELD', { field: 'depth', value: depth, reason });
    }
    this.depth = depth;
    this.leafCount = 2 ** depth;
    this.#proofs = new ProofCache(options.cachedProofsMax ?? CACHED_PROOFS_MAX);
    this.#hasher = options.hasher ?? new BlockHasher();
    this.#nodes = new Uint8Array(2 * this.leafCount * DIGEST_BYTES);
    this.#nodeWords = new Uint32Array(this.#nodes.buffer);
    this.#inputWords = wordsOf(this.#hasher.input);
    this.#digestWords = wordsOf(this.#hasher.digests);
    this.#isDirty = new Uint8Array(this.leafCount);
    this.#fillEmpty();
  }

  /** Proofs that were asked for and did not have to be put together. */
  get cacheHits(): number {
    return this.#cacheHits;
  }

  /** Leaves whose proofs are kept, the one not asked for longest first. */
  cachedLeaves(): readonly number[] {
    return this.#proofs.leaves();
  }

  /** Sets leaves `first` and on to packed digests. A leaf that has the digest already is not touched. @throws INVALID_FIELD, INVALID_LENGTH */
  setLeaves(first: number, digests: Uint8Array): void {
    const count = digests.length / DIGEST_BYTES;
    if (!Number.isInteger(count)) {
      const expected = `a multiple of ${DIGEST_BYTES}`;
      throw new ProofbookError('INVALID_LENGTH', { field: 'digests', value: digests.length, expected });
    }
    if (count === 0) return;
    this.#requireLeaf(first);
    this.#requireLeaf(first + count - 1);
    const words = wordsOf(digests);
    for (let i = 0; i < count; i++) this.#setLeaf(first + i, words, i * DIGEST_WORDS);
  }

  /** Sets one leaf. @throws INVALID_FIELD, INVALID_LENGTH */
  setLeaf(index: number, digest: Uint8Array): void {
    this.#requireLeaf(index);
    if (digest.length !== DIGEST_BYTES) {
      const details = { field: 'digest', value: digest.length, expected: DIGEST_BYTES };
      throw new ProofbookError('INVALID_LENGTH', details);
    }
    this.#setLeaf(index, wordsOf(digest), 0);
  }

  /** Hashes every node above a changed leaf, each once, level by level. @returns how many were hashed; 0 when nothing was due */
  flush(): number {
    let level = this.#dirtyParents;
    let hashed = 0;
    this.#dirtyParents = [];
    while (level.length > 0) {
      hashed += level.length;
      level = this.#hashLevel(level);
    }
    return hashed;
  }

  root(): Digest {
    this.flush();
    return this.#nodes.slice(ROOT * DIGEST_BYTES, (ROOT + 1) * DIGEST_BYTES) as Digest;
  }

  /** The proof that a leaf is in the tree, in memory of its own. @throws INVALID_FIELD */
  proof(index: number): LeafProof {
    this.#requireLeaf(index);
    this.flush();
    const packed = this.#siblingsOf(index);
    const siblings: Digest[] = [];
    // A copy for each: what the caller writes into it reaches neither the tree nor the next who asks.
    for (let at = 0; at < packed.length; at += DIGEST_BYTES) {
      siblings.push(packed.slice(at, at + DIGEST_BYTES) as Digest);
    }
    const leafAt = (this.leafCount + index) * DIGEST_BYTES;
    return { index, leaf: this.#nodes.slice(leafAt, leafAt + DIGEST_BYTES) as Digest, siblings };
  }

  #siblingsOf(index: number): Uint8Array {
    const kept = this.#proofs.use(index);
    if (kept !== undefined) {
      this.#cacheHits++;
      return kept;
    }
    const siblings = new Uint32Array(this.depth * DIGEST_WORDS);
    let node = this.leafCount + index;
    for (let at = 0; at < siblings.length; at += DIGEST_WORDS) {
      copyWords(this.#nodeWords, (node ^ 1) * DIGEST_WORDS, siblings, at, DIGEST_WORDS);
      node >>= 1;
    }
    const packed = new Uint8Array(siblings.buffer);
    this.#proofs.add(index, packed);
    return packed;
  }

  #setLeaf(index: number, digests: Uint32Array, from: number): void {
    const node = this.leafCount + index;
    const at = node * DIGEST_WORDS;
    let changed = 0;
    for (let i = 0; i < DIGEST_WORDS; i++) {
      const word = digests[from + i] as number;
      changed |= word ^ (this.#nodeWords[at + i] as number);
      this.#nodeWords[at + i] = word;
    }
    if (changed === 0) return;
    this.#proofs.leafChanged(index);
    this.#noteDirty(node >> 1, this.#dirtyParents);
  }

  #noteDirty(node: number, list: number[]): void {
    if (this.#isDirty[node] === 1) return;
    this.#isDirty[node] = 1;
    list.push(node);
  }

  /** Hashes nodes of one level, as many at a time as the hasher takes, and returns their parents. */
  #hashLevel(nodes: readonly number[]): number[] {
    const parents: number[] = [];
    for (let done = 0; done < nodes.length; done += this.#hasher.nodesMax) {
      const count = Math.min(this.#hasher.nodesMax, nodes.length - done);
      for (let i = 0; i < count; i++) {
        const children = 2 * (nodes[done + i] as number) * DIGEST_WORDS;
        copyWords(this.#nodeWords, children, this.#inputWords, 2 * i * DIGEST_WORDS, 2 * DIGEST_WORDS);
      }
      this.#hasher.hashNodesOfInput(count);
      for (let i = 0; i < count; i++) {
        const node = nodes[done + i] as number;
        copyWords(this.#digestWords, i * DIGEST_WORDS, this.#nodeWords, node * DIGEST_WORDS, DIGEST_WORDS);
        this.#isDirty[node] = 0;
        if (node !== ROOT) this.#noteDirty(node >> 1, parents);
      }
    }
    return parents;
  }

  /** Every inner node of a level is the same at first: one hash a level, copied. */
  #fillEmpty(): void {
    let empty: Uint8Array = new Uint8Array(DIGEST_BYTES);
    for (let first = this.leafCount / 2; first >= ROOT; first /= 2) {
      const pair = new Uint8Array(2 * DIGEST_BYTES);
      pair.set(empty);
      pair.set(empty, DIGEST_BYTES);
      empty = this.#hasher.hashNodes(pair);
      const start = first * DIGEST_BYTES;
      this.#nodes.set(empty, start);
      for (let filled = DIGEST_BYTES; filled < start; filled *= 2) {
        this.#nodes.copyWithin(start + filled, start, start + filled);
      }
    }
  }

  #requireLeaf(index: number): void {
    if (Number.isInteger(index) && index >= 0 && index < this.leafCount) return;
    const reason = `the tree has leaves 0 .. ${this.leafCount - 1}`;
    throw new ProofbookError('INVALID_FIELD', { field: 'index', value: index, reason });
  }
}

/** The same bytes as words; of bytes that begin between words, a copy. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : copyBytes(bytes);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}

// For a few words a loop is several times faster than a view and its set().
function copyWords(from: Uint32Array, fromAt: number, to: Uint32Array, toAt: number, count: number): void {
  for (let i = 0; i < count; i++) to[toAt + i] = from[fromAt + i] as number;
}
