import { describe, expect, test } from 'vitest';
import { type Command, encodeCommands } from '../../engine/command.ts';
import { Engine } from '../../engine/engine.ts';
import { isProofbookError } from '../../engine/proofbook-error.ts';
import { decodeTransitions } from '../../engine/transition.ts';
import { Random } from '../model/random.ts';
import { MIXED_CONFIG, mixedHistory } from '../support/mixed-history.ts';
import { SEED } from '../support/seed.ts';

const ORDER = { kind: 'place', timeInForce: 'GTC', account: 3, clientOrderId: 70n, quantity: 5n } as const;

/** One of everything that a book can hold, a last trade, and a market that is not open. */
const COMMANDS: readonly Command[] = [
  { ...ORDER, side: 'bid', price: 98n },
  { ...ORDER, side: 'bid', price: 98n, displayQuantity: 2n },
  { ...ORDER, side: 'ask', price: 103n, timeInForce: 'GTD', expiry: 1_000n },
  { ...ORDER, side: 'ask', price: 103n, quantity: 1n },
  { ...ORDER, side: 'bid', price: 103n, timeInForce: 'IOC', quantity: 2n },
  { ...ORDER, side: 'bid', price: 104n, triggerPrice: 104n, displayQuantity: 3n },
  { ...ORDER, side: 'ask', price: 0n, market: true, triggerPrice: 97n, selfTradeMode: 'decrement' },
  { kind: 'setMarketState', account: MIXED_CONFIG.operatorAccount, marketState: 'postOnly' },
];

function smallBook(): Engine {
  const engine = Engine.create(MIXED_CONFIG);
  engine.applyBatch(encodeCommands(COMMANDS), 7n);
  return engine;
}

/** Whether a snapshot with one bit flipped is refused, and with the error that says so. */
function isRefused(snapshot: Uint8Array, bit: number): boolean {
  const altered = snapshot.slice();
  altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  try {
    Engine.restore(altered);
  } catch (error) {
    if (isProofbookError(error, 'SNAPSHOT_REFUSED')) return true;
    throw error;
  }
  return false;
}

describe('a snapshot of icebergs, stops, expiries and a market state', () => {
  test('restores to the same book, which goes on in the same way', () => {
    const engine = smallBook();
    const restored = Engine.restore(engine.snapshot());
    expect(restored.config).toEqual(MIXED_CONFIG);
    expect(Buffer.from(restored.snapshot()).equals(engine.snapshot())).toBe(true);
    // The market opens, and a trade at 97 triggers the ask that waits for it.
    const next = encodeCommands([
      { kind: 'setMarketState', account: MIXED_CONFIG.operatorAccount, marketState: 'open' },
      { ...ORDER, side: 'ask', price: 98n, quantity: 9n },
      { ...ORDER, side: 'bid', price: 97n, timeInForce: 'GTC' },
      { ...ORDER, side: 'ask', price: 97n, quantity: 2n },
    ]);
    const { transitions } = engine.applyBatch(next, 8n);
    expect(decodeTransitions(transitions).map(({ type }) => type)).toContain('triggered');
    expect(Buffer.from(restored.applyBatch(next, 8n).transitions).equals(transitions)).toBe(true);
    expect(Buffer.from(restored.stateRoot()).equals(engine.stateRoot())).toBe(true);
  });

  test('shows of an iceberg what is displayed, beside its whole volume', () => {
    expect(smallBook().levels('bid')).toEqual([
      { price: 98n, volumeLots: 10n, displayedLots: 7n, orderCount: 2 },
    ]);
    expect(smallBook().levels('ask')).toEqual([
      { price: 103n, volumeLots: 4n, displayedLots: 4n, orderCount: 2 },
    ]);
  });

  test('is refused with any of its bits flipped', () => {
    const snapshot = smallBook().snapshot();
    // 2 levels, 4 orders, 2 stops.
    expect(snapshot.length).toBe(832 + 2 * 72 + 6 * 64);
    const unnoticed: number[] = [];
    for (let bit = 0; bit < snapshot.length * 8; bit++) if (!isRefused(snapshot, bit)) unnoticed.push(bit);
    expect(unnoticed).toEqual([]);
  });

  test('is refused with the stop book or a level closed', () => {
    const snapshot = smallBook().snapshot();
    const closedStops = snapshot.slice(0, -2 * 64);
    new DataView(closedStops.buffer).setUint32(16, 4, true);
    new DataView(closedStops.buffer).setUint32(20, 0, true);
    expect(() => Engine.restore(closedStops)).toThrow('the stop book is not opened');
  });
});

test('random bits of the snapshots of a longer history are noticed, too', () => {
  const random = new Random(BigInt(SEED) + 31n);
  const snapshots = mixedHistory(BigInt(SEED) + 30n, 30, 60).map(({ snapshot }) => snapshot);
  for (let flip = 0; flip < 3000; flip++) {
    const [snapshot] = snapshots.slice(random.below(snapshots.length));
    if (snapshot === undefined) throw new Error('the history has batches');
    const bit = random.below(snapshot.length * 8);
    expect(isRefused(snapshot, bit), `bit ${bit} of ${snapshot.length} bytes`).toBe(true);
  }
});
