import { readFileSync } from 'node:fs';

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
  touchedLevels(side: number): bigint;
  /** 1 when the last batch used the waiting stops: its witness must open the stop book. */
  areStopsTouched(): number;
  levelCount(side: number): number;
  levelPointer(side: number, rank: number): number;
  hashInput(length: number, keyed: number): void;
  openGenesis(): number;
  openState(length: number): number;
  writeState(): number;
  proveBatch(length: number): number;
  applyBatch(recordCount: number, timestamp: bigint): number;
  sealBatch(): void;
  compressionCount(): bigint;
}

const MODULE_URL = new URL('./artifact/circuit.wasm', import.meta.url);
let compiled: WebAssembly.Module | undefined;

/** The bytes of the consensus module: the guest is built from the very same. */
export function readEngineModule(): Uint8Array {
  return readFileSync(MODULE_URL);
}

/** A fresh instance: it holds no state yet and takes one only once. */
export function instantiateEngine(): EngineExports {
  compiled ??= new WebAssembly.Module(Uint8Array.from(readEngineModule()));
  const instance = new WebAssembly.Instance(compiled, {});
  return instance.exports as unknown as EngineExports;
}
