import { instantiateEngine } from '../../engine/engine-module.ts';
import { decodeJournal, JOURNAL_BYTES } from '../../engine/journal.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';

/** What a batch gives when it is run again from its witness. */
export interface BatchRun {
  /** BLAKE3(journal), 32 bytes: what the guest would reveal. */
  readonly publicValues: Uint8Array;
  readonly batchNumber: bigint;
}

/**
 * Runs a witness through the consensus module, the one that the guest is made of, in Node: a bad witness is refused here as
 * it is there.
 *
 * @throws GUEST_TRAPPED with the exit code (protocol §8)
 */
export function runBatch(witness: Uint8Array): BatchRun {
  const engine = instantiateEngine();
  if (witness.length > engine.inputCapacity()) throw trapped(1, `the witness has ${witness.length} bytes`);
  new Uint8Array(engine.memory.buffer, engine.inputPointer(), witness.length).set(witness);
  const status = proveBatch(engine, witness.length);
  if (status !== 0) throw trapped(status, 'the batch was refused');
  const copy = (pointer: number, length: number) =>
    new Uint8Array(engine.memory.buffer, pointer, length).slice();
  return {
    publicValues: copy(engine.journalDigestPointer(), 32),
    batchNumber: decodeJournal(copy(engine.journalPointer(), JOURNAL_BYTES)).batchNumber,
  };
}

function proveBatch(engine: ReturnType<typeof instantiateEngine>, length: number): number {
  try {
    return engine.proveBatch(length);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw trapped(1, error.message);
    throw error;
  }
}

function trapped(exitCode: number, reason: string): ProofbookError {
  return new ProofbookError('GUEST_TRAPPED', { exitCode, reason });
}
