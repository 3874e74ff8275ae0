/**
 * Compiles the FIX scanner: `node queue/runtime/gateways/fix/build-fix-scan.ts` writes artifact/fix-scalar.wasm and fix-simd.wasm,
 * both from assembly/fix-scan.ts. They are committed, as the host kernels are; a test builds them again.
 */
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { FixScanKind } from './fix-scan-module.ts';

const DIRECTORY = dirname(fileURLToPath(import.meta.url));

/** 2 pages of 64 KiB hold the input, the table and the result; the modules may never grow. */
const MEMORY_PAGES = '2';

const COMPILER_ARGUMENTS = [
  'fix-scan.ts',
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

const KIND_ARGUMENTS: Readonly<Record<FixScanKind, readonly string[]>> = {
  scalar: [],
  simd: ['--enable', 'simd'],
};

/** Compiles one of the two modules to `outFile`. Throws what the compiler prints. */
export function compileFixScan(kind: FixScanKind, outFile: string): void {
  const compiler = fileURLToPath(import.meta.resolve('assemblyscript/asc')).replace(
    /dist.asc\.js$/,
    'bin/asc.js',
  );
  const options = [...COMPILER_ARGUMENTS, ...KIND_ARGUMENTS[kind], '--outFile', outFile];
  execFileSync(process.execPath, [compiler, ...options], { cwd: join(DIRECTORY, 'assembly') });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const kind of ['scalar', 'simd'] as const) {
    compileFixScan(kind, join(DIRECTORY, 'artifact', `fix-${kind}.wasm`));
    console.log(`fix-${kind}.wasm is built`);
  }
}
