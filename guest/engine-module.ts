import { ProofbookError } from '../engine/proofbook-error.ts';

/** What the guest needs to know about the engine's module before it compiles it. */
export interface EngineModule {
  /** Size of its memory, which never grows. */
  readonly memoryBytes: number;
  /** Size of the buffer that the witness is put into. */
  readonly inputCapacityBytes: number;
}

const FUNCTIONS = ['inputPointer', 'inputCapacity', 'journalDigestPointer', 'proveBatch'] as const;
const DIGEST_BYTES = 32;
/** BASE_MARGIN_BYTES of runtime/wasm-rt.h: no access may have its base in the last bytes of the memory. */
const MARGIN_BYTES = 4096;

/** A buffer of the module that a shell uses beside the input and the journal digest: the function that gives its address. */
export interface EngineBuffer {
  readonly pointer: string;
  readonly bytes: number;
}

/**
 * Checks what the shell and the runtime take for granted: no imports, the exports of the guest's ABI, and buffers that lie
 * at multiples of 8 inside the memory (the zkVM writes and reads whole words).
 * @param buffers further ones that must lie so
 * @throws GUEST_ENGINE_REFUSED naming the field and its value.
 */
export function inspectEngineModule(wasm: Uint8Array, buffers: readonly EngineBuffer[] = []): EngineModule {
  const module = compile(wasm);
  const imports = WebAssembly.Module.imports(module);
  if (imports.length > 0) {
    throw refusal('imports', JSON.stringify(imports), 'the guest has nothing to import from');
  }
  const exports = new WebAssembly.Instance(module, {}).exports as Readonly<Record<string, unknown>>;
  const { memory } = exports;
  if (!(memory instanceof WebAssembly.Memory)) {
    throw refusal('export memory', typeof memory, 'expected a memory');
  }
  for (const name of [...FUNCTIONS, ...buffers.map(({ pointer }) => pointer)]) {
    if (typeof exports[name] !== 'function') {
      throw refusal(`export ${name}`, typeof exports[name], 'expected a function');
    }
  }
  const memoryBytes = memory.buffer.byteLength;
  const inputCapacityBytes = call(exports, 'inputCapacity');
  checkBuffer('inputPointer', call(exports, 'inputPointer'), inputCapacityBytes, memoryBytes);
  checkBuffer('journalDigestPointer', call(exports, 'journalDigestPointer'), DIGEST_BYTES, memoryBytes);
  for (const { pointer, bytes } of buffers) {
    checkBuffer(pointer, call(exports, pointer), bytes, memoryBytes);
  }
  return { memoryBytes, inputCapacityBytes };
}

function compile(wasm: Uint8Array): WebAssembly.Module {
  try {
    return new WebAssembly.Module(new Uint8Array(wasm));
  } catch (cause) {
    throw refusal('module', `${wasm.byteLength} bytes`, String(cause));
  }
}

function call(exports: Readonly<Record<string, unknown>>, name: string): number {
  return Number((exports[name] as () => unknown)()) >>> 0;
}

function checkBuffer(field: string, pointer: number, bytes: number, memoryBytes: number): void {
  if (pointer % 8 !== 0 || bytes % 8 !== 0 || bytes === 0) {
    throw refusal(field, pointer, `a buffer of ${bytes} bytes there is not made of whole aligned words`);
  }
  if (pointer + bytes > memoryBytes - MARGIN_BYTES) {
    throw refusal(
      field,
      pointer,
      `a buffer of ${bytes} bytes there ends in the last ${MARGIN_BYTES} of ${memoryBytes} bytes of memory`,
    );
  }
}

function refusal(field: string, value: string | number, reason: string): ProofbookError {
  return new ProofbookError('GUEST_ENGINE_REFUSED', { field, value, reason });
}
