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
