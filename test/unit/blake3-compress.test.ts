import { blake3 } from '@noble/hashes/blake3.js';
import { expect, it } from 'vitest';
import { instantiateEngine } from '../../engine/engine-module.ts';
import { Random } from '../model/random.ts';
import { compress } from '../support/blake3-compress.ts';
import { seededBytes } from '../support/random-bytes.ts';

const SEED = 5_151n;
const FLAGS_OF_A_SINGLE_BLOCK = 1 | 2 | 8;
const INITIAL_VALUE = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

function words(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(4 * index, true));
}

it('is the hash of one block', () => {
  for (let length = 0; length <= 64; length++) {
    const block = new Uint8Array(64);
    block.set(seededBytes(length, length));
    const result = compress(INITIAL_VALUE, words(block), [0, 0, length, FLAGS_OF_A_SINGLE_BLOCK]);
    expect(result).toEqual(words(blake3(block.subarray(0, length))));
  }
});

/** The guest has an instruction where Node has this function: both are compared with the paper's. */
it('is what the engine exports as `compress`, also in place', () => {
  console.log(`seed ${SEED}`);
  const random = new Random(SEED);
  const engine = instantiateEngine();
  const input = engine.inputPointer();
  const memory = new Uint8Array(engine.memory.buffer);
  for (let round = 0; round < 500; round++) {
    const [value, block] = [seededBytes(32, 2 * round), seededBytes(64, 2 * round + 1)];
    const [length, flags] = [random.below(65), random.below(32)];
    const isInPlace = random.chance(50);
    const out = isInPlace ? input : input + 96;
    memory.set(value, input);
    memory.set(block, input + 32);
    engine.compress(input, input + 32, length, flags, out);
    expect(words(memory.slice(out, out + 32))).toEqual(
      compress(words(value), words(block), [0, 0, length, flags]),
    );
  }
});
