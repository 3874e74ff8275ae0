import { blake3 } from '@noble/hashes/blake3.js';
import { MerkleTree } from 'merkletreejs';
import type { Digest } from '../../engine/brands.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { InclusionProof } from './inclusion-refusal.ts';
import { COMMAND_RECORD_BYTES, TRANSITION_RECORD_BYTES } from './verify-inclusion.ts';

const PAGE_BYTES = 1024;
const LEAVES = 256;
const EMPTY_LEAF = Buffer.alloc(32);
const COMMANDS_MAX = 1024;
const TRANSITIONS_MAX = 4096;

const LEAF_KEY = new Uint8Array(32);
LEAF_KEY.set(new TextEncoder().encode('proofbook/leaf/v1'));

// merkletreejs keeps and later concatenates what its hash function returns, so each call hands it a Buffer of its own.
const hashPair = (pair: Uint8Array): Buffer => Buffer.from(blake3(pair));

/**
 * The Merkle tree over a batch's commands or transitions (PROTOCOL.md §6): 256 leaves, leaf `i` the keyed BLAKE3 of
 * the 1 KiB page `i`, the last page padded with zeros, leaves without a page 32 zero bytes.
 */
export class BatchTree {
  readonly root: Digest;
  readonly recordCount: number;
  readonly recordBytes: typeof COMMAND_RECORD_BYTES | typeof TRANSITION_RECORD_BYTES;
  /** Pages that hold records, 1 .. 256. */
  readonly pageCount: number;
  readonly #pages: readonly Buffer[];
  readonly #leaves: readonly Buffer[];
  readonly #tree: MerkleTree;

  private constructor(
    bytes: Uint8Array,
    recordBytes: BatchTree['recordBytes'],
    field: string,
    recordsMax: number,
  ) {
    if (bytes.length % recordBytes !== 0) {
      const expected = `a multiple of ${recordBytes}`;
      throw new ProofbookError('INVALID_LENGTH', { field, value: bytes.length, expected });
    }
    this.recordBytes = recordBytes;
    this.recordCount = bytes.length / recordBytes;
    if (this.recordCount < 1 || this.recordCount > recordsMax) {
      const reason = `a batch has 1 .. ${recordsMax} of them`;
      throw new ProofbookError('INVALID_FIELD', { field: `${field} count`, value: this.recordCount, reason });
    }
    this.pageCount = Math.ceil(bytes.length / PAGE_BYTES);
    this.#pages = Array.from({ length: this.pageCount }, (_, i) => pageOf(bytes, i));
    const filled = this.#pages.map((page) => Buffer.from(blake3(page, { key: LEAF_KEY })));
    this.#leaves = [...filled, ...Array.from({ length: LEAVES - this.pageCount }, () => EMPTY_LEAF)];
    // Default options over a full power of two of pre-hashed leaves: the only mode of merkletreejs whose proofs are
    // the plain left-right ones of the protocol. Its own verify() is not used: verifyInclusion decides.
    this.#tree = new MerkleTree([...this.#leaves], hashPair, {});
    this.root = new Uint8Array(this.#tree.getRoot()) as Digest;
  }

  /** The tree of a batch's command records (32 bytes each, 1 .. 1024). @throws INVALID_LENGTH, INVALID_FIELD */
  static ofCommands(commands: Uint8Array): BatchTree {
    return new BatchTree(commands, COMMAND_RECORD_BYTES, 'commands', COMMANDS_MAX);
  }

  /** The tree of a batch's transitions (64 bytes each, 1 .. 4096). @throws INVALID_LENGTH, INVALID_FIELD */
  static ofTransitions(transitions: Uint8Array): BatchTree {
    return new BatchTree(transitions, TRANSITION_RECORD_BYTES, 'transitions', TRANSITIONS_MAX);
  }

  /** The page that holds record `recordIndex` of the batch. */
  pageIndexOf(recordIndex: number): number {
    if (!Number.isInteger(recordIndex) || recordIndex < 0 || recordIndex >= this.recordCount) {
      const reason = `the batch has records 0 .. ${this.recordCount - 1}`;
      throw new ProofbookError('INVALID_FIELD', { field: 'recordIndex', value: recordIndex, reason });
    }
    return Math.floor((recordIndex * this.recordBytes) / PAGE_BYTES);
  }

  /** The proof that record `recordIndex` is in the batch; `verifyInclusion` checks it. @throws INVALID_FIELD */
  inclusionProof(recordIndex: number): InclusionProof {
    const index = this.pageIndexOf(recordIndex);
    const page = this.#pages[index];
    const leaf = this.#leaves[index];
    if (page === undefined || leaf === undefined)
      throw new Error(`page ${index} of ${this.pageCount} is absent`);
    // Equal pages have equal leaves: without the index merkletreejs would prove the first of them.
    const siblings = this.#tree.getProof(leaf, index).map(({ data }) => new Uint8Array(data));
    return { index, count: this.pageCount, page: new Uint8Array(page), siblings };
  }
}

function pageOf(bytes: Uint8Array, index: number): Buffer {
  const page = Buffer.alloc(PAGE_BYTES);
  page.set(bytes.subarray(index * PAGE_BYTES, (index + 1) * PAGE_BYTES));
  return page;
}
