import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blake3 } from '@noble/hashes/blake3.js';
import { describe, expect, test } from 'vitest';
import wabt from 'wabt';
import { compileHostKernels } from '../../engine/build-host.ts';
import { readEngineModule } from '../../engine/engine-module.ts';
import { chooseHostModule, instantiateHostModule, readHostModule } from '../../engine/host-module.ts';

const { readWasm } = await wabt();

/** What a reader says that takes SIMD or does not: 'valid', or why the module is not. */
function verdict(wasm: Uint8Array, simd: boolean): string {
  try {
    readWasm(paddedToWords(wasm), { simd, bulk_memory: true, sign_extension: true }).validate();
    return 'valid';
  } catch (error) {
    return String(error);
  }
}

/** The reader takes whole words, and what it finds behind a module's end as part of it: an empty custom section fills the last one. */
function paddedToWords(wasm: Uint8Array): Uint8Array {
  const sectionBytes = 3 + ((1 - wasm.length) & 3);
  const padded = new Uint8Array(wasm.length + sectionBytes);
  padded.set(wasm);
  padded[wasm.length + 1] = sectionBytes - 2;
  return padded;
}

describe.each(['simd', 'scalar'] as const)('the %s host module', (kind) => {
  test('is what its sources compile to', () => {
    const folder = mkdtempSync(join(tmpdir(), 'proofbook-host-'));
    try {
      const outFile = join(folder, 'host.wasm');
      compileHostKernels(kind, outFile);
      expect(Buffer.compare(readFileSync(outFile), readHostModule(kind))).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('imports nothing and cannot grow', () => {
    expect(WebAssembly.Module.imports(new WebAssembly.Module(readHostModule(kind)))).toEqual([]);
    const { memory } = instantiateHostModule(kind);
    expect(() => (memory as unknown as { grow(pages: number): number }).grow(1)).toThrow(RangeError);
  });

  test('traps on a count that its buffers have no room for', () => {
    const module = instantiateHostModule(kind);
    const tooMany = [
      () => module.hashNodes(1025),
      () => module.hashLeaves(1025),
      () => module.hashPages(65),
      () => module.hashNodes(0xffffffff),
      () => module.sumValues(65_537),
      () => module.findValue(65_537, 0n),
      () => module.lowerBound(65_537, 0n),
      () => module.depthUntil(65_537, 0n),
    ];
    for (const call of tooMany) expect(call).toThrow(WebAssembly.RuntimeError);
  });
});

test('SIMD is in the module of that name alone, and in no consensus module', () => {
  expect(verdict(readHostModule('simd'), false)).not.toBe('valid');
  expect(verdict(readHostModule('simd'), true)).toBe('valid');
  expect(verdict(readHostModule('scalar'), false)).toBe('valid');
  for (const geometry of ['circuit', 'deep'] as const) {
    expect(verdict(readEngineModule(geometry), false)).toBe('valid');
  }
});

test('a machine that runs SIMD gets it', () => {
  expect(chooseHostModule()).toBe(WebAssembly.validate(readHostModule('simd')) ? 'simd' : 'scalar');
});

// V8 can be told to do without the instructions that its SIMD needs, on x64 only: then the real choice is made on a machine without.
test.skipIf(process.arch !== 'x64')('a machine without SIMD gets the other one, and the same digests', () => {
  const url = new URL('../../engine/block-hasher.ts', import.meta.url).href;
  const program = `
    const { BlockHasher } = await import(${JSON.stringify(url)});
    const hasher = new BlockHasher();
    const digest = hasher.hashNodes(new Uint8Array(256).fill(7));
    console.log(hasher.kind, Buffer.from(digest).toString('hex'));`;
  const digest = Buffer.from(blake3(new Uint8Array(64).fill(7))).toString('hex');
  const run = (flags: readonly string[]) =>
    execFileSync(process.execPath, [...flags, '--input-type=module', '--eval', program], {
      encoding: 'utf8',
    });
  expect(run(['--no-enable-sse4-1'])).toBe(`scalar ${digest.repeat(4)}\n`);
  expect(run([])).toBe(`${chooseHostModule()} ${digest.repeat(4)}\n`);
});
