import { blake3 } from '@noble/hashes/blake3.js';
import type { Digest } from '../../engine/brands.ts';
import { BatchMerkleTree } from '../merkle/batch-merkle-tree.ts';

/** Depth of the journal tree: 256 leaves. */
export const JOURNAL_TREE_DEPTH = 8;

const LEAF_KEY = new Uint8Array(32);
LEAF_KEY.set(new TextEncoder().encode('proofbook/leaf/v1'));

/** Where a batch journal is under an aggregate's journalsRoot: its leaf, and the 8 nodes beside its way to the root, lowest first. */
export interface JournalProof {
  /** batchNumber - firstBatchNumber of the aggregate. */
  readonly index: number;
  readonly siblings: readonly Uint8Array[];
}

/** The leaf of a batch journal: BLAKE3 of its 256 bytes, keyed by the leaf key (protocol §6). */
export function journalLeaf(journal: Uint8Array): Uint8Array {
  return blake3(journal, { key: LEAF_KEY });
}

/** The Merkle tree over the journals of a run (docs/aggregation.md), of which an aggregate states the root. */
export class JournalTree {
  readonly #tree = new BatchMerkleTree(JOURNAL_TREE_DEPTH);

  /** @param journals 256 bytes each, 1 .. 256 of them, in batch order. @throws INVALID_FIELD when there are more */
  constructor(journals: readonly Uint8Array[]) {
    for (const [index, journal] of journals.entries()) this.#tree.setLeaf(index, journalLeaf(journal));
  }

  get root(): Digest {
    return this.#tree.root();
  }

  /** The proof of journal `index`; `verifyJournalInclusion` checks it. @throws INVALID_FIELD */
  proof(index: number): JournalProof {
    return { index, siblings: this.#tree.proof(index).siblings };
  }
}
