import { describe, expect, test } from 'vitest';
import { type Command, encodeCommands } from '../../engine/command.ts';
import { Engine } from '../../engine/engine.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { decodeTransitions } from '../../engine/transition.ts';

function limit(side: 'bid' | 'ask', price: bigint, quantity: bigint): Command {
  return { kind: 'place', side, timeInForce: 'GTC', account: 1, clientOrderId: 0n, price, quantity };
}

const STOP: Command = { ...limit('bid', 50n, 1n), triggerPrice: 90n } as Command;

describe('poolUsage', () => {
  test('is empty at first, with the capacities of protocol §2', () => {
    expect(Engine.create(DEFAULT_MARKET_CONFIG).poolUsage()).toEqual({
      orders: { inUse: 0, highWater: 0, capacity: 4096 },
      bidLevels: { inUse: 0, highWater: 0, capacity: 64 },
      askLevels: { inUse: 0, highWater: 0, capacity: 64 },
      transitions: { inUse: 0, highWater: 0, capacity: 4096 },
    });
  });

  test('keeps what was in use at once when it is given back', () => {
    const engine = Engine.create(DEFAULT_MARKET_CONFIG);
    const asks = [100n, 101n, 102n, 102n].map((price) => limit('ask', price, 1n));
    const resting = engine.applyBatch(encodeCommands([...asks, limit('bid', 99n, 1n), STOP]), 1n);
    // Accepted each, and Terms of the stop.
    const full = {
      orders: { inUse: 6, highWater: 6, capacity: 4096 },
      bidLevels: { inUse: 1, highWater: 1, capacity: 64 },
      askLevels: { inUse: 3, highWater: 3, capacity: 64 },
      transitions: { inUse: 7, highWater: 7, capacity: 4096 },
    };
    expect(engine.poolUsage()).toEqual(full);

    const ids = decodeTransitions(resting.transitions).filter(({ type }) => type === 'accepted');
    const cancels = ids.slice(0, 5).map(({ orderId }): Command => ({ kind: 'cancel', account: 1, orderId }));
    engine.applyBatch(encodeCommands(cancels), 2n);
    expect(engine.poolUsage()).toEqual({
      orders: { ...full.orders, inUse: 1 },
      bidLevels: { ...full.bidLevels, inUse: 0 },
      askLevels: { ...full.askLevels, inUse: 0 },
      transitions: { ...full.transitions, inUse: 5 },
    });
    engine.applyBatch(encodeCommands([limit('bid', 99n, 1n)]), 3n);
    expect(engine.poolUsage().orders).toEqual({ inUse: 2, highWater: 6, capacity: 4096 });
  });

  test('fills to the end and no further: what comes then is an outcome', () => {
    const engine = Engine.create(DEFAULT_MARKET_CONFIG);
    const orders = encodeCommands(Array.from({ length: 1024 }, () => limit('ask', 100n, 1n)));
    for (let batch = 1n; batch <= 4n; batch++) engine.applyBatch(orders, batch);
    const over = engine.applyBatch(encodeCommands([limit('ask', 100n, 1n), limit('ask', 99n, 1n)]), 5n);
    expect(decodeTransitions(over.transitions).map(({ type, reason }) => [type, reason])).toEqual([
      ['rejected', 'bookFull'],
      ['evicted', 'none'],
      ['accepted', 'none'],
    ]);
    expect(engine.poolUsage().orders).toEqual({ inUse: 4096, highWater: 4096, capacity: 4096 });
    expect(engine.poolUsage().transitions.highWater).toBe(1024);
  });
});
