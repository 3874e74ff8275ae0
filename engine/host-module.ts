import { readFileSync } from 'node:fs';
import type { ModuleMemory } from './module-memory.ts';

/** The host kernels are one source in two modules: with SIMD, and for machines without it. */
export type HostModuleKind = 'simd' | 'scalar';

/** The flat interface of engine/assembly/host/kernels.ts. Pointers are bytes in `memory`; counts beyond a buffer trap. */
export interface HostModuleExports {
  readonly memory: ModuleMemory;
  inputPointer(): number;
  /** Bytes. */
  inputCapacity(): number;
  digestsPointer(): number;
  valuesPointer(): number;
  /** Values. */
  valuesCapacity(): number;
  totalPointer(): number;
  hashNodes(count: number): void;
  hashLeaves(count: number): void;
  hashPages(count: number): void;
  findValue(count: number, value: bigint): number;
  lowerBound(count: number, value: bigint): number;
  sumValues(count: number): void;
  depthUntil(count: number, quantity: bigint): number;
}

const MODULE_URLS: Readonly<Record<HostModuleKind, URL>> = {
  simd: new URL('./artifact/host-simd.wasm', import.meta.url),
  scalar: new URL('./artifact/host-scalar.wasm', import.meta.url),
};

const compiled = new Map<HostModuleKind, WebAssembly.Module>();
let runnable: HostModuleKind | undefined;

export function readHostModule(kind: HostModuleKind): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(MODULE_URLS[kind]));
}

/** The faster of the modules that this machine runs; asked once. */
export function chooseHostModule(): HostModuleKind {
  runnable ??= WebAssembly.validate(readHostModule('simd')) ? 'simd' : 'scalar';
  return runnable;
}

/** A fresh instance with buffers of its own. */
export function instantiateHostModule(kind: HostModuleKind): HostModuleExports {
  const module = compiled.get(kind) ?? new WebAssembly.Module(readHostModule(kind));
  compiled.set(kind, module);
  return new WebAssembly.Instance(module, {}).exports as unknown as HostModuleExports;
}
