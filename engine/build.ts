/**
 * Compiles the consensus module: `node engine/build.ts` writes engine/artifact/circuit.wasm.
 * The module is committed, so that whoever does not change the engine needs no compiler; a test builds it again.
 */
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ENGINE_DIRECTORY = dirname(fileURLToPath(import.meta.url));
const ARTIFACT = join(ENGINE_DIRECTORY, 'artifact', 'circuit.wasm');

/** 17 pages of 64 KiB hold every static buffer; the module may never grow. */
const MEMORY_PAGES = '17';

const COMPILER_ARGUMENTS = [
  '-O3',
  '--noAssert',
  '--runtime',
  'stub',
  // Without this the module imports `abort` and carries source paths, and its digest depends on the build folder.
  '--use',
  'abort=',
  '--initialMemory',
  MEMORY_PAGES,
  '--maximumMemory',
  MEMORY_PAGES,
];

/** Compiles the sources under engine/assembly to `outFile`. Throws what the compiler prints. */
export function compileEngine(outFile: string): void {
  const compiler = fileURLToPath(import.meta.resolve('assemblyscript/asc')).replace(
    /dist.asc\.js$/,
    'bin/asc.js',
  );
  const sources = join(ENGINE_DIRECTORY, 'assembly');
  execFileSync(process.execPath, [compiler, 'circuit.ts', ...COMPILER_ARGUMENTS, '--outFile', outFile], {
    cwd: sources,
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  compileEngine(ARTIFACT);
  console.log('engine/artifact/circuit.wasm is built');
}
