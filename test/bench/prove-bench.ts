import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { COMMAND_BYTES } from '../../engine/command.ts';
import type { SealedBatch } from '../../engine/engine.ts';
import type { Receipt } from '../../prover/receipts/receipt.ts';
import { ExecutorEnv } from '../../prover/sdk/executor-env.ts';
import { type GuestImage, loadGuestImage } from '../../prover/sdk/image.ts';
import { Prover } from '../../prover/sdk/prover.ts';
import { type Figures, median } from './bench-result.ts';
import { compressionCountOf } from './compression-count.ts';
import { lateBatches } from './mixed-batches.ts';

const KINDS = ['app', 'stark'] as const;
const SIZES: readonly number[] = [10, 100, 500, 1000];
/** What `compressions_per_command` is of: a property of the engine, whichever size proves best. */
const LARGE_BATCH = 1000;
/** Large batches vary little and take minutes. */
const ROUNDS: Readonly<Record<(typeof KINDS)[number], (size: number) => number>> = {
  app: (size) => (size <= 100 ? 3 : 1),
  stark: () => 1,
};

/** What is measured in place of everything. */
export interface ProveChoice {
  /** Batch sizes in commands, 1 .. 1024, with commas. */
  readonly sizes?: string | undefined;
  /** `app`, `stark` or both, with a comma. */
  readonly kinds?: string | undefined;
}

type Kind = (typeof KINDS)[number];

/** In ticks of 10 ms, as Linux counts them for /proc. */
const CLOCK_TICKS_PER_SECOND = 100;

/** One kind of proof of batches of one size: medians of the rounds, of memory the greatest. */
interface ProveFigures {
  readonly kind: Kind;
  readonly size: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly figures: Figures;
}

/**
 * Proofs with warm keys, by batch size and kind. `best_batch_size` has the most orders a second of all `app` proofs; the figures
 * without a size in their name are of that one. Instructions, cells and compressions are exact.
 *
 * @throws RangeError for a size or a kind that there is not
 */
export async function proveBench(choice: ProveChoice = {}): Promise<Figures> {
  const sizes = parseSizes(choice.sizes);
  const kinds = parseKinds(choice.kinds);
  const image = loadGuestImage();
  const prover = await Prover.start();
  try {
    // Keys are made and memory is touched before anything is measured.
    const smallest = Math.min(...sizes);
    for (const kind of kinds) await measure(prover, image, kind, smallest, 1);
    const measured: ProveFigures[] = [];
    for (const kind of kinds) {
      for (const size of sizes) measured.push(await measure(prover, image, kind, size, ROUNDS[kind](size)));
    }
    return { ...summary(measured), ...Object.assign({}, ...measured.map(named)) };
  } finally {
    await prover.close();
  }
}

interface ProvenRun {
  readonly batch: SealedBatch;
  readonly session: Receipt['session'];
  readonly sealBytes: number;
  /** Of the prover host, user and system: what a busy machine does not stretch. */
  readonly cpuSeconds: number;
}

async function measure(
  prover: Prover,
  image: GuestImage,
  kind: Kind,
  size: number,
  rounds: number,
): Promise<ProveFigures> {
  const batches = lateBatches(size, rounds);
  const runs: ProvenRun[] = [];
  for (const batch of batches) {
    const env = ExecutorEnv.builder().write(batch.witness).journal(batch.journal).build();
    const startCpuSeconds = cpuSecondsOf(prover);
    const { session, seal } = await prover.prove(env, image, { kind });
    const cpuSeconds = cpuSecondsOf(prover) - startCpuSeconds;
    runs.push({ batch, session, sealBytes: seal.length, cpuSeconds });
  }
  const of = (value: (run: ProvenRun) => number) => median(runs.map(value));
  const seconds = of(({ session }) => session.proveDurationMs / 1000);
  const cpuSeconds = of((run) => run.cpuSeconds);
  return {
    kind,
    size,
    seconds,
    cpuSeconds,
    figures: {
      prove_seconds: seconds,
      cpu_seconds: cpuSeconds,
      orders_proven_per_second: size / seconds,
      trace_cells: of(({ session }) => session.traceCells),
      instructions: of(({ session }) => session.instructionCount),
      segments: of(({ session }) => session.segmentCount),
      peak_memory_bytes: Math.max(...runs.map(({ session }) => session.peakMemoryBytes ?? 0)),
      seal_bytes: of(({ sealBytes }) => sealBytes),
      compressions_per_command: of(({ batch }) => compressionsPerCommand(batch)),
    },
  };
}

/** proc(5): utime and stime are the 14th and 15th field; the second, a name in brackets, may hold blanks. */
function cpuSecondsOf({ pid }: Prover): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}

function compressionsPerCommand(batch: SealedBatch): number {
  return compressionCountOf(batch) / (batch.commands.length / COMMAND_BYTES);
}

function summary(measured: readonly ProveFigures[]): Figures {
  const best = measured
    .filter(({ kind }) => kind === 'app')
    .reduce<ProveFigures | undefined>(
      (most, one) => (most === undefined || one.size / one.seconds > most.size / most.seconds ? one : most),
      undefined,
    );
  if (best === undefined) return {};
  return {
    best_batch_size: best.size,
    ...best.figures,
    orders_proven_per_second_per_core: best.size / best.seconds / availableParallelism(),
    orders_proven_per_cpu_second: best.size / best.cpuSeconds,
    compressions_per_command: median(lateBatches(LARGE_BATCH, 1).map(compressionsPerCommand)),
  };
}

function named({ kind, size, figures }: ProveFigures): Figures {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [`${kind}_${size}_${name}`, value]),
  );
}

function parseSizes(text: string | undefined): readonly number[] {
  const sizes = text?.split(',').map(Number) ?? SIZES;
  const wrong = sizes.find((size) => !Number.isInteger(size) || size < 1 || size > 1024);
  if (wrong !== undefined) throw new RangeError(`--sizes ${text}: a batch has 1 .. 1024 commands`);
  return sizes;
}

function parseKinds(text: string | undefined): readonly Kind[] {
  const asked = text?.split(',') ?? KINDS;
  return asked.map((name) => {
    const kind = KINDS.find((known) => known === name);
    if (kind === undefined) throw new RangeError(`--kinds ${text}: the kinds are ${KINDS.join(', ')}`);
    return kind;
  });
}
