import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { readEngineModule } from '../../../engine/engine-module.ts';
import { inspectEngineModule } from '../../../guest/engine-module.ts';
import { guestModule } from '../../../guest/generated-c.ts';

const CHECKOUT = fileURLToPath(new URL('../../..', import.meta.url));
const DRIVER = fileURLToPath(new URL('driver.c', import.meta.url));
const COMPILERS = ['clang-19', 'clang', 'cc', 'gcc'];

/**
 * In the guest a wasm address is an address; here the memory is an array. Nothing else of the guest's header changes, so that what
 * is tested natively is what the guest is made of.
 */
const GUEST_MEMORY = 'ALWAYS_INLINE u8 *memory_at(u32 address) { return (u8 *)address; }';
const NATIVE_MEMORY =
  'extern u8 wasm_memory[];\nALWAYS_INLINE u8 *memory_at(u32 address) { return wasm_memory + address; }';

/** Undefined behaviour, an unaligned access too, kills the program instead of giving some result. */
const SANITIZE = {
  clang: ['-fsanitize=undefined', '-fsanitize-trap=undefined'],
  gcc: ['-fsanitize=undefined', '-fsanitize-undefined-trap-on-error'],
} as const;

/** Clang's rotations, for compilers that have not got them. */
const ROTATIONS = [32, 64].flatMap((bits) => [
  `-D__builtin_rotateleft${bits}(x,n)=((x)<<((n)&${bits - 1})|(x)>>(-(n)&${bits - 1}))`,
  `-D__builtin_rotateright${bits}(x,n)=((x)>>((n)&${bits - 1})|(x)<<(-(n)&${bits - 1}))`,
]);

/** The first C compiler that runs, or undefined. */
export function findCompiler(): string | undefined {
  return COMPILERS.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
}

/**
 * Compiles the engine's module, turned into C as the guest's is, for this machine.
 * @param directory where everything goes; made if it is not there
 * @returns the path of the program. Throws what the compiler says.
 */
export function buildNativeEngine(compiler: string, directory: string): string {
  mkdirSync(directory, { recursive: true });
  const wasm = readEngineModule();
  writeFileSync(join(directory, 'circuit.wasm'), wasm);
  const wasm2c = join(CHECKOUT, 'node_modules/wabt/bin/wasm2c');
  run(process.execPath, [wasm2c, 'circuit.wasm', '-n', 'circuit', '-o', 'circuit-module.c'], directory);
  const generated = readFileSync(join(directory, 'circuit-module.c'), 'utf8');
  writeFileSync(join(directory, 'circuit-module.c'), guestModule(generated));
  writeFileSync(join(directory, 'wasm-rt.h'), nativeRuntime());
  const { memoryBytes } = inspectEngineModule(wasm);
  const isClang = compiler.startsWith('clang');
  const flags = [
    '-O2',
    '-std=gnu17',
    '-w',
    ...SANITIZE[isClang ? 'clang' : 'gcc'],
    ...(isClang ? [] : ROTATIONS),
  ];
  run(
    compiler,
    [...flags, `-DWASM_MEMORY_BYTES=${memoryBytes}u`, '-I', directory, DRIVER, '-o', 'engine'],
    directory,
  );
  return join(directory, 'engine');
}

function nativeRuntime(): string {
  const [before, after, ...more] = readFileSync(join(CHECKOUT, 'guest/runtime/wasm-rt.h'), 'utf8').split(
    GUEST_MEMORY,
  );
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`wasm-rt.h has this line not exactly once: ${GUEST_MEMORY}`);
  }
  return before + NATIVE_MEMORY + after;
}

function run(program: string, args: readonly string[], directory: string): void {
  const { status, stderr, error } = spawnSync(program, args, { cwd: directory, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${error?.message ?? stderr}`);
}
