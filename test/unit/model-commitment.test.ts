import { MerkleTree } from 'merkletreejs';
import { describe, expect, it } from 'vitest';
import { isProofbookError } from '../../engine/proofbook-error.ts';
import { batchLeaves, batchRoot } from '../model/batch-root.ts';
import { hash, keyedHash, LEAF_KEY } from '../model/blake3-hash.ts';
import { ask, bid, IOC } from '../model/command-builders.ts';
import { ModelBook } from '../model/model-book.ts';
import { encodeCommandList } from '../model/model-command.ts';
import { encodeModelConfig } from '../model/model-config.ts';
import { TEST_CONFIG } from '../model/scenario.ts';
import { ordersDigest } from '../model/state-leaves.ts';
import { stateLeaves } from '../model/state-tree.ts';
import { packWords, readWords } from '../model/words.ts';

/*
 * The digests below were computed by another implementation of BLAKE3 over bytes laid out by hand from the
 * protocol's tables, for the config and the batch of this file.
 */
const GENESIS_ROOT = 'f6ffd15c6c47b3013bb64ca9d6fa63d3d9e4091281ddfb4391c4a021d44c6d95';
const CONFIG_DIGEST = '2d5ff163f533149025723b887ee4f0cfd257d7da0ce4379d74d96f7629f23f31';
const POST_STATE_ROOT = '2682e4a4553a41febde1de28d2c851917f7ca1a9539ea85568750883c70821c9';
const COMMANDS_ROOT = '729af34b4182501bfb8eb33f618c17f41d10f08b192a4827a5e78bffb6febf7f';
const TRANSITIONS_ROOT = 'c02ae1958dabcbceac1c80ada60b2ecf9be004e9c00f2ca6fb762c038a9279f9';
const JOURNAL_DIGEST = '08887479ad5bd5e0637b2acc118a7c291ca3876ba3eee990673e84670f71a042';
const BID_ORDERS_DIGEST = 'a2308b9c14a97b5fe70203dd61327398f976236a8eb88319919564a3615a0e98';

/** Two bids at 100, an ask at 110, and an IOC ask that takes two lots of the first bid. */
const COMMANDS = encodeCommandList([
  bid(100n, 5n, { account: 1n, id: 11n }),
  bid(100n, 4n, { account: 2n, id: 12n }),
  ask(110n, 7n, { account: 3n, id: 13n }),
  ask(100n, 2n, { account: 9n, id: 14n, ...IOC }),
]);
const FIRST_BID = (1n << 12n) | 0n;
const SECOND_BID = (2n << 12n) | 1n;
const FIRST_ASK = (3n << 12n) | 2n;
const TAKER = (4n << 12n) | 4095n;

function hex(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('hex');
}

function bookAfterBatch(): ModelBook {
  const book = new ModelBook(TEST_CONFIG);
  book.applyBatch(COMMANDS, 5n);
  return book;
}

describe('model records (protocol §2, §3, §5)', () => {
  it('packs commands in 32 bytes', () => {
    expect(hex(COMMANDS.subarray(96))).toBe(
      '0101010009000000' + '0e00000000000000' + '6400000000000000' + '0200000000000000',
    );
  });

  it('packs transitions in 64 bytes', () => {
    const { transitions } = new ModelBook(TEST_CONFIG).applyBatch(COMMANDS, 5n);
    expect(transitions).toHaveLength(5 * 64);
    expect(hex(transitions.subarray(64, 128))).toBe(
      `0100000002000000${'0200000000000000'}${'0120000000000000'}${'0c00000000000000'}` +
        `6400000000000000${'0400000000000000'}${'0400000000000000'}${'0000000001000000'}`,
    );
    expect(hex(transitions.subarray(256))).toBe(
      `0201000009000000${'0500000000000000'}${'ff4f000000000000'}${'0010000000000000'}` +
        `6400000000000000${'0200000000000000'}${'0000000000000000'}${'0100000003000000'}`,
    );
    expect(readWords(transitions.subarray(256))[2]).toBe(TAKER);
  });

  it('packs the market config in 64 bytes and refuses values out of range', () => {
    expect(hex(encodeModelConfig(TEST_CONFIG))).toBe(
      `0100000001000000${'0700000000000000'}${'0100000000000000'}${'0100000000000000'}` +
        `0208000000000000${'4000000040000000'}${'4000000000100000'}${'6300000000000000'}`,
    );
    for (const field of ['tickSize', 'lotSize'] as const) {
      expect(() => new ModelBook({ ...TEST_CONFIG, [field]: 0n })).toThrow(`${field} is 0`);
    }
    expect(() => new ModelBook({ ...TEST_CONFIG, priceDecimals: 19 })).toThrow('priceDecimals is 19');
  });
});

describe('model state commitment (protocol §6)', () => {
  it('has the genesis root of 256 empty leaves', () => {
    expect(hex(new ModelBook(TEST_CONFIG).stateRoot())).toBe(GENESIS_ROOT);
  });

  it('has the root of leaves laid out by hand', () => {
    expect(hex(bookAfterBatch().stateRoot())).toBe(POST_STATE_ROOT);
  });

  it('chains the orders of a level in queue order', () => {
    const level = bookAfterBatch().state.bid.get(100n);
    expect(hex(ordersDigest(level?.orders ?? []))).toBe(BID_ORDERS_DIGEST);
    expect(hex(ordersDigest([...(level?.orders ?? [])].reverse()))).not.toBe(BID_ORDERS_DIGEST);
  });

  it('makes the tree that merkletreejs makes', () => {
    const book = bookAfterBatch();
    const tree = new MerkleTree(
      stateLeaves(book.state).map((leaf) => Buffer.from(leaf)),
      (data: Buffer) => Buffer.from(hash(data)),
    );
    expect(hex(tree.getRoot())).toBe(POST_STATE_ROOT);
  });

  it('leaves every leaf empty that the protocol calls zero', () => {
    const taken = stateLeaves(bookAfterBatch().state).flatMap((leaf, index) =>
      leaf.some((byte) => byte !== 0) ? [index] : [],
    );
    expect(taken).toEqual([0, 64, 128, 129, 136]);
  });
});

describe('model batch trees (protocol §6)', () => {
  it('has the roots of the pages laid out by hand', () => {
    const { transitions } = new ModelBook(TEST_CONFIG).applyBatch(COMMANDS, 5n);
    expect(hex(batchRoot(COMMANDS))).toBe(COMMANDS_ROOT);
    expect(hex(batchRoot(transitions))).toBe(TRANSITIONS_ROOT);
  });

  it('hashes a page that is all zero and leaves the others empty', () => {
    const leaves = batchLeaves(new Uint8Array(1025));
    expect(hex(leaves[0])).toBe(hex(keyedHash(LEAF_KEY, new Uint8Array(1024))));
    expect(hex(leaves[1])).toBe(hex(leaves[0]));
    expect(hex(leaves[2])).toBe('00'.repeat(32));
  });
});

describe('model journal (protocol §7)', () => {
  it('has every field at its offset', () => {
    const batch = new ModelBook(TEST_CONFIG).applyBatch(COMMANDS, 5n);
    const words = readWords(batch.journal.subarray(0, 64));
    expect(hex(batch.journal.subarray(0, 8))).toBe('50424a4e01000000');
    expect(words.slice(1)).toEqual([7n, 1n, 1n, 5n, (5n << 32n) | 4n, 5n, 0n]);
    expect(hex(batch.journal.subarray(64))).toBe(
      CONFIG_DIGEST + GENESIS_ROOT + POST_STATE_ROOT + COMMANDS_ROOT + TRANSITIONS_ROOT + '00'.repeat(32),
    );
    expect(hex(batch.journalDigest)).toBe(JOURNAL_DIGEST);
  });

  it('joins to the batch before: sequences, batch number, roots', () => {
    const book = bookAfterBatch();
    const { journal } = book.applyBatch(COMMANDS, 5n);
    expect(readWords(journal.subarray(16, 32))).toEqual([2n, 6n]);
    expect(hex(journal.subarray(96, 128))).toBe(POST_STATE_ROOT);
  });

  it.each([
    ['EMPTY_BATCH', new Uint8Array(0), 5n],
    ['INVALID_LENGTH', new Uint8Array(31), 5n],
    ['BATCH_TOO_LARGE', new Uint8Array(1025 * 32), 5n],
    ['TIMESTAMP_REGRESSED', COMMANDS, 4n],
    ['INVALID_FIELD', COMMANDS, 1n << 64n],
  ] as const)('refuses a batch with %s and stays as it was', (code, commands, timestamp) => {
    const book = bookAfterBatch();
    let thrown: unknown;
    try {
      book.applyBatch(commands, timestamp);
    } catch (error) {
      thrown = error;
    }
    expect(isProofbookError(thrown, code)).toBe(true);
    expect(hex(book.stateRoot())).toBe(POST_STATE_ROOT);
  });
});

describe('model state image and witness (protocol §8)', () => {
  it('lays out a snapshot as the table says', () => {
    const image = bookAfterBatch().snapshot();
    expect(image).toHaveLength(832 + 2 * 72 + 3 * 64);
    expect(hex(image.subarray(0, 8))).toBe('5042535401000000');
    expect(readWords(image.subarray(8, 24))).toEqual([(1n << 32n) | 1n, (1n << 32n) | 3n]);
    expect(hex(image.subarray(24, 32))).toBe(CONFIG_DIGEST.slice(0, 16));
    expect(hex(image.subarray(32, 96))).toBe(hex(encodeModelConfig(TEST_CONFIG)));
    expect(hex(image.subarray(96, 128))).toBe(POST_STATE_ROOT);
    expect(readWords(image.subarray(128, 192))).toEqual([5n, 1n, 1n, 1n, 3n, 100n, 0n, 5n]);
    expect(readWords(image.subarray(192, 256))).toEqual([7n, 0n, 7n, 0n, 1n, 2n, 0n, 0n]);
    expect(image.subarray(256, 320).every((byte) => byte === 0)).toBe(true);
    expect(hex(image.subarray(320, 832))).toBe(`07${'00'.repeat(511)}`);
    expect(readWords(image.subarray(832, 864))).toEqual([100n, 7n, 2n, 0n]);
    expect(hex(image.subarray(864, 896))).toBe(BID_ORDERS_DIGEST);
    expect(readWords(image.subarray(896, 904))).toEqual([1n << 32n]);
    expect(readWords(image.subarray(904, 936))).toEqual([110n, 7n, 1n, 0n]);
    expect(readWords(image.subarray(976))).toEqual([
      ...[FIRST_BID, 1n << 32n, 3n, 0n, 0n, 0n, 11n, 0n],
      ...[SECOND_BID, 2n << 32n, 4n, 0n, 0n, 0n, 12n, 0n],
      ...[FIRST_ASK, (3n << 32n) | 1n, 7n, 0n, 0n, 0n, 13n, 0n],
    ]);
  });

  it('lists bid levels and ask levels each from worst to best', () => {
    const book = new ModelBook(TEST_CONFIG);
    const prices = [bid(3n, 1n), bid(5n, 1n), bid(4n, 1n), ask(7n, 1n), ask(9n, 1n), ask(8n, 1n)];
    book.applyBatch(encodeCommandList(prices), 1n);
    const image = book.snapshot();
    const entries = Array.from({ length: 6 }, (_, index) => {
      const words = readWords(image.subarray(832 + index * 72, 832 + (index + 1) * 72));
      return [words[0], (words[8] ?? 0n) & 0xffffffffn];
    });
    const expected = [3n, 0n, 4n, 2n, 5n, 1n, 9n, 1n, 8n, 2n, 7n, 0n];
    expect(entries.flat()).toEqual(expected);
  });

  it('puts header, state before the batch and commands into a witness', () => {
    const book = new ModelBook(TEST_CONFIG);
    const witness = book.witness(COMMANDS, 5n);
    expect(hex(witness.subarray(0, 8))).toBe('5042575401000000');
    expect(readWords(witness.subarray(8, 32))).toEqual([5n, 4n, 0n]);
    expect(hex(witness.subarray(32, 64))).toBe(JOURNAL_DIGEST);
    expect(hex(witness.subarray(64))).toBe(hex(book.snapshot()) + hex(COMMANDS));
    expect(hex(book.stateRoot())).toBe(GENESIS_ROOT);
  });

  it('lists no orders of a level that is not opened', () => {
    const book = bookAfterBatch();
    const witness = book.witness(COMMANDS, 5n, {
      isLevelOpened: (side) => side === 'ask',
      areStopsOpened: false,
    });
    const image = witness.subarray(64, witness.length - COMMANDS.length);
    expect(image).toHaveLength(832 + 2 * 72 + 64);
    // One order, and the stop book counts as opened when no stop waits.
    expect(readWords(image.subarray(16, 24))).toEqual([(1n << 32n) | 1n]);
    expect(readWords(image.subarray(896, 904))).toEqual([0n]);
    expect(readWords(image.subarray(968, 984))).toEqual([1n << 32n, FIRST_ASK]);
  });
});

describe('model words', () => {
  it('refuses to wrap a value that is no u64', () => {
    expect(() => packWords([1n << 64n])).toThrow(RangeError);
    expect(() => packWords([-1n])).toThrow(RangeError);
  });
});
