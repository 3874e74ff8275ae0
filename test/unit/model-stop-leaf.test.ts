import { describe, expect, it } from 'vitest';
import { BothBooks } from '../model/both-books.ts';
import {
  ask,
  bid,
  cancel,
  IOC,
  idOf,
  MARKET,
  reduce,
  withSelfTrade,
  withTerms,
} from '../model/command-builders.ts';
import { encodeCommandList } from '../model/model-command.ts';
import { stopBookPreimage } from '../model/stop-book.ts';
import { readWords } from '../model/words.ts';

/*
 * The digests below were computed by another implementation of BLAKE3 over bytes laid out by hand from the protocol's
 * tables, for the orders of this file.
 */
const STOPS_DIGEST = 'd5e75eb15820c3ccefbd577593da49c4690ddeef88da652958bb50061bc2740d';
const ICEBERG_LEVEL_DIGEST = '6bac159b9338a0b87d8c91117f5b20d1c7b76923e22571194781f85efd9c5a39';
const DATED_LEVEL_DIGEST = 'fea51170031e19ec5a15263000b86d44398dee5c8e65d5f417b44b7f02ee6633';
const STATE_ROOT = '02cfcdc62ae9a106456bce067280594ab1ebc722b215fe3d6433004bc7a68521';

const ORDERS = [
  withTerms(bid(107n, 4n, { account: 1n, id: 81n }), { trigger: 105n }),
  withSelfTrade(withTerms(ask(0n, 5n, { account: 2n, id: 82n, ...MARKET, ...IOC }), { trigger: 95n }), 2n),
  withSelfTrade(
    withTerms(ask(90n, 6n, { account: 2n, id: 83n }), { trigger: 94n, display: 2n, expiry: 9n }),
    4n,
  ),
  withTerms(bid(110n, 1n, { account: 3n, id: 84n }), { trigger: 104n }),
  withTerms(bid(100n, 9n, { account: 5n, id: 85n }), { display: 3n }),
  withTerms(ask(110n, 7n, { account: 6n, id: 86n }), { expiry: 50n }),
];
/** The words of the four stop records: id, head, remaining, trigger, display, expiry, clientOrderId, price. */
const STOP_WORDS = [
  [idOf(1n, 0n), 1n << 32n, 4n, 105n, 0n, 0n, 81n, 107n],
  [idOf(3n, 1n), (2n << 32n) | (0x24n << 16n) | (1n << 8n) | 1n, 5n, 95n, 0n, 0n, 82n, 0n],
  [idOf(5n, 2n), (2n << 32n) | (0x40n << 16n) | (3n << 8n) | 1n, 6n, 94n, 2n, 9n, 83n, 90n],
  [idOf(7n, 3n), 3n << 32n, 1n, 104n, 0n, 0n, 84n, 110n],
];
const ICEBERG_WORDS = [idOf(9n, 4n), (5n << 32n) | (8n << 16n), 3n, 6n, 3n, 0n, 85n, 0n];
const DATED_WORDS = [idOf(11n, 5n), (6n << 32n) | (3n << 8n) | 1n, 7n, 0n, 0n, 50n, 86n, 0n];

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function booksOfAll(): BothBooks {
  const books = new BothBooks();
  books.runAt(5n, ...ORDERS);
  return books;
}

/** The first three words of the stop book leaf: trigger of the bids, of the asks, count. */
function triggersOf(books: BothBooks): bigint[] {
  return readWords(stopBookPreimage(books.model.state)).slice(0, 3);
}

describe('the stop book leaf (protocol §6)', () => {
  it('has the triggers that are met first, the count, and the digest of the records in sequence order', () => {
    const leaf = stopBookPreimage(booksOfAll().model.state);
    expect(readWords(leaf).slice(0, 4)).toEqual([104n, 95n, 4n, 0n]);
    expect(hex(leaf.subarray(32))).toBe(STOPS_DIGEST);
  });

  it('is under the state root that is laid out by hand', () => {
    expect(hex(booksOfAll().model.stateRoot())).toBe(STATE_ROOT);
  });

  it('finds the next triggers when a stop leaves, and is zero when none waits', () => {
    const books = booksOfAll();
    const leave = (sequence: bigint, slot: bigint, account: bigint) => {
      books.runAt(6n, cancel(idOf(sequence, slot), { account }));
      return triggersOf(books);
    };
    expect(leave(7n, 3n, 3n)).toEqual([105n, 95n, 3n]);
    expect(leave(3n, 1n, 2n)).toEqual([105n, 94n, 2n]);
    expect(leave(1n, 0n, 1n)).toEqual([0n, 94n, 1n]);
    expect(leave(5n, 2n, 2n)).toEqual([0n, 0n, 0n]);
    expect(stopBookPreimage(books.model.state)).toEqual(new Uint8Array(64));
  });

  it('commits to what a Reduce left of a stop', () => {
    const books = booksOfAll();
    const before = hex(stopBookPreimage(books.model.state));
    books.runAt(6n, reduce(idOf(1n, 0n), 1n, { account: 1n }));
    expect(triggersOf(books)).toEqual([104n, 95n, 4n]);
    expect(hex(stopBookPreimage(books.model.state))).not.toBe(before);
  });
});

describe('stops, icebergs and dated orders in a state image (protocol §8)', () => {
  it('are laid out as the tables say', () => {
    const image = booksOfAll().model.snapshot();
    expect(image).toHaveLength(832 + 2 * 72 + 6 * 64);
    expect(readWords(image.subarray(16, 24))).toEqual([(1n << 32n) | 6n]);
    // The header counts the resting orders, the bitmap the stops, too.
    expect(readWords(image.subarray(128, 192))).toEqual([12n, 1n, 1n, 1n, 2n, 0n, 0n, 5n]);
    expect(readWords(image.subarray(192, 256))).toEqual([9n, 0n, 7n, 0n, 0n, 0n, 0n, 0n]);
    expect(readWords(image.subarray(256, 288))).toEqual([104n, 95n, 4n, 0n]);
    expect(hex(image.subarray(320, 832))).toBe(`3f${'00'.repeat(511)}`);
    expect(readWords(image.subarray(832, 864))).toEqual([100n, 9n, 1n, 6n]);
    expect(hex(image.subarray(864, 896))).toBe(ICEBERG_LEVEL_DIGEST);
    expect(readWords(image.subarray(904, 936))).toEqual([110n, 7n, 1n, 0n]);
    expect(hex(image.subarray(936, 968))).toBe(DATED_LEVEL_DIGEST);
    expect(readWords(image.subarray(976))).toEqual([...ICEBERG_WORDS, ...DATED_WORDS, ...STOP_WORDS.flat()]);
  });

  it('leave the records out of an image that does not open the stop book', () => {
    const { model } = booksOfAll();
    const commands = encodeCommandList([bid(1n, 1n)]);
    const closed = { isLevelOpened: () => true, areStopsOpened: false };
    const image = model.witness(commands, 6n, closed).subarray(64, -commands.length);
    expect(image).toHaveLength(832 + 2 * 72 + 2 * 64);
    expect(readWords(image.subarray(16, 24))).toEqual([2n]);
    expect(readWords(image.subarray(256, 288))).toEqual([104n, 95n, 4n, 0n]);
  });
});
