import {
  chooseHostModule,
  type HostModuleExports,
  type HostModuleKind,
  instantiateHostModule,
} from './host-module.ts';
import { ProofbookError } from './proofbook-error.ts';

const DIGEST_BYTES = 32;
const BLOCK_BYTES = 64;
const PAGE_BYTES = 1024;

/**
 * BLAKE3 of many inputs of one kind (protocol §6): nodes, leaves and pages, four at a time where the machine has SIMD. For the host
 * alone; the consensus module hashes for itself. Digests are the same whatever the machine.
 */
export class BlockHasher {
  readonly kind: HostModuleKind;
  /** Where `hashNodesOfInput` reads, `nodesMax` blocks of 64 bytes. The other methods overwrite it. */
  readonly input: Uint8Array;
  /** Where `hashNodesOfInput` writes, `nodesMax` digests of 32 bytes. The other methods overwrite it. */
  readonly digests: Uint8Array;
  readonly nodesMax: number;
  readonly #module: HostModuleExports;

  /** @param kind the module to run on; by default the fastest that the machine has */
  constructor(kind: HostModuleKind = chooseHostModule()) {
    const module = instantiateHostModule(kind);
    const { buffer } = module.memory;
    this.kind = kind;
    this.#module = module;
    this.nodesMax = module.inputCapacity() / BLOCK_BYTES;
    this.input = new Uint8Array(buffer, module.inputPointer(), module.inputCapacity());
    this.digests = new Uint8Array(buffer, module.digestsPointer(), this.nodesMax * DIGEST_BYTES);
  }

  /**
   * Digest of each inner node, `BLAKE3(left || right)`.
   *
   * @param blocks two digests a node, 64 bytes; any number of nodes
   * @returns 32 bytes a node
   * @throws INVALID_LENGTH
   */
  hashNodes(blocks: Uint8Array): Uint8Array {
    return this.#hashEach(blocks, BLOCK_BYTES, (count) => this.#module.hashNodes(count));
  }

  /** Digest of each leaf of 64 bytes, keyed with the leaf key. Else as `hashNodes`. @throws INVALID_LENGTH */
  hashLeaves(leaves: Uint8Array): Uint8Array {
    return this.#hashEach(leaves, BLOCK_BYTES, (count) => this.#module.hashLeaves(count));
  }

  /** Digest of each page of 1 KiB, keyed with the leaf key. Else as `hashNodes`. @throws INVALID_LENGTH */
  hashPages(pages: Uint8Array): Uint8Array {
    return this.#hashEach(pages, PAGE_BYTES, (count) => this.#module.hashPages(count));
  }

  /** Hashes the first `count` blocks of `input` as nodes to `digests`. @throws INVALID_FIELD unless 0 .. nodesMax */
  hashNodesOfInput(count: number): void {
    if (!Number.isInteger(count) || count < 0 || count > this.nodesMax) {
      const reason = `expected 0 .. ${this.nodesMax}`;
      throw new ProofbookError('INVALID_FIELD', { field: 'count', value: count, reason });
    }
    this.#module.hashNodes(count);
  }

  #hashEach(inputs: Uint8Array, inputBytes: number, hash: (count: number) => void): Uint8Array {
    if (inputs.length % inputBytes !== 0) {
      const expected = `a multiple of ${inputBytes}`;
      throw new ProofbookError('INVALID_LENGTH', { field: 'inputs', value: inputs.length, expected });
    }
    const digests = new Uint8Array((inputs.length / inputBytes) * DIGEST_BYTES);
    for (let done = 0; done < inputs.length; done += this.input.length) {
      const part = inputs.subarray(done, done + this.input.length);
      const count = part.length / inputBytes;
      this.input.set(part);
      hash(count);
      digests.set(this.digests.subarray(0, count * DIGEST_BYTES), (done / inputBytes) * DIGEST_BYTES);
    }
    return digests;
  }
}
