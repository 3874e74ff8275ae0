/**
 * Compiles the host kernels: `node engine/build-host.ts` writes engine/artifact/host-scalar.wasm and host-simd.wasm.
 * Both come from engine/assembly/host/kernels.ts. They are committed, as the consensus module is; a test builds them again.
 */
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ENGINE_DIRECTORY = dirname(fileURLToPath(import.meta.url));

/** 11 pages of 64 KiB hold every static buffer; the modules may never grow. */
const MEMORY_PAGES = '11';

const COMPILER_ARGUMENTS = [
  '-O3',
  '--noAssert',
  '--runtime',
  'stub',
  '--use',
  'abort=',
  '--initialMemory',
  MEMORY_PAGES,
  '--maximumMemory',
  MEMORY_PAGES,
];

/** SIMD is off unless asked for. */
const KIND_ARGUMENTS = {
  scalar: [],
  simd: ['--enable', 'simd'],
} as const;

/** Compiles one of the two modules to `outFile`. Throws what the compiler prints. */
export function compileHostKernels(kind: keyof typeof KIND_ARGUMENTS, outFile: string): void {
  const compiler = fileURLToPath(import.meta.resolve('assemblyscript/asc')).replace(
    /dist.asc\.js$/,
    'bin/asc.js',
  );
  const options = [...COMPILER_ARGUMENTS, ...KIND_ARGUMENTS[kind], '--outFile', outFile];
  execFileSync(process.execPath, [compiler, join('host', 'kernels.ts'), ...options], {
    cwd: join(ENGINE_DIRECTORY, 'assembly'),
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const kind of ['scalar', 'simd'] as const) {
    const name = `host-${kind}.wasm`;
    compileHostKernels(kind, join(ENGINE_DIRECTORY, 'artifact', name));
    console.log(`engine/artifact/${name} is built`);
  }
}
