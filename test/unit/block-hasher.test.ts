import { blake3 } from '@noble/hashes/blake3.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlockHasher } from '../../engine/block-hasher.ts';
import { instantiateEngine } from '../../engine/engine-module.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { seededBytes } from '../support/random-bytes.ts';
import { SEED } from '../support/seed.ts';

const LEAF_KEY = new Uint8Array(32);
LEAF_KEY.set(new TextEncoder().encode('proofbook/leaf/v1'));
const engine = instantiateEngine();

/** The hash that batches are committed with. */
function consensusHash(input: Uint8Array, key?: Uint8Array): Uint8Array {
  const at = engine.inputPointer();
  new Uint8Array(engine.memory.buffer).set(input, at);
  if (key !== undefined) new Uint8Array(engine.memory.buffer).set(key, at + input.length);
  engine.hashInput(input.length, key === undefined ? 0 : 1);
  return new Uint8Array(engine.memory.buffer, at, 32).slice();
}

type Hash = (hasher: BlockHasher, inputs: Uint8Array) => Uint8Array;
interface Input {
  readonly name: string;
  readonly bytes: number;
  readonly hash: Hash;
  readonly key?: Uint8Array;
}
const INPUTS: readonly Input[] = [
  { name: 'nodes', bytes: 64, hash: (hasher, inputs) => hasher.hashNodes(inputs) },
  { name: 'leaves', bytes: 64, hash: (hasher, inputs) => hasher.hashLeaves(inputs), key: LEAF_KEY },
  { name: 'pages', bytes: 1024, hash: (hasher, inputs) => hasher.hashPages(inputs), key: LEAF_KEY },
];
const hashers = { simd: new BlockHasher('simd'), scalar: new BlockHasher('scalar') };

describe.each(['simd', 'scalar'] as const)('the %s hasher', (kind) => {
  const hasher = hashers[kind];

  describe.each(INPUTS)('of $name', ({ bytes, hash, key }) => {
    test('agrees with the consensus module and with an independent package, for every count of lanes', () => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 9 }), fc.integer(), (count, seed) => {
          const inputs = seededBytes(count * bytes, seed);
          const digests = hash(hasher, inputs);
          expect(digests).toHaveLength(count * 32);
          for (let i = 0; i < count; i++) {
            const input = inputs.subarray(i * bytes, (i + 1) * bytes);
            const digest = digests.slice(i * 32, (i + 1) * 32);
            expect(digest).toEqual(consensusHash(input, key));
            expect(digest).toEqual(
              Uint8Array.from(key === undefined ? blake3(input) : blake3(input, { key })),
            );
          }
        }),
        { seed: SEED, numRuns: 60 },
      );
    });

    test('agrees on inputs of one repeated byte, where words do not tell their places apart', () => {
      for (const byte of [0x00, 0xff, 0x80]) {
        const input = new Uint8Array(bytes).fill(byte);
        const four = Uint8Array.from([...input, ...input, ...input, ...input]);
        const digest = consensusHash(input, key);
        expect(hash(hasher, four)).toEqual(Uint8Array.from([...digest, ...digest, ...digest, ...digest]));
      }
    });

    test('has no bound: what a buffer has no room for is done in parts', () => {
      const perBuffer = hasher.input.length / bytes;
      for (const count of [perBuffer - 1, perBuffer, perBuffer + 1, 2 * perBuffer + 3]) {
        const inputs = seededBytes(count * bytes, SEED + count);
        const digests = hash(hasher, inputs);
        expect(digests).toHaveLength(count * 32);
        for (const i of [0, perBuffer - 2, perBuffer - 1, perBuffer, count - 2, count - 1]) {
          if (i >= count) continue;
          const input = inputs.subarray(i * bytes, (i + 1) * bytes);
          expect(digests.slice(i * 32, (i + 1) * 32), `number ${i}`).toEqual(consensusHash(input, key));
        }
      }
    });

    test('takes whole inputs only', () => {
      const expected = { field: 'inputs', value: bytes + 1, expected: `a multiple of ${bytes}` };
      expectRefusal(() => hash(hasher, new Uint8Array(bytes + 1)), 'INVALID_LENGTH', expected);
    });
  });

  test('hashes nodes in place, as many as asked', () => {
    const blocks = seededBytes(hasher.input.length, SEED);
    hasher.input.set(blocks);
    hasher.digests.fill(0);
    hasher.hashNodesOfInput(5);
    expect(hasher.digests.slice(0, 5 * 32)).toEqual(hashers.scalar.hashNodes(blocks.subarray(0, 5 * 64)));
    hasher.input.set(blocks);
    hasher.hashNodesOfInput(hasher.nodesMax);
    const whole = hasher.digests.slice();
    expect(whole).toEqual(hashers.scalar.hashNodes(blocks));
  });

  test.each([-1, 1025, 1.5, Number.NaN])('hashes no %d nodes in place', (count) => {
    expectRefusal(() => hasher.hashNodesOfInput(count), 'INVALID_FIELD', { field: 'count', value: count });
  });
});

test('both hashers give the same bytes for the same input', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), fc.integer(), (count, seed) => {
      const blocks = seededBytes(count * 64, seed);
      expect(hashers.simd.hashNodes(blocks)).toEqual(hashers.scalar.hashNodes(blocks));
      expect(hashers.simd.hashLeaves(blocks)).toEqual(hashers.scalar.hashLeaves(blocks));
      const pages = blocks.subarray(0, blocks.length & ~1023);
      expect(hashers.simd.hashPages(pages)).toEqual(hashers.scalar.hashPages(pages));
    }),
    { seed: SEED, numRuns: 60 },
  );
});
