import { blake3 } from '@noble/hashes/blake3.js';

// This file decides whether a record belongs to a batch. It stands alone on purpose: with BLAKE3 it is all that a
// trader, or a page in a browser, has to trust and to read (PROTOCOL.md §6, batch trees).

const PAGE_BYTES = 1024;
const TREE_DEPTH = 8;
const PAGES_MAX = 256;
const DIGEST_BYTES = 32;
const LEAF_KEY = new Uint8Array(DIGEST_BYTES);
LEAF_KEY.set(new TextEncoder().encode('proofbook/leaf/v1'));

/** Page `index` of `count` pages, and the 8 nodes beside its way to the root, lowest first. */
export interface InclusionProof {
  readonly index: number;
  readonly count: number;
  readonly page: Uint8Array;
  readonly siblings: readonly Uint8Array[];
}

/** What is wrong with a proof: the field, its value, and the rule that it breaks. */
export interface InclusionRefusal {
  readonly field: string;
  readonly value: string | number;
  readonly reason: string;
}

/**
 * Says why `proof` does not show one page of a batch, or undefined when it does.
 *
 * `root` and `recordCount` must come from a verified journal (commandsRoot and commandCount with 32-byte records,
 * or transitionsRoot and transitionCount with 64-byte records), never from whoever sent the proof.
 */
export function inclusionRefusal(
  root: Uint8Array,
  recordCount: number,
  recordBytes: 32 | 64,
  proof: InclusionProof,
): InclusionRefusal | undefined {
  const no = (field: string, value: string | number, reason: string) => ({ field, value, reason });
  const { index, count, page, siblings } = proof;
  const pagesExpected = Math.ceil((recordCount * recordBytes) / PAGE_BYTES);
  if (!isBytes(root, DIGEST_BYTES)) return no('root', sizeOf(root), 'must be 32 bytes');
  if (!Number.isInteger(recordCount) || recordCount < 1 || pagesExpected > PAGES_MAX)
    return no('recordCount', recordCount, 'no batch has that many records');
  if (count !== pagesExpected)
    return no('count', count, `${recordCount} records fill ${pagesExpected} pages`);
  if (!Number.isInteger(index) || index < 0 || index >= count)
    return no('index', index, `must be below ${count}`);
  if (!isBytes(page, PAGE_BYTES)) return no('page', sizeOf(page), `must be ${PAGE_BYTES} bytes`);
  const used = Math.min(PAGE_BYTES, recordCount * recordBytes - index * PAGE_BYTES);
  const stray = page.findIndex((byte, offset) => offset >= used && byte !== 0);
  if (stray !== -1)
    return no('page', `non-zero at byte ${stray}`, `only ${used} bytes of the page are records`);
  if (!Array.isArray(siblings) || siblings.length !== TREE_DEPTH)
    return no('siblings', sizeOf(siblings), `must be ${TREE_DEPTH} nodes`);
  let node: Uint8Array = blake3(page, { key: LEAF_KEY });
  for (const [level, sibling] of siblings.entries()) {
    if (!isBytes(sibling, DIGEST_BYTES)) return no(`sibling ${level}`, sizeOf(sibling), 'must be 32 bytes');
    const isRight = (index >> level) % 2 === 1;
    const pair = new Uint8Array(2 * DIGEST_BYTES);
    pair.set(node, isRight ? DIGEST_BYTES : 0);
    pair.set(sibling, isRight ? 0 : DIGEST_BYTES);
    node = blake3(pair);
  }
  if (node.some((byte, offset) => byte !== root[offset]))
    return no('page', `number ${index}`, 'is not under this root');
  return undefined;
}

// A proof comes from outside, so its types are checked and not believed.
const isBytes = (value: unknown, length: number) => value instanceof Uint8Array && value.length === length;
const sizeOf = (value: { readonly length: number }) => `of length ${value?.length}`;
