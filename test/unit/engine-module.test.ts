import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blake3 } from '@noble/hashes/blake3.js';
import { describe, expect, test } from 'vitest';
import { compileEngine } from '../../engine/build.ts';
import { instantiateEngine, readEngineModule } from '../../engine/engine-module.ts';
import { GENESIS_STATE_ROOT } from '../../engine/genesis.ts';
import type { Geometry } from '../../engine/geometry.ts';
import { GEOMETRIES, openMarket } from '../support/market-module.ts';

describe.each(Object.keys(GEOMETRIES) as Geometry[])('the module of %s', (geometry) => {
  test('is what its sources compile to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'proofbook-engine-'));
    try {
      const outFile = join(folder, 'engine.wasm');
      await compileEngine(geometry, outFile);
      expect(Buffer.compare(readFileSync(outFile), readEngineModule(geometry))).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('imports nothing', () => {
    const module = new WebAssembly.Module(Uint8Array.from(readEngineModule(geometry)));
    expect(WebAssembly.Module.imports(module)).toEqual([]);
  });

  test('has its memory whole from the start, and it cannot grow', () => {
    const { memory } = GEOMETRIES[geometry].instantiate();
    const bytes = memory.buffer.byteLength;
    expect(() => (memory as unknown as { grow(pages: number): number }).grow(1)).toThrow(RangeError);
    expect(memory.buffer.byteLength).toBe(bytes);
  });

  test('takes one state only', () => {
    const module = GEOMETRIES[geometry].instantiate();
    module.openGenesis();
    expect(() => module.openGenesis()).toThrow(WebAssembly.RuntimeError);
  });
});

test('the memory of the circuit is 4 MB at most', () => {
  expect(instantiateEngine().memory.buffer.byteLength).toBeLessThanOrEqual(4_000_000);
});

test.each([
  ['circuit', 8],
  ['deep', 18],
] as const)('the genesis root of %s is the root of 2^%i empty leaves', (geometry, depth) => {
  let node = new Uint8Array(32);
  for (let height = 0; height < depth; height++)
    node = Uint8Array.from(blake3(Uint8Array.from([...node, ...node])));
  const module = openMarket(geometry);
  const root = new Uint8Array(module.memory.buffer, module.stateRootPointer(), 32);
  expect(Buffer.from(root).toString('hex')).toBe(Buffer.from(node).toString('hex'));
  if (geometry === 'circuit') expect(Buffer.from(GENESIS_STATE_ROOT)).toEqual(Buffer.from(node));
});
