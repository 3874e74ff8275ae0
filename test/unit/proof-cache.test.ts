import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProofCache } from '../../prover/merkle/proof-cache.ts';
import { SEED } from '../support/seed.ts';

const leaf = fc.nat({ max: 7 });
const step = fc.oneof(
  fc.record({ kind: fc.constant('ask' as const), leaf }),
  fc.record({ kind: fc.constant('ask' as const), leaf }),
  fc.record({ kind: fc.constant('ask' as const), leaf }),
  fc.record({ kind: fc.constant('change' as const), leaf }),
);

test('keeps what a plain list would keep, in the order of use, and never more than its bound', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5 }), fc.array(step, { maxLength: 80 }), (proofsMax, steps) => {
      const cache = new ProofCache(proofsMax);
      let list: number[] = [];
      const given = new Map<number, Uint8Array>();
      for (const { kind, leaf } of steps) {
        const isThere = list.includes(leaf);
        if (kind === 'change') {
          cache.leafChanged(leaf);
          list = isThere ? [leaf] : [];
        } else {
          const siblings = cache.use(leaf);
          expect(siblings).toBe(isThere ? given.get(leaf) : undefined);
          if (siblings === undefined) {
            const made = new Uint8Array(32);
            cache.add(leaf, made);
            given.set(leaf, made);
          }
          const used = [...list.filter((other) => other !== leaf), leaf];
          list = proofsMax === 0 ? [] : used.slice(-proofsMax);
        }
        expect(cache.leaves()).toEqual(list);
        expect(cache.leaves().length).toBeLessThanOrEqual(proofsMax);
      }
    }),
    { seed: SEED, numRuns: 500 },
  );
});
