import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProofbookError } from '../engine/proofbook-error.ts';
import { type EngineBuffer, inspectEngineModule } from './engine-module.ts';
import { guestModule, withoutCompression } from './generated-c.ts';
import type { Programs } from './toolchain.ts';

/** A guest of the same engine: what is compiled around its module. */
export interface GuestProgram {
  /** Name of its files in `guest/artifact`. */
  readonly name: string;
  /** The C translation unit in `guest/runtime`. */
  readonly source: string;
  /** Folder of the Rust shell in `guest`, and the library that it builds. */
  readonly shell: string;
  readonly library: string;
  /** What the shell writes and reads in the engine's memory beside its input and the journal digest. */
  readonly buffers: readonly EngineBuffer[];
}

/** Proves one batch. */
export const CIRCUIT_GUEST: GuestProgram = {
  name: 'circuit',
  source: 'circuit.c',
  shell: 'shell',
  library: 'libproofbook_guest_shell.a',
  buffers: [],
};

/** Proves consecutive batches as one run (docs/aggregation.md). */
export const AGGREGATION_GUEST: GuestProgram = {
  name: 'aggregation',
  source: 'aggregation.c',
  shell: 'aggregation',
  library: 'libproofbook_guest_aggregation.a',
  buffers: [
    { pointer: 'commandsPointer', bytes: 1024 * 32 },
    { pointer: 'journalPointer', bytes: 256 },
  ],
};

/** Where a build reads and writes, and what it builds. */
export interface BuildPlaces {
  readonly program: GuestProgram;
  readonly checkout: string;
  /** Everything intermediate; may be kept between builds. */
  readonly buildDirectory: string;
  /** Cargo's target directory: the part that takes long, and that builds of several engines may share. */
  readonly shellDirectory: string;
  readonly enginePath: string;
  /** Names that the C is compiled with: those of runtime/ that only measurements set. */
  readonly defines?: readonly string[];
}

/**
 * The places for a build of one engine: below PROOFBOOK_CACHE_DIR if that is set, else in `guest/build`, which git ignores.
 * What is made from this engine and program alone has a folder with the program's name.
 */
export function buildPlaces(checkout: string, enginePath: string, program = CIRCUIT_GUEST): BuildPlaces {
  const cache = process.env.PROOFBOOK_CACHE_DIR;
  const root = cache ? join(cache, 'guest-build') : join(checkout, 'guest/build');
  const buildDirectory = join(root, program.name);
  return { program, checkout, buildDirectory, shellDirectory: join(root, 'shell'), enginePath };
}

const RUST_TARGET = 'riscv32im-risc0-zkvm-elf';

/**
 * Instructions are what a proof costs, and code size costs nothing: guest/README.md has what each of these gives. The seven rounds of
 * BLAKE3 are a loop in the engine that LLVM's own limit leaves rolled; the scheduler spills fewer registers when it goes downwards.
 */
const TUNING = [
  '-O2',
  ...['-mllvm', '-unroll-threshold=10000'],
  ...['-mllvm', '-inline-threshold=2000'],
  ...['-mllvm', '-misched-topdown'],
];

/** For one target, without a C library, and with nothing taken from the machine's own settings. */
const C_FLAGS = [
  '--no-default-config',
  '--target=riscv32-unknown-elf',
  '-march=rv32im',
  '-mabi=ilp32',
  '-std=c17',
  ...TUNING,
  '-ffreestanding',
  // The engine's memory begins at address 0.
  '-fno-delete-null-pointer-checks',
  '-nostdlibinc',
  '-ffunction-sections',
  '-fdata-sections',
  '-Wall',
  '-Wextra',
  '-Werror',
  // wasm2c assigns each stack value before it is used and leaves labels and parameters that a module does not need.
  '-Wno-unused-parameter',
  '-Wno-unused-label',
  '-Wno-unused-but-set-variable',
  '-Wno-unused-function',
];

/** The guest is single-threaded: atomics become plain accesses. No flag names a path, so that none can matter. */
const RUST_FLAGS = ['-C', 'passes=lower-atomic', '--cfg', 'getrandom_backend="custom"'];

/** Settings from outside that would change what the compilers write. */
const FOREIGN_SETTING =
  /^(RUSTFLAGS|RUSTC|RUSTC_.*|CARGO_ENCODED_RUSTFLAGS|CARGO_BUILD_.*|CARGO_PROFILE_.*|CARGO_TARGET_.*|CARGO_UNSTABLE_.*|CPATH|C_INCLUDE_PATH|CCC_OVERRIDE_OPTIONS|CLANG_.*)$/;

/** Makes the guest's ELF from the engine's module and returns its bytes. @throws GUEST_BUILD_FAILED, GUEST_ENGINE_REFUSED */
export function compileGuest(programs: Programs, places: BuildPlaces): Uint8Array {
  mkdirSync(places.buildDirectory, { recursive: true });
  const { memoryBytes } = inspectEngineModule(readFileSync(places.enginePath), places.program.buffers);
  translateEngine(places);
  compileEngine(programs, places, memoryBytes);
  const shell = buildShell(programs, places);
  return link(programs, places, memoryBytes, shell);
}

function translateEngine({ checkout, buildDirectory, enginePath }: BuildPlaces): void {
  const wasm2c = join(checkout, 'node_modules/wabt/bin/wasm2c');
  const generated = join(buildDirectory, 'generated.c');
  run('wasm2c', process.execPath, [wasm2c, enginePath, '-n', 'circuit', '-o', generated], buildDirectory);
  const module = withoutCompression(guestModule(readFileSync(generated, 'utf8')));
  writeFileSync(join(buildDirectory, 'circuit-module.c'), module);
  writeFileSync(
    join(buildDirectory, 'circuit-module.h'),
    readFileSync(join(buildDirectory, 'generated.h'), 'utf8'),
  );
}

function compileEngine(
  programs: Programs,
  { program, checkout, buildDirectory, defines = [] }: BuildPlaces,
  memoryBytes: number,
): void {
  const runtime = join(checkout, 'guest/runtime');
  const source = join(runtime, program.source);
  const names = [`WASM_MEMORY_BYTES=${memoryBytes}u`, ...defines].map((name) => `-D${name}`);
  const args = [...C_FLAGS, ...names, '-I', runtime, '-I', buildDirectory];
  run('clang', programs.clang, [...args, '-c', source, '-o', 'circuit.o'], buildDirectory);
}

function buildShell(programs: Programs, { program, checkout, shellDirectory }: BuildPlaces): string {
  const args = ['build', '--release', '--locked', '--target', RUST_TARGET];
  args.push('-Zbuild-std=core,alloc', '-Zbuild-std-features=compiler-builtins-mem');
  run('cargo', programs.cargo, args, join(checkout, 'guest', program.shell), {
    RUSTC: programs.rustc,
    // Debian's compiler is a stable one; build-std is an unstable option.
    RUSTC_BOOTSTRAP: '1',
    CARGO_TARGET_DIR: shellDirectory,
    CARGO_ENCODED_RUSTFLAGS: RUST_FLAGS.join('\x1f'),
  });
  return join(shellDirectory, RUST_TARGET, 'release', program.library);
}

function link(
  programs: Programs,
  { checkout, buildDirectory }: BuildPlaces,
  memoryBytes: number,
  shell: string,
): Uint8Array {
  const script = [
    '-T',
    join(checkout, 'guest/runtime/guest.ld'),
    `--defsym=wasm_memory_bytes=${memoryBytes}`,
  ];
  const inputs = ['circuit.o', shell];
  const flags = [
    '--gc-sections',
    '--build-id=none',
    '--fatal-warnings',
    '--strip-all',
    '-Map',
    'circuit.map',
  ];
  run('lld', programs.lld, [...script, ...flags, ...inputs, '-o', 'circuit.elf'], buildDirectory);
  return readFileSync(join(buildDirectory, 'circuit.elf'));
}

function run(
  step: string,
  program: string,
  args: readonly string[],
  directory: string,
  settings: Readonly<Record<string, string>> = {},
): void {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !FOREIGN_SETTING.test(name)),
  );
  const { status, error } = spawnSync(program, args, {
    cwd: directory,
    env: { ...inherited, LC_ALL: 'C', TZ: 'UTC', SOURCE_DATE_EPOCH: '0', ...settings },
    // What the tools say goes to stderr: stdout is the script's own.
    stdio: ['ignore', 2, 2],
  });
  if (error !== undefined) {
    throw new ProofbookError('GUEST_BUILD_FAILED', { step, reason: error.message }, { cause: error });
  }
  if (status !== 0) {
    throw new ProofbookError('GUEST_BUILD_FAILED', {
      step,
      reason: `${program} ended with status ${status}`,
    });
  }
}
