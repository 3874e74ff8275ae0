import { BatchTree } from '../../prover/merkle/batch-tree.ts';

/** The Merkle trees of the batches that were asked for last: to make one takes milliseconds, a proof from it none. */
export class BatchTrees {
  readonly #treesMax: number;
  // A Map keeps the order of insertion: whatever is used is put in anew, so the first is the one not used for longest.
  readonly #trees = new Map<string, BatchTree>();

  constructor(treesMax: number) {
    this.#treesMax = treesMax;
  }

  /** The tree over a batch's transitions. @param digest address of the transitions, which are read only when needed */
  ofTransitions(digest: string, read: () => Uint8Array): BatchTree {
    const tree = this.#trees.get(digest) ?? BatchTree.ofTransitions(read());
    this.#trees.delete(digest);
    this.#trees.set(digest, tree);
    const [oldest] = this.#trees.keys();
    if (this.#trees.size > this.#treesMax && oldest !== undefined) this.#trees.delete(oldest);
    return tree;
  }
}
