import { expect, test } from 'vitest';
import { encodeCommands, type PlaceCommand } from '../../engine/command.ts';
import { decodeSnapshot } from '../../engine/decode-snapshot.ts';
import { Engine } from '../../engine/engine.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { mixedHistory } from '../support/mixed-history.ts';
import { SEED } from '../support/seed.ts';

const DAY = 86_400_000_000_000n;

function order(clientOrderId: bigint, fields: Partial<PlaceCommand>): PlaceCommand {
  const plain = {
    kind: 'place',
    side: 'bid',
    timeInForce: 'GTC',
    account: 1,
    price: 90n,
    quantity: 5n,
  } as const;
  return { ...plain, clientOrderId, ...fields };
}

function bookOf(...commands: readonly PlaceCommand[]) {
  const engine = Engine.create(DEFAULT_MARKET_CONFIG);
  engine.applyBatch(encodeCommands(commands), 7n);
  return { engine, book: decodeSnapshot(engine.snapshot()) };
}

test('a snapshot is read with every field of every kind of order', () => {
  const { engine, book } = bookOf(
    order(11n, {}),
    order(12n, { account: 2, quantity: 9n, displayQuantity: 4n }),
    order(13n, { price: 91n, timeInForce: 'GTD', expiry: DAY }),
    order(14n, { side: 'ask', price: 95n, quantity: 3n }),
    order(15n, { side: 'ask', price: 80n, quantity: 6n, triggerPrice: 85n, account: 3 }),
    order(16n, { price: 0n, market: true, timeInForce: 'IOC', triggerPrice: 97n }),
    order(17n, { side: 'ask', timeInForce: 'IOC', price: 91n, quantity: 1n }),
  );
  const rest = { account: 1, hiddenRemaining: 0n, displayQuantity: 0n, expiry: 0n };
  expect(book).toMatchObject({
    batchNumber: 1n,
    sequence: engine.sequence(),
    timestamp: 7n,
    stateRoot: engine.stateRoot(),
    marketState: 'open',
    lastTradePrice: 91n,
    tradeCount: 1n,
    tradedLots: 1n,
    bids: [
      { price: 91n, orders: [{ ...rest, clientOrderId: 13n, remaining: 4n, expiry: DAY }] },
      {
        price: 90n,
        orders: [
          { ...rest, clientOrderId: 11n, remaining: 5n },
          {
            ...rest,
            clientOrderId: 12n,
            account: 2,
            remaining: 4n,
            hiddenRemaining: 5n,
            displayQuantity: 4n,
          },
        ],
      },
    ],
    asks: [{ price: 95n, orders: [{ ...rest, clientOrderId: 14n, remaining: 3n }] }],
    stops: [
      {
        side: 'ask',
        clientOrderId: 15n,
        account: 3,
        triggerPrice: 85n,
        price: 80n,
        isMarket: false,
        remaining: 6n,
      },
      {
        side: 'bid',
        clientOrderId: 16n,
        account: 1,
        triggerPrice: 97n,
        price: 0n,
        isMarket: true,
        remaining: 5n,
      },
    ],
  });
});

test('what is read gives the levels that the engine gives, through a mixed history', () => {
  for (const { snapshot } of mixedHistory(BigInt(SEED) + 70n, 60, 12)) {
    const engine = Engine.restore(snapshot);
    const book = decodeSnapshot(snapshot);
    for (const [side, levels] of [
      ['bid', book.bids],
      ['ask', book.asks],
    ] as const) {
      const sums = levels.map(({ price, orders }) => ({
        price,
        volumeLots: orders.reduce(
          (sum, { remaining, hiddenRemaining }) => sum + remaining + hiddenRemaining,
          0n,
        ),
        displayedLots: orders.reduce((sum, { remaining }) => sum + remaining, 0n),
        orderCount: orders.length,
      }));
      expect(sums).toEqual(engine.levels(side));
    }
  }
});

test('a snapshot with a flipped bit is refused', () => {
  const { engine } = bookOf(order(11n, {}));
  const altered = engine.snapshot();
  altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
  expectRefusal(() => decodeSnapshot(altered), 'SNAPSHOT_REFUSED', {});
});
