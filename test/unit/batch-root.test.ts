import { expect, test } from 'vitest';
import { batchRoot } from '../../engine/batch-root.ts';
import { BlockHasher } from '../../engine/block-hasher.ts';
import { plainBatchRoot } from '../support/plain-batch-root.ts';
import { seededBytes } from '../support/random-bytes.ts';
import { SEED } from '../support/seed.ts';

// One record, a page and its neighbours, odd and even counts of pages, whole trees of both kinds.
const LENGTHS = [32, 64, 992, 1024, 1056, 2048, 3072, 5 * 1024, 31_968, 32_768, 100_032, 255 * 1024, 262_144];

test.each(['simd', 'scalar'] as const)('the %s hasher gives the root of the protocol’s text', (kind) => {
  const hasher = new BlockHasher(kind);
  for (const length of LENGTHS) {
    const records = seededBytes(length, SEED + length);
    expect(batchRoot(hasher, records), `${length} bytes`).toEqual(plainBatchRoot(records));
  }
});
