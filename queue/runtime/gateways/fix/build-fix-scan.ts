/**
 * Compiles the FIX scanner: `node queue/runtime/gateways/fix/build-fix-scan.ts` writes artifact/fix-scalar.wasm and fix-simd.wasm,
 * both from assembly/fix-scan.ts. They are committed, as the host kernels are; a test builds them again.
 */
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { compileKernels } from '../../../../engine/compile-kernels.ts';
import type { FixScanKind } from './fix-scan-module.ts';

const DIRECTORY = dirname(fileURLToPath(import.meta.url));

const SOURCE = { directory: join(DIRECTORY, 'assembly'), entry: 'fix-scan.ts', memoryPages: 2 };

/** Compiles one of the two modules to `outFile`. Throws what the compiler prints. */
export function compileFixScan(kind: FixScanKind, outFile: string): void {
  compileKernels(SOURCE, kind, outFile);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const kind of ['scalar', 'simd'] as const) {
    compileFixScan(kind, join(DIRECTORY, 'artifact', `fix-${kind}.wasm`));
    console.log(`fix-${kind}.wasm is built`);
  }
}
