import type { Digest } from '../../engine/brands.ts';
import { BatchMerkleTree } from '../merkle/batch-merkle-tree.ts';
import { JOURNAL_TREE_DEPTH, type JournalProof, journalLeaf } from './journal-leaf.ts';

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
