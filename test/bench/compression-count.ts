import type { SealedBatch } from '../../engine/engine.ts';
import { instantiateEngine } from '../../engine/engine-module.ts';

/** BLAKE3 compressions of the guest's whole work on a batch, opening the witness included: exact. */
export function compressionCountOf({ witness }: SealedBatch): number {
  const engine = instantiateEngine();
  new Uint8Array(engine.memory.buffer).set(witness, engine.inputPointer());
  const status = engine.proveBatch(witness.length);
  if (status !== 0) throw new Error(`the engine refuses its own witness with ${status}`);
  return Number(engine.compressionCount());
}
