/**
 * Compiles the host kernels: `node engine/build-host.ts` writes engine/artifact/host-scalar.wasm and host-simd.wasm.
 * Both come from engine/assembly/host/kernels.ts. They are committed, as the consensus module is; a test builds them again.
 */
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { compileKernels, type KernelKind } from './compile-kernels.ts';

const ENGINE_DIRECTORY = dirname(fileURLToPath(import.meta.url));

const SOURCE = {
  directory: join(ENGINE_DIRECTORY, 'assembly'),
  entry: join('host', 'kernels.ts'),
  memoryPages: 11,
};

/** Compiles one of the two modules to `outFile`. Throws what the compiler prints. */
export function compileHostKernels(kind: KernelKind, outFile: string): void {
  compileKernels(SOURCE, kind, outFile);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const kind of ['scalar', 'simd'] as const) {
    const name = `host-${kind}.wasm`;
    compileHostKernels(kind, join(ENGINE_DIRECTORY, 'artifact', name));
    console.log(`engine/artifact/${name} is built`);
  }
}
