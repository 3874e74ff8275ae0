import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blake3 } from '@noble/hashes/blake3.js';
import { expect, test } from 'vitest';
import { compileEngine } from '../../engine/build.ts';
import { instantiateEngine, readEngineModule } from '../../engine/engine-module.ts';
import { GENESIS_STATE_ROOT } from '../../engine/genesis.ts';

test('the committed module is what its sources compile to', () => {
  const folder = mkdtempSync(join(tmpdir(), 'proofbook-engine-'));
  try {
    const outFile = join(folder, 'circuit.wasm');
    compileEngine(outFile);
    expect(Buffer.compare(readFileSync(outFile), readEngineModule())).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the module imports nothing', () => {
  const module = new WebAssembly.Module(Uint8Array.from(readEngineModule()));
  expect(WebAssembly.Module.imports(module)).toEqual([]);
});

test('the memory is whole from the start and cannot grow', () => {
  const { memory } = instantiateEngine();
  const bytes = memory.buffer.byteLength;
  expect(() => (memory as unknown as { grow(pages: number): number }).grow(1)).toThrow(RangeError);
  expect(memory.buffer.byteLength).toBe(bytes);
});

test('an instance takes one state only', () => {
  const module = instantiateEngine();
  module.openGenesis();
  expect(() => module.openGenesis()).toThrow(WebAssembly.RuntimeError);
});

test('the genesis root is the root of 256 empty leaves', () => {
  let node = new Uint8Array(32);
  for (let height = 0; height < 8; height++)
    node = Uint8Array.from(blake3(Uint8Array.from([...node, ...node])));
  expect(Buffer.from(GENESIS_STATE_ROOT).toString('hex')).toBe(Buffer.from(node).toString('hex'));
});
