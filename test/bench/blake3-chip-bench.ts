import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SealedBatch } from '../../engine/engine.ts';
import { buildPlaces, compileGuest } from '../../guest/compile.ts';
import { askImageId } from '../../guest/image-id.ts';
import { findPrograms } from '../../guest/toolchain.ts';
import { ExecutorEnv } from '../../prover/sdk/executor-env.ts';
import { findHostBinary } from '../../prover/sdk/host-binary.ts';
import type { GuestImage } from '../../prover/sdk/image.ts';
import { parseImageId } from '../../prover/sdk/image-id.ts';
import { Prover } from '../../prover/sdk/prover.ts';
import type { Figures } from './bench-result.ts';
import { compressionCountOf } from './compression-count.ts';
import { lateBatches } from './mixed-batches.ts';

const SIZES = [100, 1000] as const;
const HASHINGS = ['software', 'chip'] as const;
type Hashing = (typeof HASHINGS)[number];

const CHECKOUT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * The guest with BLAKE3 in software and with the instruction, both on the same machine and the same batches, one proof after the other.
 * What a compression costs is exact: a guest that does each one twice has that many cells more.
 *
 * @throws GUEST_TOOL_MISSING where the guest can not be compiled
 */
export async function blake3ChipBench(): Promise<Figures> {
  const directory = mkdtempSync(join(tmpdir(), 'proofbook-chip-'));
  const prover = await Prover.start();
  const figures: Record<string, number> = {};
  try {
    const images = await compileImages(directory);
    for (const size of SIZES) {
      const [batch] = lateBatches(size, 1);
      if (batch === undefined) throw new RangeError('no batch');
      for (const hashing of HASHINGS) {
        Object.assign(figures, await measure(prover, images[hashing], batch, size, hashing));
      }
      const seconds = (hashing: Hashing) => figures[`${hashing}_prove_seconds_${size}`] ?? Number.NaN;
      figures[`speedup_batch_${size}`] = seconds('software') / seconds('chip');
    }
  } finally {
    await prover.close();
    rmSync(directory, { recursive: true });
  }
  const [, large] = SIZES;
  return {
    cells_per_compression: figures[`chip_cells_per_compression_${large}`] ?? Number.NaN,
    cells_per_command: figures[`chip_cells_per_command_${large}`] ?? Number.NaN,
    speedup_batch_1000: figures[`speedup_batch_${large}`] ?? Number.NaN,
    orders_proven_per_second: large / (figures[`chip_prove_seconds_${large}`] ?? Number.NaN),
    peak_memory_bytes: figures[`chip_peak_memory_bytes_${large}`] ?? Number.NaN,
    ...figures,
  };
}

interface Images {
  readonly image: GuestImage;
  /** The same with every compression done twice. */
  readonly twice: GuestImage;
}

async function compileImages(directory: string): Promise<Readonly<Record<Hashing, Images>>> {
  const software = 'GUEST_WITH_SOFTWARE_BLAKE3';
  const twice = 'GUEST_COMPRESSING_TWICE';
  const image = (...defines: readonly string[]) => compileImage(directory, defines);
  return {
    software: { image: await image(software), twice: await image(software, twice) },
    chip: { image: await image(), twice: await image(twice) },
  };
}

async function compileImage(directory: string, defines: readonly string[]): Promise<GuestImage> {
  const places = buildPlaces(CHECKOUT, join(CHECKOUT, 'engine/artifact/circuit.wasm'));
  const buildDirectory = join(directory, ['guest', ...defines].join('-'));
  const elf = compileGuest(findPrograms(), { ...places, buildDirectory, defines });
  return { elf, imageId: parseImageId(await askImageId(findHostBinary(), elf)) };
}

async function measure(
  prover: Prover,
  { image, twice }: Images,
  batch: SealedBatch,
  size: number,
  hashing: Hashing,
): Promise<Figures> {
  const env = ExecutorEnv.builder().write(batch.witness).journal(batch.journal).build();
  const once = await prover.execute(env, image);
  const doubled = await prover.execute(env, twice);
  const { session } = await prover.prove(env, image, { kind: 'app' });
  const compressions = compressionCountOf(batch);
  const named = {
    prove_seconds: session.proveDurationMs / 1000,
    seconds_per_command: session.proveDurationMs / 1000 / size,
    cells_per_command: once.traceCells / size,
    instructions_per_command: once.instructionCount / size,
    cells_per_compression: (doubled.traceCells - once.traceCells) / compressions,
    instructions_per_compression: (doubled.instructionCount - once.instructionCount) / compressions,
    compressions_per_command: compressions / size,
    peak_memory_bytes: session.peakMemoryBytes ?? 0,
  };
  return Object.fromEntries(
    Object.entries(named).map(([name, value]) => [`${hashing}_${name}_${size}`, value]),
  );
}
