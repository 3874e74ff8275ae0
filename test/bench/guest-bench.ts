import { loadGuestImage } from '../../prover/sdk/image.ts';
import { countPhases, GUEST_PHASES } from '../support/guest-phases.ts';
import { median } from './bench-result.ts';
import { mixedBatches } from './mixed-batches.ts';

const BATCH_SIZE = 100;
const BATCHES = 10;
/** The first batch meets an empty book. */
const WARM_UP_BATCHES = 1;

/**
 * Exact counts of the committed guest, from an RV32IM machine that runs it instruction by instruction: the
 * same numbers on every computer. The phases add up to `instructions_per_command`; no hash is computed while matching. A
 * compression is what runs from one store of the journal digest to the next, four blocks long.
 */
export function guestBench(): Readonly<Record<string, number>> {
  const { elf } = loadGuestImage();
  const runs = mixedBatches(WARM_UP_BATCHES + BATCHES, BATCH_SIZE)
    .slice(WARM_UP_BATCHES)
    .map((batch) => countPhases(elf, batch));
  const commands = sum(runs.map((run) => run.commands));
  const phases = GUEST_PHASES.map((phase) => {
    const name = phase === 'match' ? 'matching' : phase;
    return [`${name}_instructions_per_command`, sum(runs.map((run) => run.phases[phase])) / commands];
  });
  return {
    ...Object.fromEntries(phases),
    instructions_per_command: sum(runs.map((run) => run.instructions)) / commands,
    instructions_per_compression: median(runs.flatMap((run) => run.compressionCosts)),
    compressions_per_command: sum(runs.map((run) => run.compressions)) / commands,
    witness_bytes_per_command: sum(runs.map((run) => run.witnessBytes)) / commands,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
