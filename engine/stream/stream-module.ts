import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { MESSAGE_BYTES } from './message-layout.ts';

/** The flat interface of engine/assembly/stream.ts. Pointers and lengths are bytes in `memory`. */
interface StreamExports {
  readonly memory: WebAssembly.Memory;
  messagesPointer(): number;
  messagesCapacity(): number;
  reportsPointer(): number;
  reportsLength(): number;
  warmUp(): void;
  lastRefusal(): number;
  takeMessages(first: number, end: number): number;
}

const MODULE_URL = new URL('../artifact/stream.wasm', import.meta.url);
let compiled: WebAssembly.Module | undefined;

/** The bytes of the committed module. */
export function readStreamModule(): Uint8Array {
  return readFileSync(MODULE_URL);
}

/** One empty book with its message and report buffers. */
export interface StreamModule {
  readonly exports: StreamExports;
  /** The message buffer; a whole number of messages. */
  readonly messages: Buffer;
  readonly messageView: DataView;
  /** The reports of the last call are its first `exports.reportsLength()` bytes. */
  readonly reportView: DataView;
}

export function instantiateStream(): StreamModule {
  compiled ??= compileOptimized(readStreamModule());
  const exports = new WebAssembly.Instance(compiled, {}).exports as unknown as StreamExports;
  exports.warmUp();
  const { buffer } = exports.memory;
  const messages = Buffer.from(buffer, exports.messagesPointer(), exports.messagesCapacity() * MESSAGE_BYTES);
  return {
    exports,
    messages,
    messageView: new DataView(buffer, messages.byteOffset, messages.length),
    reportView: new DataView(buffer, exports.reportsPointer()),
  };
}

/**
 * The matching loop is one long call, and V8 never changes the code of a call that runs: without this the first thousands of
 * messages would be matched by code that was compiled in haste. Set only here, because Node strips types by WebAssembly, too.
 */
function compileOptimized(bytes: Uint8Array): WebAssembly.Module {
  setFlagsFromString('--no-liftoff');
  setFlagsFromString('--no-wasm-lazy-compilation');
  try {
    return new WebAssembly.Module(Uint8Array.from(bytes));
  } finally {
    setFlagsFromString('--liftoff');
    setFlagsFromString('--wasm-lazy-compilation');
  }
}
