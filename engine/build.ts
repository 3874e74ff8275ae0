/**
 * Compiles the consensus module and the message stream beside it: `node engine/build.ts` writes engine/artifact/circuit.wasm
 * and engine/artifact/stream.wasm. Both are committed, so that whoever does not change the engine needs no compiler; tests
 * build them again.
 */
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ENGINE_DIRECTORY = dirname(fileURLToPath(import.meta.url));

/** Pages of 64 KiB that hold every static buffer; a module may never grow. */
const MEMORY_PAGES = { circuit: '17', stream: '121' } as const;

const COMPILER_ARGUMENTS = [
  '-O3',
  '--noAssert',
  '--runtime',
  'stub',
  // Without this the module imports `abort` and carries source paths, and its digest depends on the build folder.
  '--use',
  'abort=',
];

/** Compiles the sources under engine/assembly to `outFile`. Throws what the compiler prints. */
export function compileEngine(outFile: string, entry: keyof typeof MEMORY_PAGES = 'circuit'): void {
  const compiler = fileURLToPath(import.meta.resolve('assemblyscript/asc')).replace(
    /dist.asc\.js$/,
    'bin/asc.js',
  );
  const sources = join(ENGINE_DIRECTORY, 'assembly');
  const pages = MEMORY_PAGES[entry];
  const memory = ['--initialMemory', pages, '--maximumMemory', pages];
  execFileSync(
    process.execPath,
    [compiler, `${entry}.ts`, ...COMPILER_ARGUMENTS, ...memory, '--outFile', outFile],
    {
      cwd: sources,
    },
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const entry of ['circuit', 'stream'] as const) {
    compileEngine(join(ENGINE_DIRECTORY, 'artifact', `${entry}.wasm`), entry);
    console.log(`engine/artifact/${entry}.wasm is built`);
  }
}
