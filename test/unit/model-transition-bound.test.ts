import { describe, expect, it } from 'vitest';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { engineOf } from '../conformance/engine-factory.ts';
import { BothBooks } from '../model/both-books.ts';
import { bid, cancelAll, IOC, withSelfTrade, withTerms } from '../model/command-builders.ts';
import { BookPair } from '../model/compare-books.ts';
import { encodeCommandList, SELF_TRADE } from '../model/model-command.ts';
import { times } from '../model/scenario.ts';
import { type OrderToRest, type StopToWait, stateWithStops } from '../model/state-of-orders.ts';

const A1 = { account: 1n };
/** The bids: 63 levels of one order, and 64 orders on the worst one. */
const BIDS = [
  ...times(63, (index): OrderToRest => ({ side: 'bid', price: BigInt(index + 101), lots: 1n, account: 2n })),
  ...times(64, (): OrderToRest => ({ side: 'bid', price: 100n, lots: 1n, account: 2n })),
];
/** The asks, all of account 1. */
const ASKS = times(65, (): OrderToRest => ({ side: 'ask', price: 200n, lots: 1n, account: 1n }));
/** Due at once, finds nobody at its price: Triggered and Canceled. */
const IDLE: StopToWait = { side: 'bid', trigger: 1n, price: 1n, timeInForce: 1n, lots: 1n, account: 3n };
/** 64 Evicted, Accepted, Terms, for each of 64 asks Canceled and Reduced, and Canceled. */
const LARGEST = withTerms(withSelfTrade(bid(200n, 70n, A1), SELF_TRADE.decrement), { expiry: 99n });

/** Types of transitions, and how many of each in a row. */
function runsOf(lines: readonly string[]): string[] {
  const types = lines.map((line) => line.split(' ')[2] ?? '');
  const runs: { type: string; count: number }[] = [];
  for (const type of types) {
    const last = runs.at(-1);
    if (last?.type === type) last.count += 1;
    else runs.push({ type, count: 1 });
  }
  return runs.map(({ type, count }) => `${count} ${type}`);
}

describe('the most transitions of one command (protocol §2)', () => {
  it('is 323, and there is a command that makes them', () => {
    const books = new BothBooks(
      stateWithStops(
        [...BIDS, ...ASKS],
        times(64, () => IDLE),
        150n,
      ),
    );
    const lines = books.run(LARGEST);
    expect(lines).toHaveLength(323);
    expect(runsOf(lines)).toEqual([
      ...times(64, () => ['1 triggered', '1 canceled']).flat(),
      '64 evicted',
      '1 accepted',
      '1 terms',
      ...times(64, () => ['1 canceled', '1 reduced']).flat(),
      '1 canceled',
    ]);
    expect(lines.at(-1)).toMatch(/ 200x6 left 0 matchLimit$/);
  });

  it('is not more when stops are triggered after it, too', () => {
    const books = new BothBooks(
      stateWithStops(
        [...BIDS, ...ASKS],
        times(256, () => IDLE),
        150n,
      ),
    );
    expect(books.run(LARGEST)).toHaveLength(323);
    // Two makers and 62 stops are as much work as 64 makers.
    const few = withTerms(withSelfTrade(bid(200n, 2n, A1), SELF_TRADE.decrement), { expiry: 99n });
    expect(
      new BothBooks(
        stateWithStops(
          [...BIDS, ...ASKS],
          times(256, () => IDLE),
          150n,
        ),
      ).run(few),
    ).toHaveLength(322);
  });

  it('is 320 for a CancelAll between stops', () => {
    const books = new BothBooks(
      stateWithStops(
        [...BIDS, ...ASKS],
        times(256, () => IDLE),
        150n,
      ),
    );
    expect(books.run(cancelAll(2n))).toHaveLength(128 + 64 + 128);
  });

  it.each([
    [3, 'is taken when 323 are free, and fills the batch', 3 + 58 + 2, 4096],
    [4, 'waits for the next batch when 322 are', 4 + 58, 4 + 58 * 65],
  ])('after %i rejected commands it %s', (rejectedCount, _, takenRecords, transitionCount) => {
    const asks = [
      ...times(57 * 64, (): OrderToRest => ({ side: 'ask', price: 180n, lots: 1n, account: 2n })),
      ...times(64, (): OrderToRest => ({ side: 'ask', price: 190n, lots: 1n, account: 2n })),
    ];
    // The last sweep makes the stops due and has no work left for them.
    const stops = times(64, () => ({ ...IDLE, trigger: 190n }));
    const pair = new BookPair(
      DEFAULT_MARKET_CONFIG,
      engineOf(DEFAULT_MARKET_CONFIG),
      stateWithStops([...BIDS, ...asks, ...ASKS], stops, 0n),
    );
    const commands = [
      ...times(rejectedCount, () => bid(1n, 1n, { kind: 0n })),
      ...times(58, () => bid(190n, 64n, { account: 4n, ...IOC })),
      LARGEST,
    ];
    const first = pair.apply({ commands: encodeCommandList(commands), timestamp: 2n });
    expect(first.difference).toBeUndefined();
    expect(first.taken).toBe(takenRecords);
    expect(first.transitions).toHaveLength(64 * transitionCount);
    if (first.taken > rejectedCount + 58) return;
    const second = pair.apply({ commands: encodeCommandList([LARGEST]), timestamp: 2n });
    expect(second.difference).toBeUndefined();
    expect(second.transitions).toHaveLength(64 * 323);
  });
});
