import { COMMAND_BYTES } from '../../engine/command.ts';
import type { SealedBatch } from '../../engine/engine.ts';
import { instantiateEngine } from '../../engine/engine-module.ts';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { runGuest } from '../support/rv32-machine.ts';
import { median } from './bench-result.ts';
import { mixedBatches } from './mixed-batches.ts';

const BATCH_SIZE = 100;
const BATCHES = 10;
/** The first batch meets an empty book. */
const WARM_UP_BATCHES = 1;

const FIRST_SEQUENCE_OFFSET = 24;
const COMMAND_COUNT_OFFSET = 40;

/**
 * Exact counts of the committed guest, from an RV32IM machine that runs it instruction by instruction: the
 * same numbers on every computer. Matching is what runs between the journal's firstSequence, stored when a
 * batch begins, and its commandCount, stored when the last command is done; no hash is computed in between. A
 * compression is what runs from one store of the journal digest to the next, four blocks long.
 */
export function guestBench(): Readonly<Record<string, number>> {
  const { elf } = loadGuestImage();
  const runs = mixedBatches(WARM_UP_BATCHES + BATCHES, BATCH_SIZE)
    .slice(WARM_UP_BATCHES)
    .map((batch) => measure(elf, batch));
  const commands = sum(runs.map((run) => run.commands));
  return {
    matching_instructions_per_command: sum(runs.map((run) => run.matching)) / commands,
    instructions_per_compression: median(runs.flatMap((run) => run.compressionCosts)),
    compressions_per_command: sum(runs.map((run) => run.compressions)) / commands,
    instructions_per_command: sum(runs.map((run) => run.instructions)) / commands,
    witness_bytes_per_command: sum(runs.map((run) => run.witnessBytes)) / commands,
  };
}

function measure(elf: Uint8Array, { witness, commands }: SealedBatch) {
  const engine = instantiateEngine();
  // The guest's linear memory begins at address 0 (guest/runtime/guest.ld), so a pointer of the module is an
  // address of the machine.
  const begin = engine.journalPointer() + FIRST_SEQUENCE_OFFSET;
  const end = engine.journalPointer() + COMMAND_COUNT_OFFSET;
  const digest = engine.journalDigestPointer();
  new Uint8Array(engine.memory.buffer).set(witness, engine.inputPointer());
  const status = engine.proveBatch(witness.length);
  const run = runGuest(elf, witness, [begin, end, digest]);
  if (status !== 0 || run.exitCode !== 0)
    throw new Error(`the guest ends with ${run.exitCode}, the engine with ${status}`);
  const [begun] = run.storesAt.get(begin) ?? [];
  const ended = run.storesAt.get(end)?.at(-1);
  const digestStores = run.storesAt.get(digest) ?? [];
  if (begun === undefined || ended === undefined) throw new Error('the guest stored no journal');
  return {
    commands: commands.length / COMMAND_BYTES,
    matching: ended - begun,
    compressionCosts: digestStores.slice(1).map((at, index) => at - (digestStores[index] ?? at)),
    compressions: Number(engine.compressionCount()),
    instructions: run.instructionCount,
    witnessBytes: witness.length,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
