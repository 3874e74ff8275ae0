import { describe, expect, it } from 'vitest';
import { ask, bid, cancel, IOC, idOf } from '../model/command-builders.ts';
import { ModelBook } from '../model/model-book.ts';
import { encodeCommandList } from '../model/model-command.ts';
import { decodeTransitionList } from '../model/model-transition.ts';
import { levelLines, run, runMany, TEST_CONFIG } from '../model/scenario.ts';
import { type OrderToRest, stateOfOrders } from '../model/state-of-orders.ts';

const A1 = { account: 1n };
const A2 = { account: 2n };
const A3 = { account: 3n };

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** A book in which these orders rest, placed one by one. */
function bookOfOrders(orders: readonly OrderToRest[]): ModelBook {
  return new ModelBook(TEST_CONFIG, stateOfOrders(orders));
}

/** A bid of one lot. */
function bidOf(price: bigint, by: { account: bigint }): OrderToRest {
  return { side: 'bid', price, lots: 1n, ...by };
}

function askOf(price: bigint, by: { account: bigint }): OrderToRest {
  return { side: 'ask', price, lots: 1n, ...by };
}

/**
 * Bids at 1 .. 64, one order each but `worstDepth` orders at 1; sequence n is slot n-1, level slot = price-1.
 */
function bookOfBidLevels(worstDepth: number): ModelBook {
  const book = new ModelBook(TEST_CONFIG);
  runMany(book, [bid(1n, 1n, A1), ...times(63, (index) => bid(BigInt(index + 2), 2n, A1))]);
  runMany(
    book,
    times(worstDepth - 1, (index) => bid(1n, BigInt(index + 3), { ...A2, id: 50n })),
  );
  return book;
}

describe('model room for a level (protocol §4, 1)', () => {
  it('evicts the worst level for a better price and reuses its level slot', () => {
    const book = bookOfBidLevels(1);
    expect(run(book, bid(65n, 5n, A3))).toEqual([
      '@0 #65 evicted bid a1 id 1:0 w3 0 1x1 left 0',
      '@0 #66 accepted bid a3 id 66:0 w3 0 65x5 left 5',
    ]);
    expect(levelLines(book, 'bid').at(0)).toBe('65x5 (1)');
    expect(levelLines(book, 'bid').at(-1)).toBe('2x2 (1)');
    expect(book.state.bid.get(65n)?.slot).toBe(0);
  });

  it('rejects a price that is not better than the worst level and evicts nothing', () => {
    const book = bookOfBidLevels(1);
    run(book, bid(65n, 5n, A3));
    expect(run(book, bid(1n, 5n, { ...A3, id: 8n }))).toEqual([
      '@0 #67 rejected side 0 a3 id - w3 8 1x5 left 0 bookFull',
    ]);
    expect(book.levels('bid')).toHaveLength(64);
  });

  it('needs no level slot for a price that has a level, the worst one too', () => {
    expect(run(bookOfBidLevels(1), bid(1n, 5n, A3), bid(64n, 1n, A3))).toEqual([
      '@0 #65 accepted bid a3 id 65:64 w3 0 1x5 left 5',
      '@1 #66 accepted bid a3 id 66:65 w3 0 64x1 left 1',
    ]);
  });

  it('evicts the newest order of the worst level first', () => {
    expect(run(bookOfBidLevels(3), bid(65n, 5n, A3))).toEqual([
      '@0 #67 evicted bid a2 id 66:65 w3 50 1x4 left 0',
      '@0 #68 evicted bid a2 id 65:64 w3 50 1x3 left 0',
      '@0 #69 evicted bid a1 id 1:0 w3 0 1x1 left 0',
      '@0 #70 accepted bid a3 id 70:0 w3 0 65x5 left 5',
    ]);
  });

  it('empties a worst level of 64 orders', () => {
    const lines = run(bookOfBidLevels(64), bid(65n, 5n, A3));
    expect(lines).toHaveLength(65);
    expect(lines.at(-1)).toBe('@0 #192 accepted bid a3 id 192:0 w3 0 65x5 left 5');
  });

  it('stops after 64 evictions, rejects, lets them stand, and gets further next time', () => {
    const book = bookOfBidLevels(65);
    const lines = run(book, bid(65n, 5n, A3));
    expect(lines).toHaveLength(65);
    expect(lines.at(0)).toBe('@0 #129 evicted bid a2 id 128:127 w3 50 1x66 left 0');
    expect(lines.at(63)).toBe('@0 #192 evicted bid a2 id 65:64 w3 50 1x3 left 0');
    expect(lines.at(64)).toBe('@0 #193 rejected side 0 a3 id - w3 0 65x5 left 0 bookFull');
    expect(levelLines(book, 'bid').at(-1)).toBe('1x1 (1)');
    expect(run(book, bid(65n, 5n, A3))).toEqual([
      '@0 #194 evicted bid a1 id 1:0 w3 0 1x1 left 0',
      '@0 #195 accepted bid a3 id 195:0 w3 0 65x5 left 5',
    ]);
  });

  it('looks for room before it matches, for a GTC order that is filled whole too', () => {
    const book = bookOfBidLevels(1);
    run(book, ask(70n, 5n, A2));
    expect(run(book, bid(70n, 5n, { ...A3, ...IOC }), ask(70n, 5n, A2), bid(70n, 5n, A3))).toEqual([
      '@0 #66 accepted bid a3 id 66:4095 w3 0 70x5 left 5',
      '@0 #67 filled bid a3 id 66:4095 maker 65:64 a2 70x5 left 0',
      '@1 #68 accepted ask a2 id 68:64 w3 0 70x5 left 5',
      '@2 #69 evicted bid a1 id 1:0 w3 0 1x1 left 0',
      '@2 #70 accepted bid a3 id 70:0 w3 0 70x5 left 5',
      '@2 #71 filled bid a3 id 70:0 maker 68:64 a2 70x5 left 0',
    ]);
    expect(book.levels('bid')).toHaveLength(63);
  });

  it('takes asks the other way round: lower is better', () => {
    const book = new ModelBook(TEST_CONFIG);
    runMany(
      book,
      times(64, (index) => ask(BigInt(index + 100), 1n, A1)),
    );
    expect(run(book, ask(163n, 1n), ask(164n, 1n), ask(99n, 1n))).toEqual([
      '@0 #65 accepted ask a0 id 65:64 w3 0 163x1 left 1',
      '@1 #66 rejected side 1 a0 id - w3 0 164x1 left 0 bookFull',
      '@2 #67 evicted ask a0 id 65:64 w3 0 163x1 left 0',
      '@2 #68 evicted ask a1 id 64:63 w3 0 163x1 left 0',
      '@2 #69 accepted ask a0 id 69:63 w3 0 99x1 left 1',
    ]);
  });
});

describe('model room for an order (protocol §4, 1)', () => {
  it('has the state in these tests that placing the orders makes', () => {
    const orders = times(150, (index) =>
      index % 2 === 0 ? bidOf(BigInt(index % 7) + 1n, A1) : askOf(90n, A2),
    );
    const book = new ModelBook(TEST_CONFIG);
    run(
      book,
      ...orders.map(({ side, price, account = 0n }) => (side === 'bid' ? bid : ask)(price, 1n, { account })),
    );
    expect(book.snapshot()).toEqual(bookOfOrders(orders).snapshot());
  });

  // Worst bid level 10 has 100 orders; worst ask level 90 too. Slot n-1 belongs to sequence n.
  const fill = (bids: number) =>
    bookOfOrders([
      ...times(bids, (index) => bidOf(index < 100 ? 10n : 20n, A1)),
      ...times(4096 - bids, (index) => askOf(index < 100 ? 90n : 80n, A2)),
    ]);
  const evenBook = () => fill(2048);
  const bookWithMoreAsks = () => fill(2047);

  it('evicts from its own side when the other side has no more orders', () => {
    const book = evenBook();
    expect(run(book, bid(20n, 1n, A3), ask(80n, 1n, A3))).toEqual([
      '@0 #4097 evicted bid a1 id 100:99 w3 0 10x1 left 0',
      '@0 #4098 accepted bid a3 id 4098:99 w3 0 20x1 left 1',
      '@1 #4099 evicted ask a2 id 2148:2147 w3 0 90x1 left 0',
      '@1 #4100 accepted ask a3 id 4100:2147 w3 0 80x1 left 1',
    ]);
  });

  it('rejects an order that is not better than the worst of its own, the victim side', () => {
    expect(run(evenBook(), bid(10n, 1n, A3), ask(90n, 1n), ask(91n, 1n))).toEqual([
      '@0 #4097 rejected side 0 a3 id - w3 0 10x1 left 0 bookFull',
      '@1 #4098 rejected side 1 a0 id - w3 0 90x1 left 0 bookFull',
      '@2 #4099 rejected side 1 a0 id - w3 0 91x1 left 0 bookFull',
    ]);
  });

  it('evicts from the other side when that one has more orders, whatever the price', () => {
    const book = bookWithMoreAsks();
    expect(run(book, bid(1n, 1n, A3), bid(1n, 1n, A3))).toEqual([
      '@0 #4097 evicted ask a2 id 2147:2146 w3 0 90x1 left 0',
      '@0 #4098 accepted bid a3 id 4098:2146 w3 0 1x1 left 1',
      '@1 #4099 rejected side 0 a3 id - w3 0 1x1 left 0 bookFull',
    ]);
  });

  it('asks for no room for an IOC order, and takes a slot that was freed', () => {
    const book = evenBook();
    expect(run(book, bid(79n, 1n, IOC), cancel(idOf(7n, 6n), A1), bid(10n, 1n, A3))).toEqual([
      '@0 #4097 accepted bid a0 id 4097:4095 w3 0 79x1 left 1',
      '@0 #4098 canceled bid a0 id 4097:4095 w3 0 79x1 left 0 remainder',
      '@1 #4099 canceled bid a1 id 7:6 w3 0 10x1 left 0 requested',
      '@2 #4100 accepted bid a3 id 4100:6 w3 0 10x1 left 1',
    ]);
  });

  it('knows the order in slot 4095 from an order without a slot', () => {
    const book = evenBook();
    expect(run(book, bid(1n, 1n, IOC), cancel(idOf(4097n, 4095n)), cancel(idOf(4096n, 4095n), A2))).toEqual([
      '@0 #4097 accepted bid a0 id 4097:4095 w3 0 1x1 left 1',
      '@0 #4098 canceled bid a0 id 4097:4095 w3 0 1x1 left 0 remainder',
      '@1 #4099 rejected side 0 a0 id 4097:4095 w3 0 0x0 left 0 unknownOrder',
      '@2 #4100 canceled ask a2 id 4096:4095 w3 0 80x1 left 0 requested',
    ]);
  });

  it('frees level and order slots from its own side when it lacks both, though the other has more', () => {
    const bids = times(64, (index) => bidOf(BigInt(index + 1), A1));
    const book = bookOfOrders([...bids, bidOf(1n, A1), ...times(4031, () => askOf(90n, A2))]);
    expect(run(book, bid(65n, 1n, A3))).toEqual([
      '@0 #4097 evicted bid a1 id 65:64 w3 0 1x1 left 0',
      '@0 #4098 evicted bid a1 id 1:0 w3 0 1x1 left 0',
      '@0 #4099 accepted bid a3 id 4099:0 w3 0 65x1 left 1',
    ]);
  });

  it('stops before a command when fewer than 323 transitions are free', () => {
    const sweep = bid(80n, 64n, IOC); // 65 transitions: Accepted and 64 fills of one lot
    const bad = bid(1n, 1n, { kind: 0n }); // one transition
    const asks = bookOfOrders(times(4096, () => askOf(80n, A2)));
    const takenAfter = (badCount: number) => {
      const commands = [...times(badCount, () => bad), ...times(80, () => sweep)];
      const batch = asks.clone().applyBatch(encodeCommandList(commands), 1_000n);
      const transitionCount = decodeTransitionList(batch.transitions).length;
      return { taken: batch.taken, transitionCount, commandBytes: batch.commands.length };
    };
    // 58 sweeps make 3770 transitions; 4096 - 323 = 3773 may be used before the last command that is taken.
    expect(takenAfter(3)).toEqual({ taken: 62, transitionCount: 3 + 59 * 65, commandBytes: 62 * 32 });
    expect(takenAfter(4)).toEqual({ taken: 62, transitionCount: 4 + 58 * 65, commandBytes: 62 * 32 });
  });
});
