import { readFileSync } from 'node:fs';
import type { Geometry } from './geometry.ts';
import type { ModuleMemory } from './module-memory.ts';

/** The flat interface of engine/assembly/circuit.ts. Pointers and lengths are bytes in `memory`. */
export interface EngineExports {
  readonly memory: ModuleMemory;
  inputPointer(): number;
  inputCapacity(): number;
  commandsPointer(): number;
  transitionsPointer(): number;
  transitionCount(): number;
  journalPointer(): number;
  journalDigestPointer(): number;
  headerPointer(): number;
  stateRootPointer(): number;
  touchedLevels(side: number, word: number): bigint;
  /** 1 when the last batch used the waiting stops: its witness must open the stop book. */
  areStopsTouched(): number;
  levelCount(side: number): number;
  bestLevelCursor(side: number): number;
  worseLevelCursor(side: number, cursor: number): number;
  levelPointer(side: number, cursor: number): number;
  hashInput(length: number, keyed: number): void;
  openGenesis(): number;
  openState(length: number): number;
  writeState(): number;
  proveBatch(length: number): number;
  phaseMarksPointer(): number;
  applyBatch(recordCount: number, timestamp: bigint): number;
  sealBatch(): void;
  /** One BLAKE3 compression of chunk 0 on addresses of the memory; `out` may be `value`. */
  compress(value: number, block: number, length: number, flags: number, out: number): void;
  compressionCount(): bigint;
  /** Order slots taken now, by resting orders and waiting stops. */
  ordersInUse(): number;
  /** The most that were taken at once since the module was opened. */
  ordersHighWater(): number;
  ordersCapacity(): number;
  levelsHighWater(side: number): number;
  levelsCapacity(): number;
}

/** What engine/assembly/deep.ts adds: how its pools and its price index are used. */
export interface DeepEngineExports extends EngineExports {
  /** Touches every page of the pools, so that no command waits for the operating system. */
  warmUp(): void;
  nodesInUse(): number;
  nodesHighWater(): number;
  nodesCapacity(): number;
  transitionsHighWater(): number;
  transitionsCapacity(): number;
  hotHitCount(): bigint;
  warmHitCount(): bigint;
  coldHitCount(): bigint;
}

const OS_PAGE_BYTES = 4096;

const compiled = new Map<Geometry, WebAssembly.Module>();

/** The bytes of the consensus module: the guest is built from the very same. */
export function readEngineModule(geometry: Geometry = 'circuit'): Uint8Array {
  return readFileSync(new URL(`./artifact/${geometry}.wasm`, import.meta.url));
}

/** A fresh instance: it holds no state yet and takes one only once. Its memory, about 1 MB, is in place: no command waits for it. */
export function instantiateEngine(): EngineExports {
  const module = instantiate('circuit') as EngineExports;
  const bytes = new Uint8Array(module.memory.buffer);
  // A page is there for good once something was written to it, even what it held.
  for (let at = 0; at < bytes.length; at += OS_PAGE_BYTES) bytes.fill(bytes[at] ?? 0, at, at + 1);
  return module;
}

/** A fresh instance of the deep geometry. It takes some 150 MB of memory once `warmUp` was called or the book is full. */
export function instantiateDeepEngine(): DeepEngineExports {
  return instantiate('deep') as DeepEngineExports;
}

function instantiate(geometry: Geometry): unknown {
  let module = compiled.get(geometry);
  if (module === undefined) {
    module = new WebAssembly.Module(Uint8Array.from(readEngineModule(geometry)));
    compiled.set(geometry, module);
  }
  return new WebAssembly.Instance(module, {}).exports;
}
