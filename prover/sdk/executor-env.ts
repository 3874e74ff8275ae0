import { copyBytes } from '../../engine/copy-bytes.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';

/** What a guest reads, and the journal whose BLAKE3 it must reveal. Made by `ExecutorEnv.builder()`. */
export class ExecutorEnv {
  /** One entry for each `write`, in order. */
  readonly inputs: readonly Uint8Array[];
  /** The journal that the run must be about; undefined when the caller only wants to execute. */
  readonly journal: Uint8Array | undefined;

  constructor(inputs: readonly Uint8Array[], journal: Uint8Array | undefined) {
    this.inputs = inputs;
    this.journal = journal;
  }

  /**
   * Starts a new environment.
   *
   * @example `ExecutorEnv.builder().write(sealed.witness).journal(sealed.journal).build()`
   */
  static builder(): ExecutorEnvBuilder {
    return new ExecutorEnvBuilder();
  }
}

/** Collects inputs; it copies what it is given, so that a caller may reuse its buffers. */
export class ExecutorEnvBuilder {
  readonly #inputs: Uint8Array[] = [];
  #journal: Uint8Array | undefined;

  /** Adds one input of the guest: for a batch, its witness (PROTOCOL.md §8). */
  write(bytes: Uint8Array): this {
    this.#inputs.push(copyBytes(bytes));
    return this;
  }

  /** Sets the journal that the guest is expected to reveal the BLAKE3 of. @throws INVALID_FIELD when set twice */
  journal(expected: Uint8Array): this {
    if (this.#journal !== undefined) {
      const reason = 'a run has one journal, and it was given already';
      throw new ProofbookError('INVALID_FIELD', {
        field: 'journal',
        value: `${expected.length} bytes`,
        reason,
      });
    }
    this.#journal = copyBytes(expected);
    return this;
  }

  build(): ExecutorEnv {
    return new ExecutorEnv([...this.#inputs], this.#journal);
  }
}
