import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { type BookLevel, decodeSnapshot } from '../../../engine/decode-snapshot.ts';
import { callerOf } from '../caller.ts';
import { DepthSchema, depthOf, TradeSchema } from '../market-data.ts';
import type { ServerContext } from '../server.ts';
import { Count, U64 } from '../wire-values.ts';
import { MarketParams, PROBLEMS, requireMarket } from './market-path.ts';

const LEVELS_DEFAULT = 20;
const TRADES_DEFAULT = 100;
const Levels = Type.Object(
  { levels: Type.Optional(Type.String({ pattern: '^([1-9]|[1-5][0-9]|6[0-4])$' })) },
  { additionalProperties: false },
);
const Limit = Type.Object(
  { limit: Type.Optional(Type.String({ pattern: '^([1-9][0-9]{0,2}|1000)$' })) },
  { additionalProperties: false },
);
const OrdersOfLevel = Type.Object({
  price: U64,
  orders: Type.Array(Type.Object({ orderId: U64, account: Count, displayed: U64 })),
});
const BookSchema = Type.Object(
  { batchNumber: U64, sequence: U64, bids: Type.Array(OrdersOfLevel), asks: Type.Array(OrdersOfLevel) },
  { $id: 'Book', additionalProperties: false },
);
const NullableU64 = Type.Union([U64, Type.Null()]);
const TickerSchema = Type.Object(
  {
    lastTradePrice: NullableU64,
    bestBid: NullableU64,
    bestAsk: NullableU64,
    tradeCount: U64,
    tradedLots: Type.String({ pattern: '^[0-9]{1,39}$' }),
    marketState: Type.String(),
  },
  { $id: 'Ticker', additionalProperties: false },
);

/** Market data, all of one sealed batch. */
export function bookRoutes(server: FastifyInstance, { market, asksForKeys }: ServerContext): void {
  const keys = asksForKeys ? market.directory.apiKeys : undefined;
  const read = <Q>(
    path: string,
    querystring: ReturnType<typeof Type.Object>,
    answer: ReturnType<typeof Type.Object>,
    handle: (query: Q) => unknown,
  ): void => {
    server.get(
      `/v1/markets/:marketId/${path}`,
      { schema: { params: MarketParams, querystring, response: { 200: answer, ...PROBLEMS } } },
      (request) => {
        callerOf(request, keys, 'read');
        requireMarket(market, request.params as Static<typeof MarketParams>);
        return handle(request.query as Q);
      },
    );
  };
  const nothing = Type.Object({}, { additionalProperties: false });
  read<Static<typeof Levels>>('depth', Levels, DepthSchema, ({ levels }) =>
    depthOf(market.engine, Number(levels ?? LEVELS_DEFAULT)),
  );
  const trades = Type.Object({ trades: Type.Array(TradeSchema) });
  read<Static<typeof Limit>>('trades', Limit, trades, ({ limit }) => ({
    trades: market.trades.latest(Number(limit ?? TRADES_DEFAULT)),
  }));
  read('book', nothing, BookSchema, () => bookView(market.engine.snapshot()));
  read('ticker', nothing, TickerSchema, () => tickerView(market.engine.snapshot()));
}

function bookView(snapshot: Uint8Array): Static<typeof BookSchema> {
  const { batchNumber, sequence, bids, asks } = decodeSnapshot(snapshot);
  return {
    batchNumber: String(batchNumber),
    sequence: String(sequence),
    bids: bids.map(levelView),
    asks: asks.map(levelView),
  };
}

function levelView({ price, orders }: BookLevel): Static<typeof OrdersOfLevel> {
  return {
    price: String(price),
    orders: orders.map(({ orderId, account, remaining }) => ({
      orderId: String(orderId),
      account,
      displayed: String(remaining),
    })),
  };
}

function tickerView(snapshot: Uint8Array): Static<typeof TickerSchema> {
  const { lastTradePrice, bids, asks, tradeCount, tradedLots, marketState } = decodeSnapshot(snapshot);
  return {
    lastTradePrice: tradeCount === 0n ? null : String(lastTradePrice),
    bestBid: bids[0] === undefined ? null : String(bids[0].price),
    bestAsk: asks[0] === undefined ? null : String(asks[0].price),
    tradeCount: String(tradeCount),
    tradedLots: String(tradedLots),
    marketState,
  };
}
