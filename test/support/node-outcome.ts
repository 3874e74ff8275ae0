import { type EngineExports, instantiateEngine } from '../../engine/engine-module.ts';

/** Exit codes of the guest for the traps of WebAssembly (guest/README.md). */
const TRAPS: readonly (readonly [RegExp, number])[] = [
  [/unreachable/, 101],
  [/out of bounds/, 102],
  [/divide by zero|remainder by zero/, 103],
];

/** What a fresh instance of the module in Node ends with: 0, a status, or the exit code that the guest has for its trap. */
export function outcomeInNode(input: Uint8Array, entry: 'proveBatch' | 'openState' = 'proveBatch'): number {
  return outcomeOf(instantiateEngine(), input, entry);
}

/** As {@link outcomeInNode}, on an instance that the caller goes on with. */
export function outcomeOf(
  engine: EngineExports,
  input: Uint8Array,
  entry: 'proveBatch' | 'openState',
): number {
  const length = Math.min(input.length, engine.inputCapacity());
  new Uint8Array(engine.memory.buffer, engine.inputPointer(), length).set(input.subarray(0, length));
  try {
    return engine[entry](input.length);
  } catch (error) {
    const trap = TRAPS.find(([message]) => error instanceof Error && message.test(error.message));
    if (!(error instanceof WebAssembly.RuntimeError) || trap === undefined) throw error;
    return trap[1];
  }
}
