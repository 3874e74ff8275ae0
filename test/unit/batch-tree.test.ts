import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeJournal } from '../../engine/journal.ts';
import { BatchTree } from '../../prover/merkle/batch-tree.ts';
import { verifyInclusion } from '../../prover/merkle/verify-inclusion.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { plainBatchRoot } from '../support/plain-batch-root.ts';
import { seededBytes } from '../support/random-bytes.ts';
import { sampleBatches } from '../support/sample-batches.ts';
import { SEED } from '../support/seed.ts';

const KINDS = [
  { name: 'commands', recordBytes: 32, recordsMax: 1024, treeOf: BatchTree.ofCommands },
  { name: 'transitions', recordBytes: 64, recordsMax: 4096, treeOf: BatchTree.ofTransitions },
] as const;

describe.each(KINDS)('batch tree of $name', ({ recordBytes, recordsMax, treeOf }) => {
  test('has the root that the protocol text gives, for counts around each page edge and at the limit', () => {
    const perPage = 1024 / recordBytes;
    const counts = [1, 2, perPage - 1, perPage, perPage + 1, 2 * perPage, recordsMax - 1, recordsMax];
    for (const count of counts) {
      const records = seededBytes(count * recordBytes, SEED + count);
      expect(treeOf(records).root, `${count} records`).toEqual(plainBatchRoot(records));
    }
  });

  test('proves each record of a random batch, and the proof returns that very record', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: recordsMax }), fc.integer(), fc.nat(), (count, seed, pick) => {
        const records = seededBytes(count * recordBytes, seed);
        const tree = treeOf(records);
        const wanted = pick % count;
        const page = verifyInclusion(tree.root, count, recordBytes, tree.inclusionProof(wanted));
        const start = wanted * recordBytes;
        expect(page.records[wanted - page.firstRecordIndex]).toEqual(
          records.slice(start, start + recordBytes),
        );
        expect(page.firstRecordIndex + page.records.length).toBeLessThanOrEqual(count);
      }),
      { seed: SEED, numRuns: 40 },
    );
  });

  test('proves each of many equal pages at its own index', () => {
    // Equal pages among different neighbours: a proof of the first of them does not fit the others.
    const records = seededBytes(8 * 1024, SEED);
    for (const page of [3, 6]) records.copyWithin(page * 1024, 0, 1024);
    const tree = treeOf(records);
    const count = records.length / recordBytes;
    for (let page = 0; page < 8; page++) {
      const proof = tree.inclusionProof((page * 1024) / recordBytes);
      expect(proof.index).toBe(page);
      verifyInclusion(tree.root, count, recordBytes, proof);
    }
  });

  test('a page of zero records is hashed: it is not an empty leaf', () => {
    const one = treeOf(new Uint8Array(recordBytes));
    expect(one.root).toEqual(plainBatchRoot(new Uint8Array(recordBytes)));
    expect(one.root).not.toEqual(plainBatchRoot(new Uint8Array(0)));
  });

  test('refuses no records, too many, and bytes that are no whole records', () => {
    expectRefusal(() => treeOf(new Uint8Array(0)), 'INVALID_FIELD', { value: 0 });
    const tooMany = new Uint8Array((recordsMax + 1) * recordBytes);
    expectRefusal(() => treeOf(tooMany), 'INVALID_FIELD', { value: recordsMax + 1 });
    expectRefusal(() => treeOf(new Uint8Array(recordBytes + 1)), 'INVALID_LENGTH', {
      value: recordBytes + 1,
    });
  });

  test.each([-1, 5, 1.5, Number.NaN])('refuses a proof for record %d of 5', (recordIndex) => {
    const tree = treeOf(new Uint8Array(5 * recordBytes));
    expectRefusal(() => tree.inclusionProof(recordIndex), 'INVALID_FIELD', { field: 'recordIndex' });
  });

  test('does not change when the caller changes the bytes it gave', () => {
    const records = seededBytes(40 * recordBytes, SEED);
    const tree = treeOf(records);
    const root = tree.root.slice();
    records.fill(0);
    expect(tree.root).toEqual(root);
    expect(() => verifyInclusion(tree.root, 40, recordBytes, tree.inclusionProof(39))).not.toThrow();
  });
});

test('has the roots that the engine itself committed to, for batches of many sizes', () => {
  for (const size of [1, 31, 33, 500, 1024]) {
    for (const sealed of sampleBatches(2, size, SEED + size)) {
      const journal = decodeJournal(sealed.journal);
      expect(BatchTree.ofCommands(sealed.commands).root).toEqual(journal.commandsRoot);
      expect(BatchTree.ofTransitions(sealed.transitions).root).toEqual(journal.transitionsRoot);
    }
  }
});
