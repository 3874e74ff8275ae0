import { describe, expect, test } from 'vitest';
import {
  type AggregateJournal,
  batchCountOf,
  decodeAggregateJournal,
  encodeAggregateJournal,
} from '../../engine/aggregate-journal.ts';
import { decodeJournal, encodeJournal } from '../../engine/journal.ts';
import { aggregateJournalOf } from '../../prover/aggregation/aggregate-run.ts';
import { JournalTree } from '../../prover/aggregation/journal-tree.ts';
import { verifyJournalInclusion } from '../../prover/aggregation/verify-journal-inclusion.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { sampleBatches } from '../support/sample-batches.ts';
import { SEED } from '../support/seed.ts';

const journals = sampleBatches(5, 30, SEED).map(({ journal }) => journal);
const aggregate = aggregateJournalOf(journals);
const bytes = encodeAggregateJournal(aggregate);

function altered(change: Partial<AggregateJournal>): () => Uint8Array {
  return () => encodeAggregateJournal({ ...aggregate, ...change });
}

describe('the aggregate journal', () => {
  test('says what the first and the last batch say, and sums', () => {
    const decoded = journals.map(decodeJournal);
    const [first, last] = [decoded[0], decoded[4]];
    expect(aggregate.preStateRoot).toEqual(first?.preStateRoot);
    expect(aggregate.postStateRoot).toEqual(last?.postStateRoot);
    expect([aggregate.firstBatchNumber, aggregate.lastBatchNumber]).toEqual([1n, 5n]);
    expect([aggregate.firstTimestamp, aggregate.lastTimestamp]).toEqual([first?.timestamp, last?.timestamp]);
    expect(Number(aggregate.commandCount)).toBe(
      decoded.reduce((sum, { commandCount }) => sum + commandCount, 0),
    );
    expect(batchCountOf(aggregate)).toBe(5);
  });

  test('reads back as it was written, and every byte of it matters', () => {
    expect(decodeAggregateJournal(bytes)).toEqual(aggregate);
    for (let at = 0; at < bytes.length; at++) {
      const other = bytes.map((byte, offset) => (offset === at ? byte ^ 1 : byte));
      let decoded: AggregateJournal | undefined;
      try {
        decoded = decodeAggregateJournal(other);
      } catch {}
      expect(decoded, `byte ${at}`).not.toEqual(aggregate);
    }
  });

  test.each([
    ['length', () => decodeAggregateJournal(bytes.subarray(1))],
    ['magic', () => decodeAggregateJournal(journals[0] ?? bytes)],
    ['version', () => decodeAggregateJournal(bytes.map((byte, at) => (at === 4 ? 2 : byte)))],
    ['reserved byte at 80', () => decodeAggregateJournal(bytes.map((byte, at) => (at === 80 ? 1 : byte)))],
    ['reserved byte at 255', () => decodeAggregateJournal(bytes.map((byte, at) => (at === 255 ? 1 : byte)))],
    ['firstBatchNumber', altered({ firstBatchNumber: 0n })],
    ['lastBatchNumber', altered({ lastBatchNumber: 257n })],
    ['lastBatchNumber', altered({ lastBatchNumber: 0n })],
    ['commandCount', altered({ commandCount: 4n })],
    ['transitionCount', altered({ transitionCount: 4n })],
    ['lastSequence', altered({ lastSequence: aggregate.lastSequence + 1n })],
    ['lastTimestamp', altered({ lastTimestamp: aggregate.firstTimestamp - 1n })],
    ['marketId', altered({ marketId: 2n ** 64n })],
  ])('refuses a wrong %s by name', (field, make) => {
    expectRefusal(make, 'AGGREGATE_JOURNAL_MALFORMED', { field });
  });

  test('is not made of journals that do not follow each other', () => {
    const [a, b, c] = journals as [Uint8Array, Uint8Array, Uint8Array];
    const with_ = (change: object) => [a, encodeJournal({ ...decodeJournal(b), ...change })];
    expectRefusal(() => aggregateJournalOf([]), 'CHAIN_EMPTY');
    expectRefusal(() => aggregateJournalOf([a, c]), 'CHAIN_BATCH_NUMBER');
    expectRefusal(() => aggregateJournalOf([b, a]), 'CHAIN_BATCH_NUMBER');
    expectRefusal(() => aggregateJournalOf(with_({ marketId: 99n })), 'CHAIN_MARKET');
    expectRefusal(
      () => aggregateJournalOf(with_({ timestamp: -1n + decodeJournal(a).timestamp })),
      'CHAIN_TIMESTAMP',
    );
    expectRefusal(() => aggregateJournalOf(with_({ preStateRoot: new Uint8Array(32) })), 'CHAIN_STATE_ROOT');
    expectRefusal(() => aggregateJournalOf(with_({ configDigest: new Uint8Array(32) })), 'CHAIN_CONFIG');
  });
});

describe('a batch journal under the root of an aggregate', () => {
  const tree = new JournalTree(journals);

  test('is shown by its proof, and by no other', () => {
    for (const [index, journal] of journals.entries()) {
      const decoded = verifyJournalInclusion(aggregate, journal, tree.proof(index));
      expect(decoded).toEqual(decodeJournal(journal));
      for (let other = 0; other < 8; other++) {
        if (other === index) continue;
        expectRefusal(
          () => verifyJournalInclusion(aggregate, journal, tree.proof(other)),
          'INCLUSION_REFUSED',
        );
      }
    }
  });

  test('is refused when a bit of journal, siblings or root is turned', () => {
    const journal = journals[2] ?? bytes;
    const proof = tree.proof(2);
    for (const at of [8, 48, 100, 150, 170, 200]) {
      const other = journal.map((byte, offset) => (offset === at ? byte ^ 1 : byte));
      expectRefusal(() => verifyJournalInclusion(aggregate, other, proof), 'INCLUSION_REFUSED');
    }
    for (let level = 0; level < 8; level++) {
      const siblings = proof.siblings.map((node, i) => (i === level ? node.map((byte) => byte ^ 128) : node));
      expectRefusal(
        () => verifyJournalInclusion(aggregate, journal, { index: 2, siblings }),
        'INCLUSION_REFUSED',
      );
    }
    const journalsRoot = aggregate.journalsRoot.map((byte) => byte ^ 1) as AggregateJournal['journalsRoot'];
    expectRefusal(
      () => verifyJournalInclusion({ ...aggregate, journalsRoot }, journal, proof),
      'INCLUSION_REFUSED',
    );
  });

  test.each([
    ['index', { index: 5, siblings: tree.proof(5).siblings }],
    ['index', { index: -1, siblings: tree.proof(0).siblings }],
    ['siblings', { index: 0, siblings: tree.proof(0).siblings.slice(1) }],
    ['batchNumber', { index: 1, siblings: tree.proof(0).siblings }],
    ['sibling 0', { index: 0, siblings: tree.proof(0).siblings.map((node) => node.slice(1)) }],
  ])('is refused with a wrong %s', (field, proof) => {
    const journal = journals[0] ?? bytes;
    expectRefusal(() => verifyJournalInclusion(aggregate, journal, proof), 'INCLUSION_REFUSED', { field });
  });
});
