import { describe, expect, it } from 'vitest';
import { BothBooks } from '../model/both-books.ts';
import { bid, cancel, IOC, idOf, MARKET, setMarketState, sweep } from '../model/command-builders.ts';
import { MARKET_STATE } from '../model/model-command.ts';
import { levelLines, TEST_CONFIG, times } from '../model/scenario.ts';
import { type OrderToRest, type StopToWait, stateWithStops } from '../model/state-of-orders.ts';

const A3 = { account: 3n };
const OPERATOR = BigInt(TEST_CONFIG.operatorAccount);
const REJECTED = bid(0n, 0n, { kind: 0n });

/** A buy stop of account 1: at 105, up to 107. */
const STOP: StopToWait = {
  side: 'bid',
  trigger: 105n,
  price: 107n,
  lots: 4n,
  account: 1n,
  clientOrderId: 81n,
};
const ASK: OrderToRest = { side: 'ask', price: 106n, lots: 2n, account: 2n };
const AT_105: OrderToRest = { ...ASK, price: 105n, lots: 1n };
const TAKE_105 = bid(105n, 1n, { ...A3, ...IOC });
/** Finds nobody to trade with: a sell stop at market where there are no bids. Triggered and Canceled. */
const IDLE: StopToWait = { side: 'ask', trigger: 105n, lots: 1n, account: 1n };

function askAt(price: bigint, lots: bigint): OrderToRest {
  return { ...ASK, price, lots };
}

/** How many of these lines are of this type and command. */
function count(lines: readonly string[], type: string, commandIndex: number): number {
  return lines.filter((line) => line.startsWith(`@${commandIndex} `) && line.includes(` ${type} `)).length;
}

describe('stops in sequence order (protocol §4.5)', () => {
  it('triggers the oldest due stop first, whatever its trigger price and side', () => {
    const stops: StopToWait[] = [
      { ...IDLE, side: 'bid', trigger: 104n },
      { ...IDLE, side: 'bid', trigger: 90n },
      { ...IDLE, trigger: 200n },
      { ...IDLE, side: 'bid', trigger: 106n },
      { ...IDLE, side: 'bid', trigger: 91n },
    ];
    const books = new BothBooks(stateWithStops([], stops, 105n));
    expect(books.run(REJECTED)).toEqual([
      '@0 #11 triggered bid a1 id 1:0 w3 0 0x1 left 104',
      '@0 #12 canceled bid a1 id 1:0 w3 0 0x1 left 0 remainder',
      '@0 #13 triggered bid a1 id 3:1 w3 0 0x1 left 90',
      '@0 #14 canceled bid a1 id 3:1 w3 0 0x1 left 0 remainder',
      '@0 #15 triggered ask a1 id 5:2 w3 0 0x1 left 200',
      '@0 #16 canceled ask a1 id 5:2 w3 0 0x1 left 0 remainder',
      '@0 #17 triggered bid a1 id 9:4 w3 0 0x1 left 91',
      '@0 #18 canceled bid a1 id 9:4 w3 0 0x1 left 0 remainder',
      '@0 #19 rejected side 0 a0 id - w3 0 0x0 left 0 unknownKind',
    ]);
    expect(books.model.state.stops).toHaveLength(1);
  });

  it('lets a fill trigger the next stop, and looks for the oldest again after each', () => {
    const stops: StopToWait[] = [
      { ...STOP, trigger: 107n, price: 0n, lots: 1n },
      { ...STOP, trigger: 105n, price: 0n, lots: 1n },
      { ...STOP, trigger: 106n, price: 0n, lots: 1n },
      { ...STOP, side: 'ask', trigger: 107n, price: 150n, lots: 1n },
    ];
    const asks = [AT_105, askAt(106n, 1n), askAt(107n, 1n), askAt(108n, 9n)];
    const books = new BothBooks(stateWithStops(asks, stops, 0n));
    expect(books.run(TAKE_105)).toEqual([
      '@0 #13 accepted bid a3 id 13:4095 w3 0 105x1 left 1',
      '@0 #14 filled bid a3 id 13:4095 maker 1:0 a2 105x1 left 0',
      '@0 #15 triggered bid a1 id 7:5 w3 81 0x1 left 105',
      '@0 #16 filled bid a1 id 7:5 maker 2:1 a2 106x1 left 0',
      '@0 #17 triggered bid a1 id 9:6 w3 81 0x1 left 106',
      '@0 #18 filled bid a1 id 9:6 maker 3:2 a2 107x1 left 0',
      '@0 #19 triggered bid a1 id 5:4 w3 81 0x1 left 107',
      '@0 #20 filled bid a1 id 5:4 maker 4:3 a2 108x1 left 0',
    ]);
    expect(levelLines(books.model, 'ask')).toEqual(['108x8 (1)']);
    // The sell stop was due until the last of these fills, and its turn had not come.
    expect(books.model.state.stops).toMatchObject([{ triggerPrice: 107n }]);
  });
});

describe('stops and the work of a command (protocol §4)', () => {
  it('leaves a command 63 stops after one fill, and the next one 64 before its own work', () => {
    const books = new BothBooks(
      stateWithStops(
        [AT_105, askAt(300n, 70n)],
        times(200, () => IDLE),
        0n,
      ),
    );
    const lines = books.run(TAKE_105, REJECTED, REJECTED);
    expect([0, 1, 2].map((index) => count(lines, 'triggered', index))).toEqual([63, 128, 9]);
    const first = lines.findIndex((line) => line.startsWith('@1 '));
    expect(lines.slice(first, first + 2)).toEqual([
      '@1 #531 triggered ask a1 id 129:65 w3 0 0x1 left 105',
      '@1 #532 canceled ask a1 id 129:65 w3 0 0x1 left 0 remainder',
    ]);
    expect(lines.findIndex((line) => line.includes(' rejected '))).toBe(first + 128);
    expect(books.model.state.stops).toEqual([]);
  });

  it('goes on before a command of the next batch', () => {
    const books = new BothBooks(
      stateWithStops(
        [AT_105],
        times(65, () => IDLE),
        0n,
      ),
    );
    expect(count(books.run(TAKE_105), 'triggered', 0)).toBe(63);
    expect(books.run(cancel(idOf(130n, 65n), { account: 1n }))).toEqual([
      '@0 #260 triggered ask a1 id 128:64 w3 0 0x1 left 105',
      '@0 #261 canceled ask a1 id 128:64 w3 0 0x1 left 0 remainder',
      '@0 #262 triggered ask a1 id 130:65 w3 0 0x1 left 105',
      '@0 #263 canceled ask a1 id 130:65 w3 0 0x1 left 0 remainder',
      '@0 #264 rejected side 0 a1 id 130:65 w3 0 0x0 left 0 unknownOrder',
    ]);
  });

  it('gives a command all of its own work after the stops that were left over', () => {
    const asks = [AT_105, ...times(65, () => askAt(300n, 1n))];
    const books = new BothBooks(
      stateWithStops(
        asks,
        times(130, () => ({ ...IDLE, trigger: 500n })),
        0n,
      ),
    );
    const lines = books.run(TAKE_105, bid(0n, 65n, { ...A3, ...MARKET }), REJECTED);
    expect([0, 1, 2].map((index) => count(lines, 'triggered', index))).toEqual([63, 64, 3]);
    expect(count(lines, 'filled', 1)).toBe(64);
    expect(lines.find((line) => line.endsWith('matchLimit'))).toBe(
      '@1 #648 canceled bid a3 id 583:4095 w3 0 0x1 left 0 matchLimit',
    );
  });

  it('counts a trigger and each maker that the stop meets', () => {
    const asks = [AT_105, ...times(70, () => askAt(106n, 1n))];
    const books = new BothBooks(stateWithStops(asks, [{ ...STOP, lots: 70n }, STOP], 0n));
    const lines = books.run(TAKE_105, REJECTED);
    // One fill, one trigger, 62 makers; the rest still crosses.
    expect(count(lines, 'filled', 0)).toBe(1 + 62);
    expect(lines.slice(-7)).toEqual([
      '@0 #141 canceled bid a1 id 72:71 w3 81 107x8 left 0 matchLimit',
      '@1 #142 triggered bid a1 id 74:72 w3 81 107x4 left 105',
      '@1 #143 filled bid a1 id 74:72 maker 64:63 a2 106x1 left 3',
      '@1 #144 filled bid a1 id 74:72 maker 65:64 a2 106x1 left 2',
      '@1 #145 filled bid a1 id 74:72 maker 66:65 a2 106x1 left 1',
      '@1 #146 filled bid a1 id 74:72 maker 67:66 a2 106x1 left 0',
      '@1 #147 rejected side 0 a0 id - w3 0 0x0 left 0 unknownKind',
    ]);
  });

  it('rests what the last stop of the work has left when it crosses no more', () => {
    const asks = [AT_105, ...times(62, () => askAt(106n, 1n)), askAt(108n, 1n)];
    const books = new BothBooks(stateWithStops(asks, [{ ...STOP, lots: 70n }], 0n));
    expect(books.run(TAKE_105)).toHaveLength(2 + 1 + 62);
    expect(levelLines(books.model, 'bid')).toEqual(['107x8 (1)']);
  });

  it('counts an expired stop as work', () => {
    const stops = times(65, () => ({ ...IDLE, price: 106n, expiry: 1n }));
    const books = new BothBooks(stateWithStops([], stops, 105n));
    const lines = books.run(REJECTED);
    expect(lines).toHaveLength(66);
    expect(lines.slice(-2)).toEqual([
      '@0 #195 rejected side 0 a0 id - w3 0 0x0 left 0 unknownKind',
      '@0 #196 expired ask a1 id 129:64 w3 0 106x1 left 0',
    ]);
  });
});

describe('stops while the market is not open (protocol §4.5)', () => {
  it.each(['cancelOnly', 'postOnly', 'halted'] as const)('hold still when it is %s', (name) => {
    const books = new BothBooks(stateWithStops([], [IDLE], 0n));
    const close = setMarketState(MARKET_STATE[name], OPERATOR);
    books.run(close);
    books.model.state.lastTradePrice = 105n;
    const held = new BothBooks(books.model.state);
    expect(held.run(REJECTED, sweep())).toHaveLength(2);
    const open = setMarketState(MARKET_STATE.open, OPERATOR);
    expect(held.run(close, open).map((line) => line.split(' ')[2])).toEqual([
      'marketStateChanged',
      'marketStateChanged',
      'triggered',
      'canceled',
    ]);
  });

  it('are triggered before the command that closes it, and after the one that opens it', () => {
    const books = new BothBooks(
      stateWithStops(
        [AT_105],
        times(140, () => IDLE),
        0n,
      ),
    );
    const close = setMarketState(MARKET_STATE.halted, OPERATOR);
    const open = setMarketState(MARKET_STATE.open, OPERATOR);
    const lines = books.run(TAKE_105, close, REJECTED, open, REJECTED);
    expect([0, 1, 2, 3, 4].map((index) => count(lines, 'triggered', index))).toEqual([63, 64, 0, 13, 0]);
    const at = lines.findIndex((line) => line.startsWith('@3 '));
    expect(lines.slice(at - 2, at + 2)).toEqual([
      '@1 #538 marketStateChanged bid a99 id - w3 0 0x3 left 0',
      '@2 #539 rejected side 0 a0 id - w3 0 0x0 left 0 unknownKind',
      '@3 #540 marketStateChanged bid a99 id - w3 0 0x0 left 3',
      '@3 #541 triggered ask a1 id 256:128 w3 0 0x1 left 105',
    ]);
  });
});

describe('a triggered stop that finds no level (protocol §4.5)', () => {
  const LEVELS = times(
    64,
    (index): OrderToRest => ({ ...ASK, side: 'bid', price: BigInt(index + 1), lots: 1n }),
  );

  it('is Canceled as BookFull and evicts nobody', () => {
    const books = new BothBooks(stateWithStops([...LEVELS, AT_105], [STOP], 0n));
    expect(books.run(TAKE_105)).toEqual([
      '@0 #68 accepted bid a3 id 68:4095 w3 0 105x1 left 1',
      '@0 #69 filled bid a3 id 68:4095 maker 65:64 a2 105x1 left 0',
      '@0 #70 triggered bid a1 id 66:65 w3 81 107x4 left 105',
      '@0 #71 canceled bid a1 id 66:65 w3 81 107x4 left 0 bookFull',
    ]);
    expect(books.model.levels('bid')).toHaveLength(64);
    expect(books.run(bid(2n, 1n), bid(2n, 1n))).toEqual([
      '@0 #72 accepted bid a0 id 72:64 w3 0 2x1 left 1',
      '@1 #73 accepted bid a0 id 73:65 w3 0 2x1 left 1',
    ]);
  });

  it('is Canceled as BookFull for what it did not fill', () => {
    const books = new BothBooks(stateWithStops([...LEVELS, AT_105, ASK], [STOP], 0n));
    expect(books.run(TAKE_105).slice(2)).toEqual([
      '@0 #71 triggered bid a1 id 67:66 w3 81 107x4 left 105',
      '@0 #72 filled bid a1 id 67:66 maker 66:65 a2 106x2 left 2',
      '@0 #73 canceled bid a1 id 67:66 w3 81 107x2 left 0 bookFull',
    ]);
  });

  it('rests when there is a level at its price, the worst one too', () => {
    const books = new BothBooks(stateWithStops([...LEVELS, AT_105], [{ ...STOP, price: 1n }], 0n));
    expect(books.run(TAKE_105).slice(2)).toEqual(['@0 #70 triggered bid a1 id 66:65 w3 81 1x4 left 105']);
    expect(levelLines(books.model, 'bid').at(-1)).toBe('1x5 (2)');
  });

  it('has the order slot that it waited in, however full the book is', () => {
    const orders = times(
      4094,
      (index): OrderToRest => ({
        ...ASK,
        side: index % 2 === 0 ? 'bid' : 'ask',
        price: index % 2 === 0 ? 90n : 110n,
      }),
    );
    const books = new BothBooks(stateWithStops([...orders, AT_105], [STOP], 0n));
    expect(books.run(TAKE_105).slice(2)).toEqual([
      '@0 #4100 triggered bid a1 id 4096:4095 w3 81 107x4 left 105',
    ]);
  });
});
