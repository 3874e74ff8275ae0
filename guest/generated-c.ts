import { ProofbookError } from '../engine/proofbook-error.ts';

/**
 * The last lines of the prelude that wasm2c puts before each module. What follows is the module alone.
 * The build pins the version of wabt; should another version end its prelude otherwise, the build stops here.
 */
const PRELUDE_END = ['                                  wasm_rt_tailcallee_t* next)', '#endif', ''].join(
  '\n',
);

/** A memory access: its base, which is a variable, and its constant offset. wasm2c writes their sum. */
const ACCESS = /_default32\(&instance->w2c_memory, \(u64\)\((\w+)\)(?: \+ (\d+)u?)?(?=[,)])/g;

/**
 * Makes of a C file that wasm2c wrote the module that `runtime/wasm-rt.h` compiles: without the prelude, and with base and
 * offset of every memory access as two arguments, for the bounds check looks at the base alone.
 * @throws GUEST_BUILD_FAILED when the file is not as expected.
 */
export function guestModule(generated: string): string {
  const module = withoutPrelude(generated).replace(
    ACCESS,
    (_, base: string, offset = '0') => `(${base}, ${offset}u`,
  );
  const missed = /\w+_default32\(.*/.exec(module);
  if (missed !== null) {
    throw new ProofbookError('GUEST_BUILD_FAILED', {
      step: 'wasm2c',
      reason: `it wrote a memory access of another form: ${missed[0]}`,
    });
  }
  return module;
}

function withoutPrelude(generated: string): string {
  const parts = generated.split(PRELUDE_END);
  const [, module] = parts;
  if (module === undefined || parts.length !== 2) {
    throw new ProofbookError('GUEST_BUILD_FAILED', {
      step: 'wasm2c',
      reason: `the end of its prelude was found ${parts.length - 1} times, expected once`,
    });
  }
  return module;
}

/** The definition of the engine's compression function, which the module exports so that it has a name. */
const COMPRESS = /^void w2c_circuit_compress_0(\(w2c_circuit\* instance(?:, u32 var_p[0-4]){5}\) \{)$/gm;

/**
 * Renames the engine's compression function to `software_compress`: `runtime/compress.h` has the one that is called.
 * @throws GUEST_BUILD_FAILED unless there is one.
 */
export function withoutCompression(module: string): string {
  const count = module.match(COMPRESS)?.length ?? 0;
  if (count !== 1) {
    throw new ProofbookError('GUEST_BUILD_FAILED', {
      step: 'wasm2c',
      reason: `the compression function was found ${count} times, expected once`,
    });
  }
  return module.replace(COMPRESS, 'static __attribute__((unused)) void software_compress$1');
}
