import { readFileSync } from 'node:fs';
import type { Geometry } from './geometry.ts';

/** The flat interface of engine/assembly/circuit.ts. Pointers and lengths are bytes in `memory`. */
export interface EngineExports {
  readonly memory: WebAssembly.Memory;
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
  levelCount(side: number): number;
  bestLevelCursor(side: number): number;
  worseLevelCursor(side: number, cursor: number): number;
  levelPointer(side: number, cursor: number): number;
  hashInput(length: number, keyed: number): void;
  openGenesis(): number;
  openState(length: number): number;
  writeState(): number;
  proveBatch(length: number): number;
  applyBatch(recordCount: number, timestamp: bigint): number;
  sealBatch(): void;
  compressionCount(): bigint;
}

/** What engine/assembly/deep.ts adds: how its pools and its price index are used. */
export interface DeepEngineExports extends EngineExports {
  /** Touches every page of the pools, so that no command waits for the operating system. */
  warmUp(): void;
  ordersInUse(): number;
  ordersHighWater(): number;
  ordersCapacity(): number;
  levelsHighWater(side: number): number;
  levelsCapacity(): number;
  nodesInUse(): number;
  nodesHighWater(): number;
  nodesCapacity(): number;
  transitionsHighWater(): number;
  transitionsCapacity(): number;
  hotHitCount(): bigint;
  warmHitCount(): bigint;
  coldHitCount(): bigint;
}

const compiled = new Map<Geometry, WebAssembly.Module>();

/** The bytes of the consensus module: the guest is built from the very same. */
export function readEngineModule(geometry: Geometry = 'circuit'): Uint8Array {
  return readFileSync(new URL(`./artifact/${geometry}.wasm`, import.meta.url));
}

/** A fresh instance: it holds no state yet and takes one only once. */
export function instantiateEngine(): EngineExports {
  return instantiate('circuit') as EngineExports;
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
