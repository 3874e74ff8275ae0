import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { COMMAND_BYTES } from '../../engine/command.ts';
import type { SealedBatch } from '../../engine/engine.ts';
import { ExecutorEnv } from '../../prover/sdk/executor-env.ts';
import { type GuestImage, loadGuestImage } from '../../prover/sdk/image.ts';
import { Prover } from '../../prover/sdk/prover.ts';
import { countPhases } from '../support/guest-phases.ts';
import type { Figures } from './bench-result.ts';
import { mixedBatches } from './mixed-batches.ts';

const BATCH_SIZES = [10, 100, 500, 1000] as const;
const KINDS = ['app', 'stark'] as const;
/** In ticks of 10 ms, as Linux counts them for /proc. */
const CLOCK_TICKS_PER_SECOND = 100;

interface ProvenBatch {
  readonly proveSeconds: number;
  /** Of the prover host, user and system: what a busy machine does not stretch. */
  readonly cpuSeconds: number;
  readonly figures: Figures;
}

/**
 * Proofs by batch size and kind, with warm keys, each of a batch that meets a book with as much history as itself. Instructions,
 * cells and compressions are exact; `orders_proven_per_second` is of the batch size whose `app` proof gives most of them.
 */
export async function proveBench(): Promise<Figures> {
  const image = loadGuestImage();
  const prover = await Prover.start();
  try {
    const figures: Record<string, number | string> = {};
    let best = { size: 0, perSecond: 0, perCpuSecond: 0 };
    await warmUp(prover, image);
    for (const kind of KINDS) {
      for (const size of BATCH_SIZES) {
        const proven = await proveOne(prover, image, batchOf(size), kind);
        for (const [name, value] of Object.entries(proven.figures))
          figures[`${kind}_${size}_${name}`] = value;
        const perSecond = size / proven.proveSeconds;
        if (kind === 'app' && perSecond > best.perSecond)
          best = { size, perSecond, perCpuSecond: size / proven.cpuSeconds };
      }
    }
    return {
      best_batch_size: best.size,
      orders_proven_per_second: best.perSecond,
      orders_proven_per_second_per_core: best.perSecond / availableParallelism(),
      orders_proven_per_cpu_second: best.perCpuSecond,
      compressions_per_command: compressionsPerCommand(image, batchOf(1000)),
      ...figures,
    };
  } finally {
    await prover.close();
  }
}

function batchOf(size: number): SealedBatch {
  const batch = mixedBatches(2, size).at(-1);
  if (batch === undefined) throw new RangeError('no batch');
  return batch;
}

/** Keys of both kinds are made here, outside of what is measured. */
async function warmUp(prover: Prover, image: GuestImage): Promise<void> {
  await proveOne(prover, image, batchOf(10), 'stark');
}

async function proveOne(
  prover: Prover,
  image: GuestImage,
  { witness, journal }: SealedBatch,
  kind: (typeof KINDS)[number],
): Promise<ProvenBatch> {
  const env = ExecutorEnv.builder().write(witness).journal(journal).build();
  const startCpuSeconds = cpuSecondsOf(prover);
  const { session, seal } = await prover.prove(env, image, { kind });
  if (session === undefined) throw new Error('a proof without its session');
  const proveSeconds = session.proveDurationMs / 1000;
  const cpuSeconds = cpuSecondsOf(prover) - startCpuSeconds;
  return {
    proveSeconds,
    cpuSeconds,
    figures: {
      prove_seconds: proveSeconds,
      cpu_seconds: cpuSeconds,
      instructions: session.instructionCount,
      trace_cells: session.traceCells,
      segments: session.segmentCount,
      peak_memory_bytes: session.peakMemoryBytes ?? 0,
      seal_bytes: seal.length,
    },
  };
}

/** proc(5): utime and stime are the 14th and 15th field; the second, a name in brackets, may hold blanks. */
function cpuSecondsOf({ pid }: Prover): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}

function compressionsPerCommand({ elf }: GuestImage, batch: SealedBatch): number {
  return countPhases(elf, batch).compressions / (batch.commands.length / COMMAND_BYTES);
}
