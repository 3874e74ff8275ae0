/** The memory of a WebAssembly module as seen here. No `WebAssembly.Memory`: declarations that name it need the browser's types. */
export interface ModuleMemory {
  readonly buffer: ArrayBuffer;
}
