import { Prover } from '../../prover/sdk/prover.ts';
import { PINNED_AGGREGATION_IMAGE } from '../../prover/verifier/pinned.ts';
import { type Figures, median } from './bench-result.ts';
import { mixedBatches } from './mixed-batches.ts';

const BATCH_SIZE = 100;
const COUNTS = [2, 4, 8] as const;
const VERIFICATIONS = 9;

/**
 * Aggregates of 2, 4 and 8 batches of 100 commands: seconds to prove each as one `stark`, with warm keys; bytes of the last; milliseconds to
 * verify it in a running host, the median.
 */
export async function aggregateBench(): Promise<Figures> {
  const prover = await Prover.start();
  const figures: Record<string, number> = {};
  try {
    const batches = mixedBatches(COUNTS[2], BATCH_SIZE);
    // The first aggregate of a process also makes its keys; it is not counted.
    await prover.aggregate(batches.slice(0, 1));
    for (const count of COUNTS) {
      const aggregate = await prover.aggregate(batches.slice(0, count));
      const { receipt } = aggregate;
      figures[`aggregate_seconds_${count}`] = receipt.proveDurationMs / 1000;
      figures[`peak_memory_${count}_bytes`] = receipt.session.peakMemoryBytes ?? 0;
      figures[`trace_cells_${count}`] = receipt.session.traceCells;
      figures.seal_bytes = receipt.seal.length;
      const { configDigest } = aggregate.journal;
      const { imageId } = PINNED_AGGREGATION_IMAGE;
      const verifyMs: number[] = [];
      for (let round = 0; round < VERIFICATIONS; round++) {
        const startNs = process.hrtime.bigint();
        await aggregate.verify({ prover, imageId, configDigest, fromGenesis: true });
        verifyMs.push(Number(process.hrtime.bigint() - startNs) / 1e6);
      }
      figures.verify_milliseconds = median(verifyMs);
    }
  } finally {
    await prover.close();
  }
  return figures;
}
