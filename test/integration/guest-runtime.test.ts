import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isProofbookError } from '../../engine/proofbook-error.ts';
import { buildPlaces, compileGuest } from '../../guest/compile.ts';
import { findPrograms, type Programs } from '../../guest/toolchain.ts';
import { Random } from '../model/random.ts';
import { compress } from '../support/blake3-compress.ts';
import {
  CHANGED_AT,
  COMPRESSION,
  MEMORY_BYTES,
  MEMORY_OPERATIONS,
  type Operation,
  operationInput,
  operationsModule,
  PURE_OPERATIONS,
} from '../support/operations-module.ts';
import { runGuest } from '../support/rv32-machine.ts';
import { SEED } from '../support/seed.ts';

// Every operation of guest/runtime/wasm-rt.h, compiled as the guest is, against the same module in Node.

const FIRST_BUILD_MS = 600_000;
const MARGIN_BYTES = 4096;
const EDGES_32 = [0, 1, 2, 31, 32, 33, 255, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];
const EDGES_64 = [...EDGES_32.map(BigInt), 63n, 64n, 1n << 32n, 1n << 63n, (1n << 64n) - 1n];

function toolchain(): Programs | undefined {
  try {
    return findPrograms();
  } catch (error) {
    if (!isProofbookError(error, 'GUEST_TOOL_MISSING')) throw error;
    console.log(`skipped: ${error.message}`);
    return undefined;
  }
}

const programs = toolchain();
const directory = mkdtempSync(join(tmpdir(), 'proofbook-runtime-'));
afterAll(() => rmSync(directory, { recursive: true }));

interface Outcome {
  readonly exitCode: number;
  readonly revealed: string;
}

/** What the module does in Node, as the guest has to tell it. */
function inNode(module: WebAssembly.Module, input: Uint8Array): Outcome {
  const exports = new WebAssembly.Instance(module, {}).exports as {
    readonly memory: WebAssembly.Memory;
    readonly inputPointer: () => number;
    readonly journalDigestPointer: () => number;
    readonly proveBatch: (length: number) => number;
  };
  new Uint8Array(exports.memory.buffer).set(input, exports.inputPointer());
  try {
    const exitCode = exports.proveBatch(input.length);
    const digest = new Uint8Array(exports.memory.buffer, exports.journalDigestPointer(), 32);
    return { exitCode, revealed: Buffer.from(digest).toString('hex') };
  } catch (error) {
    return { exitCode: trapExitCode(error), revealed: '00'.repeat(32) };
  }
}

function trapExitCode(error: unknown): number {
  const { message } = error as Error;
  if (/unreachable/.test(message)) return 101;
  if (/out of bounds/.test(message)) return 102;
  if (/divide by zero|remainder by zero/.test(message)) return 103;
  throw error;
}

describe.skipIf(programs === undefined)('the wasm runtime of the guest', () => {
  let elf: Uint8Array;
  let module: WebAssembly.Module;

  beforeAll(async () => {
    if (programs === undefined) return;
    const wasm = await operationsModule();
    module = new WebAssembly.Module(Uint8Array.from(wasm));
    const enginePath = join(directory, 'operations.wasm');
    writeFileSync(enginePath, wasm);
    const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
    elf = compileGuest(programs, {
      ...buildPlaces(checkout, enginePath),
      buildDirectory: join(directory, 'build'),
    });
  }, FIRST_BUILD_MS);

  function compare(operation: Operation, a: number, b: number, c: bigint, d: bigint, random: Random): number {
    const bytes = Uint8Array.from({ length: 64 }, () => random.below(256));
    const input = operationInput(operation, { a, b, c, d }, bytes);
    const run = runGuest(elf, input);
    const guest = { exitCode: run.exitCode, revealed: Buffer.from(run.publicValues).toString('hex') };
    expect(guest, `${operation.name}, a ${a}, b ${b}, c ${c}, d ${d}`).toEqual(inNode(module, input));
    return run.exitCode;
  }

  test.each(PURE_OPERATIONS)('gives the result of Node for $name', (operation) => {
    const random = new Random(BigInt(SEED));
    const operands = (index: number) =>
      [EDGES_32[index % EDGES_32.length] ?? 0, EDGES_64[index % EDGES_64.length] ?? 0n] as const;
    for (let index = 0; index < EDGES_64.length; index++) {
      const [a, c] = operands(index);
      for (const step of [0, 1, 3, 7]) {
        const [b, d] = operands(index + step);
        compare(operation, a, b, c, d, random);
      }
      compare(operation, Number(random.u64() >> 32n), random.below(40), random.u64(), random.u64(), random);
    }
  });

  test.each(MEMORY_OPERATIONS)('reads and writes what Node does for $name', (operation) => {
    const random = new Random(BigInt(SEED));
    const copies = /copy|fill/.test(operation.name);
    for (let attempt = 0; attempt < 30; attempt++) {
      // Copies may begin and end anywhere and overlap; other accesses are aligned, as AssemblyScript's are.
      const a = copies ? CHANGED_AT + random.below(24) : CHANGED_AT + 8 * random.below(2);
      compare(operation, a, CHANGED_AT + random.below(24), BigInt(random.below(40)), random.u64(), random);
      const word = CHANGED_AT + 4 * random.below(6);
      if (copies) compare(operation, word, word + 4 * random.between(-3, 3), 32n, 0n, random);
    }
  });

  test.each(MEMORY_OPERATIONS)('traps outside of its memory as Node does for $name', (operation) => {
    const random = new Random(BigInt(SEED));
    // The last base that is inside, and the first that is not, of an access with a small and with a large offset.
    const edges = operation.name.includes('5000')
      ? [MEMORY_BYTES - 5008, MEMORY_BYTES - 5000]
      : [MEMORY_BYTES - MARGIN_BYTES, MEMORY_BYTES];
    const outside = [MEMORY_BYTES + 8, 0x7fff_fff8, 0x8000_0000, 0xffff_f000, 0xffff_fff8];
    for (const a of [...edges, ...outside]) compare(operation, a, CHANGED_AT, 16n, 0n, random);
    if (operation.name.startsWith('memory.copy')) {
      for (const b of outside) compare(operation, CHANGED_AT, b, 16n, 0n, random);
    }
    if (/copy|fill/.test(operation.name)) {
      compare(operation, CHANGED_AT, CHANGED_AT, 0xffff_ffffn, 0n, random);
    }
  });

  test('compresses with the instruction of the zkVM', () => {
    const random = new Random(BigInt(SEED));
    const words = (bytes: Buffer) =>
      Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readInt32LE(4 * at));
    for (let attempt = 0; attempt < 30; attempt++) {
      const bytes = Buffer.from(Uint8Array.from({ length: 64 }, () => random.below(256)));
      // The value overlaps the block and the result, which is read back from its last words.
      const out = CHANGED_AT - 4 * random.below(3);
      const operands = { a: CHANGED_AT + 16, b: CHANGED_AT, c: BigInt(out), d: 0n };
      const { exitCode, publicValues } = runGuest(elf, operationInput(COMPRESSION, operands, bytes));
      const result = compress(words(bytes.subarray(16, 48)), words(bytes), [0, 0, 64, 11]);
      const memory = Int32Array.from([0, 0, ...words(bytes)]);
      memory.set(result, 2 - (CHANGED_AT - out) / 4);
      expect(exitCode).toBe(0);
      expect(words(Buffer.from(publicValues)).slice(2)).toEqual([...memory.slice(2, 8)]);
    }
  });

  test('traps where a compression would leave the memory', () => {
    const random = new Random(BigInt(SEED));
    const inside = BigInt(CHANGED_AT);
    for (const outside of [MEMORY_BYTES, MEMORY_BYTES + 8, 0x7fff_fff8, 0x8000_0000, 0xffff_fff8]) {
      expect(compare(COMPRESSION, outside, CHANGED_AT, inside, 0n, random)).toBe(102);
      expect(compare(COMPRESSION, CHANGED_AT, outside, inside, 0n, random)).toBe(102);
      expect(compare(COMPRESSION, CHANGED_AT, CHANGED_AT, BigInt(outside), 0n, random)).toBe(102);
    }
  });

  test('traps already when the base of an access lies in the margin at the end', () => {
    const [load] = MEMORY_OPERATIONS.filter(({ name }) => name === 'i32.load offset=0 (local.get $a)');
    if (load === undefined) throw new Error('no such operation');
    const inMargin = (a: number) =>
      runGuest(elf, operationInput(load, { a, b: 0, c: 0n, d: 0n }, new Uint8Array(64))).exitCode;
    expect(inMargin(MEMORY_BYTES - MARGIN_BYTES)).toBe(0);
    expect(inMargin(MEMORY_BYTES - MARGIN_BYTES + 4)).toBe(102);
  });
});
