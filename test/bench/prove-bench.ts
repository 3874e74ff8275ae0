import { COMMAND_BYTES } from '../../engine/command.ts';
import { ExecutorEnv } from '../../prover/sdk/executor-env.ts';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { Prover } from '../../prover/sdk/prover.ts';
import { median } from './bench-result.ts';
import { mixedBatches } from './mixed-batches.ts';

const BATCH_SIZE = 100;
const WARM_UP_BATCHES = 1;
const MEASURED_BATCHES = 3;

/** `app` proofs of batches of 100 commands with warm keys: the median batch's seconds, the greatest peak memory. */
export async function proveBench(): Promise<Readonly<Record<string, number>>> {
  const image = loadGuestImage();
  const prover = await Prover.start();
  try {
    const batches = mixedBatches(WARM_UP_BATCHES + MEASURED_BATCHES, BATCH_SIZE);
    const sessions = [];
    for (const { witness, journal, commands } of batches) {
      const env = ExecutorEnv.builder().write(witness).journal(journal).build();
      const receipt = await prover.prove(env, image, { kind: 'app' });
      if (receipt.session === undefined) throw new Error('a proof without its session');
      sessions.push({
        ...receipt.session,
        commands: commands.length / COMMAND_BYTES,
        sealBytes: receipt.seal.length,
      });
    }
    const measured = sessions.slice(WARM_UP_BATCHES);
    const proveSeconds = median(measured.map(({ proveDurationMs }) => proveDurationMs / 1000));
    return {
      prove_seconds: proveSeconds,
      peak_memory_bytes: Math.max(...measured.map(({ peakMemoryBytes }) => peakMemoryBytes ?? 0)),
      orders_proven_per_second: BATCH_SIZE / proveSeconds,
      instructions_per_batch: median(measured.map(({ instructionCount }) => instructionCount)),
      trace_cells_per_batch: median(measured.map(({ traceCells }) => traceCells)),
      seal_bytes: median(measured.map(({ sealBytes }) => sealBytes)),
    };
  } finally {
    await prover.close();
  }
}
