// The part of the WebAssembly JavaScript interface that the engine uses. TypeScript keeps these types in its browser
// library, which would bring every browser global into a program that has none.
declare namespace WebAssembly {
  function validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
    static imports(module: Module): readonly unknown[];
    static exports(module: Module): readonly { readonly name: string; readonly kind: string }[];
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, never>>);
    readonly exports: object;
  }
  class Memory {
    private constructor();
    readonly buffer: ArrayBuffer;
  }
  class RuntimeError extends Error {}
}
