import type { BlockHasher } from './block-hasher.ts';
import type { Digest } from './brands.ts';

const DIGEST_BYTES = 32;
const NODE_BYTES = 64;
const PAGE_BYTES = 1024;
const TREE_DEPTH = 8;

/**
 * The root over a batch's records (protocol §6), by the host's hasher: the same digest as the consensus module's, about three times
 * faster where the machine has SIMD.
 *
 * @param records packed command or transition records, 1 .. 262,144 bytes; the last page is padded with zeros
 */
export function batchRoot(hasher: BlockHasher, records: Uint8Array): Digest {
  const pageCount = Math.ceil(records.length / PAGE_BYTES);
  let level = hasher.hashPages(padded(records, pageCount * PAGE_BYTES));
  let empty: Uint8Array = new Uint8Array(DIGEST_BYTES);
  for (let height = 0; height < TREE_DEPTH; height++) {
    level = hasher.hashNodes(pairs(level, empty));
    empty = emptyParent(hasher, height, empty);
  }
  return level as Digest;
}

function padded(records: Uint8Array, length: number): Uint8Array {
  if (records.length === length) return records;
  const pages = new Uint8Array(length);
  pages.set(records);
  return pages;
}

/** The digests of a level as whole blocks: an odd last one has an empty subtree at its right. */
function pairs(level: Uint8Array, empty: Uint8Array): Uint8Array {
  if (level.length % NODE_BYTES === 0) return level;
  const blocks = new Uint8Array(level.length + DIGEST_BYTES);
  blocks.set(level);
  blocks.set(empty, level.length);
  return blocks;
}

const emptyParents: Uint8Array[] = [];

/** Digest of an empty subtree one higher than `height`; each is hashed once in the life of the process. */
function emptyParent(hasher: BlockHasher, height: number, child: Uint8Array): Uint8Array {
  const known = emptyParents[height];
  if (known !== undefined) return known;
  const block = new Uint8Array(NODE_BYTES);
  block.set(child);
  block.set(child, DIGEST_BYTES);
  const digest = hasher.hashNodes(block);
  emptyParents[height] = digest;
  return digest;
}
