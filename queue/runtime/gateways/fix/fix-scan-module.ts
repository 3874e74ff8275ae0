import { readFileSync } from 'node:fs';

/** The scanner is one source in two modules: with SIMD, and for machines without it. */
export type FixScanKind = 'simd' | 'scalar';

/** The flat interface of assembly/fix-scan.ts. Pointers are bytes in `memory`. */
interface FixScanExports {
  readonly memory: WebAssembly.Memory;
  inputPointer(): number;
  /** Bytes. */
  inputCapacity(): number;
  tablePointer(): number;
  resultPointer(): number;
  scan(begin: number, end: number): number;
}

const MODULE_URLS: Readonly<Record<FixScanKind, URL>> = {
  simd: new URL('./artifact/fix-simd.wasm', import.meta.url),
  scalar: new URL('./artifact/fix-scalar.wasm', import.meta.url),
};

const compiled = new Map<FixScanKind, WebAssembly.Module>();
let runnable: FixScanKind | undefined;

/** The faster of the modules that this machine runs; asked once. */
export function chooseFixScan(): FixScanKind {
  runnable ??= WebAssembly.validate(readFixScan('simd')) ? 'simd' : 'scalar';
  return runnable;
}

/** A fresh instance with buffers of its own. */
export function instantiateFixScan(kind: FixScanKind): FixScanExports {
  const module = compiled.get(kind) ?? new WebAssembly.Module(readFixScan(kind));
  compiled.set(kind, module);
  return new WebAssembly.Instance(module, {}).exports as unknown as FixScanExports;
}

function readFixScan(kind: FixScanKind): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(MODULE_URLS[kind]));
}
