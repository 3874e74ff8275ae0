/**
 * Compiles the consensus module once for each geometry, and the message stream in the deep one: `node engine/build.ts` writes
 * engine/artifact/circuit.wasm, deep.wasm and stream.wasm. All are committed, so that whoever does not change the engine needs
 * no compiler; tests build them again.
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

/** What a module is compiled from, and the pages of 64 KiB that hold every static buffer of it; no module may grow. */
interface ModuleSource {
  readonly entry: string;
  readonly geometry: Geometry;
  readonly pages: number;
}

export const MODULES = {
  circuit: { entry: 'circuit.ts', geometry: 'circuit', pages: 17 },
  deep: { entry: 'deep.ts', geometry: 'deep', pages: 3700 },
  stream: { entry: 'stream.ts', geometry: 'deep', pages: 2456 },
} as const satisfies Record<string, ModuleSource>;

type ModuleName = keyof typeof MODULES;

/** Compiles the sources under engine/assembly to `outFile`. Throws what the compiler prints. */
export async function compileEngine(name: ModuleName, outFile: string): Promise<void> {
  writeFileSync(outFile, await compileModule(MODULES[name]));
}

/** Compiles one module. `texts` stand in the places of the files they are named by: benches and tests change single sources so. */
export async function compileModule(
  source: ModuleSource,
  texts: ReadonlyMap<string, string> = new Map(),
): Promise<Uint8Array> {
  const { entry, geometry, pages } = source;
  const compilerArguments = [
    entry,
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    // Without this the module imports `abort` and carries source paths, and its digest depends on the build folder.
    '--use',
    'abort=',
    '--initialMemory',
    String(pages),
    '--maximumMemory',
    String(pages),
    '--outFile',
    'engine.wasm',
  ];
  let binary: Uint8Array | undefined;
  const compiler = (await import(import.meta.resolve('assemblyscript/asc'))) as Compiler;
  const { error, stderr } = await compiler.main(compilerArguments, {
    readFile: (name) => texts.get(name) ?? readSource(geometry, name),
    writeFile: (_, contents) => {
      if (typeof contents !== 'string') binary = contents;
    },
    listFiles: () => null,
  });
  if (error !== null || binary === undefined) throw new Error(`${stderr.toString()}${error?.message ?? ''}`);
  return binary;
}

/**
 * A source file as the geometry sees it: where `name-deep.ts` lies beside `name.ts`, the deep geometry has it in the place of
 * the other one. Both export the same names.
 */
function readSource(geometry: Geometry, name: string): string | null {
  const own = join(SOURCES, name.replace(/\.ts$/, `-${geometry}.ts`));
  const path = existsSync(own) ? own : join(SOURCES, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of ['circuit', 'deep', 'stream'] as const) {
    await compileEngine(name, join(ENGINE_DIRECTORY, 'artifact', `${name}.wasm`));
    console.log(`engine/artifact/${name}.wasm is built`);
  }
}
