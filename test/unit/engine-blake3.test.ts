import { blake3 } from '@noble/hashes/blake3.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instantiateEngine } from '../../engine/engine-module.ts';
import { SEED } from '../support/seed.ts';
import vectors from '../vectors/blake3.json' with { type: 'json' };

const CHUNK_BYTES_MAX = 1024;
const module = instantiateEngine();

/** BLAKE3 by the consensus module, which hashes one chunk at most. */
function engineBlake3(input: Uint8Array, key?: Uint8Array): string {
  const at = module.inputPointer();
  new Uint8Array(module.memory.buffer).set(input, at);
  if (key !== undefined) new Uint8Array(module.memory.buffer).set(key, at + input.length);
  module.hashInput(input.length, key === undefined ? 0 : 1);
  return Buffer.from(module.memory.buffer, at, 32).toString('hex');
}

describe('BLAKE3 in the consensus module', () => {
  test.each(vectors.cases)(
    'gives the official digests of $inputLength bytes',
    ({ inputLength, hash, keyedHash }) => {
      const input = Uint8Array.from({ length: inputLength }, (_, index) => index % 251);
      expect(engineBlake3(input)).toBe(hash);
      expect(engineBlake3(input, Buffer.from(vectors.key, 'ascii'))).toBe(keyedHash);
    },
  );

  test('agrees with an independent package on any input and key', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: CHUNK_BYTES_MAX }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (input, key) => {
          expect(engineBlake3(input)).toBe(Buffer.from(blake3(input)).toString('hex'));
          expect(engineBlake3(input, key)).toBe(Buffer.from(blake3(input, { key })).toString('hex'));
        },
      ),
      { seed: SEED, numRuns: 500 },
    );
  });

  test('refuses more than one chunk', () => {
    expect(() => module.hashInput(CHUNK_BYTES_MAX + 1, 0)).toThrow(WebAssembly.RuntimeError);
  });
});
