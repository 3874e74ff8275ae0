import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Digest } from '../../engine/brands.ts';
import { decodeJournal, encodeJournal, JOURNAL_BYTES, type Journal } from '../../engine/journal.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { sampleBatches } from '../support/sample-batches.ts';
import { SEED } from '../support/seed.ts';

const digest = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => new Uint8Array(bytes) as Digest);
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const sequence = fc.bigInt({ min: 1n, max: 2n ** 63n });

const journals: fc.Arbitrary<Journal> = fc
  .record({
    marketId: u64,
    batchNumber: sequence,
    firstSequence: sequence,
    commandCount: fc.integer({ min: 1, max: 1024 }),
    transitionCount: fc.integer({ min: 1, max: 4096 }),
    timestamp: u64,
    configDigest: digest,
    preStateRoot: digest,
    postStateRoot: digest,
    commandsRoot: digest,
    transitionsRoot: digest,
  })
  .map((j) => ({ ...j, lastSequence: j.firstSequence + BigInt(j.transitionCount) - 1n }));

const filled = (byte: number) => new Uint8Array(32).fill(byte) as Digest;
const SAMPLE: Journal = {
  marketId: 0x0102030405060708n,
  batchNumber: 9n,
  firstSequence: 100n,
  lastSequence: 102n,
  commandCount: 2,
  transitionCount: 3,
  timestamp: 77n,
  configDigest: filled(0xc1),
  preStateRoot: filled(0xc2),
  postStateRoot: filled(0xc3),
  commandsRoot: filled(0xc4),
  transitionsRoot: filled(0xc5),
};

describe('journal codec (PROTOCOL.md §7)', () => {
  test('writes each field at the offset that the protocol gives', () => {
    const bytes = Buffer.from(encodeJournal(SAMPLE));
    expect(bytes.length).toBe(JOURNAL_BYTES);
    const rows = [
      '50424a4e01000000 0807060504030201 0900000000000000 6400000000000000',
      '6600000000000000 02000000 03000000 4d00000000000000 0000000000000000',
      ...['c1', 'c2', 'c3', 'c4', 'c5', '00'].map((byte) => byte.repeat(32)),
    ];
    expect(bytes.toString('hex')).toBe(rows.join('').replaceAll(' ', ''));
  });

  test('reads back what it wrote, also from the middle of a larger buffer', () => {
    fc.assert(
      fc.property(journals, fc.integer({ min: 0, max: 40 }), (journal, before) => {
        const larger = new Uint8Array(before + JOURNAL_BYTES + 9).fill(0xee);
        larger.set(encodeJournal(journal), before);
        expect(decodeJournal(larger.subarray(before, before + JOURNAL_BYTES))).toEqual(journal);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test('reads what the engine seals, and writes the same bytes', () => {
    for (const sealed of sampleBatches(3, 80, SEED)) {
      expect(encodeJournal(decodeJournal(sealed.journal))).toEqual(sealed.journal);
    }
  });

  test('a decoded digest is a copy: changing the input later does not change it', () => {
    const bytes = encodeJournal(SAMPLE);
    const journal = decodeJournal(bytes);
    bytes.fill(0);
    expect(journal.postStateRoot).toEqual(filled(0xc3));
  });

  test.each([0, 1, 255, 257, 512])('refuses %i bytes', (length) => {
    expectRefusal(() => decodeJournal(new Uint8Array(length)), 'JOURNAL_MALFORMED', {
      field: 'length',
      value: length,
    });
  });

  test('refuses any change to magic, version or a reserved byte, and names the place', () => {
    const reserved = [...range(0, 8), ...range(56, 64), ...range(224, 256)];
    for (const offset of reserved) {
      for (let bit = 0; bit < 8; bit++) {
        const bytes = encodeJournal(SAMPLE);
        bytes[offset] = (bytes[offset] ?? 0) ^ (1 << bit);
        const field = offset < 4 ? 'magic' : offset < 8 ? 'version' : 'reserved';
        const error = expectRefusal(() => decodeJournal(bytes), 'JOURNAL_MALFORMED', {});
        expect(String(error.details.field)).toMatch(field);
      }
    }
  });

  test.each<[Partial<Journal>, string]>([
    [{ commandCount: 0 }, 'commandCount'],
    [{ commandCount: 1025 }, 'commandCount'],
    [{ commandCount: 1.5 }, 'commandCount'],
    [{ transitionCount: 0, lastSequence: 99n }, 'transitionCount'],
    [{ transitionCount: 4097, lastSequence: 4196n }, 'transitionCount'],
    [{ lastSequence: 103n }, 'lastSequence'],
    [{ lastSequence: 101n }, 'lastSequence'],
    [{ firstSequence: 0n, lastSequence: 2n }, 'firstSequence'],
    [{ batchNumber: 0n }, 'batchNumber'],
    [{ batchNumber: -1n }, 'batchNumber'],
    [{ timestamp: 2n ** 64n }, 'timestamp'],
    [{ configDigest: new Uint8Array(31) as Digest }, 'configDigest'],
  ])('refuses to write %o', (change, field) => {
    expectRefusal(() => encodeJournal({ ...SAMPLE, ...change }), 'JOURNAL_MALFORMED', { field });
  });

  test.each<[number, number, string]>([
    [40, 0, 'commandCount'],
    [41, 5, 'commandCount'],
    [44, 4, 'lastSequence'],
    [45, 17, 'transitionCount'],
    [32, 0x67, 'lastSequence'],
    [16, 0, 'batchNumber'],
  ])('refuses to read byte %i = %i', (offset, value, field) => {
    const bytes = encodeJournal(SAMPLE);
    bytes[offset] = value;
    expectRefusal(() => decodeJournal(bytes), 'JOURNAL_MALFORMED', { field });
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
