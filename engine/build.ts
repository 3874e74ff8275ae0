/**
 * Compiles the consensus module once for each geometry: `node engine/build.ts` writes engine/artifact/circuit.wasm and
 * engine/artifact/deep.wasm. Both are committed, so that whoever does not change the engine needs no compiler; a test builds
 * them again.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Geometry } from './geometry.ts';

const ENGINE_DIRECTORY = dirname(fileURLToPath(import.meta.url));
const SOURCES = join(ENGINE_DIRECTORY, 'assembly');

/** The part of the compiler that is used. Its own types bring the globals of AssemblyScript into every program that imports them. */
interface Compiler {
  main(
    compilerArguments: readonly string[],
    host: {
      /** The text of a source, or null where there is no such file. */
      readFile(name: string): string | null;
      writeFile(name: string, contents: Uint8Array | string): void;
      listFiles(): readonly string[] | null;
    },
  ): Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}

/** Pages of 64 KiB that hold every static buffer; the module may never grow. */
const MEMORY_PAGES: Readonly<Record<Geometry, number>> = { circuit: 17, deep: 3700 };

/** Compiles the sources under engine/assembly to `outFile`. Throws what the compiler prints. */
export async function compileEngine(geometry: Geometry, outFile: string): Promise<void> {
  const pages = String(MEMORY_PAGES[geometry]);
  const compilerArguments = [
    `${geometry}.ts`,
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    // Without this the module imports `abort` and carries source paths, and its digest depends on the build folder.
    '--use',
    'abort=',
    '--initialMemory',
    pages,
    '--maximumMemory',
    pages,
    '--outFile',
    'engine.wasm',
  ];
  let binary: Uint8Array | undefined;
  const compiler = (await import(import.meta.resolve('assemblyscript/asc'))) as Compiler;
  const { error, stderr } = await compiler.main(compilerArguments, {
    readFile: (name) => readSource(geometry, name),
    writeFile: (_, contents) => {
      if (typeof contents !== 'string') binary = contents;
    },
    listFiles: () => null,
  });
  if (error !== null || binary === undefined) throw new Error(`${stderr.toString()}${error?.message ?? ''}`);
  writeFileSync(outFile, binary);
}

/**
 * A source file as the geometry sees it: where `name-deep.ts` lies beside `name.ts`, the deep module has it in the place of
 * the other one. Both export the same names.
 */
function readSource(geometry: Geometry, name: string): string | null {
  const own = join(SOURCES, name.replace(/\.ts$/, `-${geometry}.ts`));
  const path = existsSync(own) ? own : join(SOURCES, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const geometry of ['circuit', 'deep'] as const) {
    await compileEngine(geometry, join(ENGINE_DIRECTORY, 'artifact', `${geometry}.wasm`));
    console.log(`engine/artifact/${geometry}.wasm is built`);
  }
}
