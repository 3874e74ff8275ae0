import { blake3 } from '@noble/hashes/blake3.js';

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
