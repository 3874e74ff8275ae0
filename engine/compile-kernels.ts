import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** A module is compiled once with SIMD and once without; which one runs is for `WebAssembly.validate` to say. */
export type KernelKind = 'scalar' | 'simd';

/** What a module of host-only work is compiled from. */
export interface KernelSource {
  /** Folder of the sources. */
  readonly directory: string;
  /** Entry, below the folder. */
  readonly entry: string;
  /** Pages of 64 KiB that hold every static buffer; the modules may never grow. */
  readonly memoryPages: number;
}

/** SIMD is off unless asked for. */
const KIND_ARGUMENTS: Readonly<Record<KernelKind, readonly string[]>> = {
  scalar: [],
  simd: ['--enable', 'simd'],
};

/** Compiles one of the two modules to `outFile`. Throws what the compiler prints. */
export function compileKernels(
  { directory, entry, memoryPages }: KernelSource,
  kind: KernelKind,
  outFile: string,
): void {
  const compiler = fileURLToPath(import.meta.resolve('assemblyscript/asc')).replace(
    /dist.asc\.js$/,
    'bin/asc.js',
  );
  const memory = String(memoryPages);
  const options = ['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort='];
  const limits = ['--initialMemory', memory, '--maximumMemory', memory];
  execFileSync(
    process.execPath,
    [compiler, entry, ...options, ...limits, ...KIND_ARGUMENTS[kind], '--outFile', outFile],
    { cwd: directory },
  );
}
