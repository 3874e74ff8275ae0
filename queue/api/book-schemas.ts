import { type Static, Type } from '@sinclair/typebox';
import { CLOSED, Count, nullable, U64 } from './value-schemas.ts';

const DepthLevel = Type.Object({ price: U64, volume: U64, orderCount: Count }, CLOSED);
const Place = { batchNumber: U64, sequence: U64 } as const;

export const DepthSchema = Type.Object(
  { ...Place, bids: Type.Array(DepthLevel), asks: Type.Array(DepthLevel) },
  {
    ...CLOSED,
    description: 'Levels best first, as after the last accepted command; hidden lots are not shown.',
  },
);
export type DepthBody = Static<typeof DepthSchema>;
export const DepthQuerySchema = Type.Object(
  { levels: Type.Optional(Type.Integer({ minimum: 1, maximum: 64 })) },
  CLOSED,
);

const BookOrder = Type.Object({ orderId: U64, account: Count, remaining: U64 }, CLOSED);
const BookLevel = Type.Object({ price: U64, orders: Type.Array(BookOrder) }, CLOSED);
export const BookSchema = Type.Object(
  { ...Place, bids: Type.Array(BookLevel), asks: Type.Array(BookLevel) },
  {
    ...CLOSED,
    description: 'Every order in its queue, as after the last stored batch; hidden lots are not shown.',
  },
);
export type BookBody = Static<typeof BookSchema>;

export const TradeSchema = Type.Object(
  {
    sequence: U64,
    price: U64,
    quantity: U64,
    takerSide: Type.Union([Type.Literal('bid'), Type.Literal('ask')]),
    makerOrderId: U64,
    takerOrderId: U64,
    batchNumber: U64,
    timestampNs: U64,
  },
  CLOSED,
);
export type TradeBody = Static<typeof TradeSchema>;
export const TradeListSchema = Type.Object({ trades: Type.Array(TradeSchema) }, CLOSED);
export const TradesQuerySchema = Type.Object(
  { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) },
  CLOSED,
);

export const TickerSchema = Type.Object(
  {
    lastTradePrice: nullable(U64),
    bestBid: nullable(U64),
    bestAsk: nullable(U64),
    tradeCount: U64,
    tradedLots: Type.String({ description: 'Decimal digits; up to 128 bits.' }),
  },
  CLOSED,
);
