import { type Book, type BookLevel, decodeSnapshot } from '../../engine/decode-snapshot.ts';
import { depthBody, tradeBody } from './bodies.ts';
import {
  type BookBody,
  BookSchema,
  DepthQuerySchema,
  DepthSchema,
  TickerSchema,
  TradeListSchema,
  TradesQuerySchema,
} from './book-schemas.ts';
import { type ApiContext, type ApiServer, marketOf } from './context.ts';
import { MarketParamsSchema } from './market-schemas.ts';
import { jsonAnswer, problems } from './route-answers.ts';

const LEVELS_DEFAULT = 20;
const TRADES_DEFAULT = 100;

/** Market data. Each answer is of one moment: nothing is applied while it is made. */
export function addBookRoutes(server: ApiServer, context: ApiContext): void {
  server.get(
    '/v1/markets/:marketId/depth',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['book'],
        summary: 'Price levels (L2)',
        params: MarketParamsSchema,
        querystring: DepthQuerySchema,
        response: { 200: jsonAnswer(DepthSchema, 'The levels.'), ...problems(404) },
      },
    },
    async ({ params, query }) =>
      depthBody(marketOf(context, params.marketId).book, query.levels ?? LEVELS_DEFAULT),
  );
  server.get(
    '/v1/markets/:marketId/book',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['book'],
        summary: 'Every order (L3)',
        params: MarketParamsSchema,
        response: { 200: jsonAnswer(BookSchema, 'The book.'), ...problems(404, 503) },
      },
    },
    async ({ params }) =>
      bookBody(decodeSnapshot(await marketOf(context, params.marketId).sealer.snapshot())),
  );
  server.get(
    '/v1/markets/:marketId/trades',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['book'],
        summary: 'The last trades',
        params: MarketParamsSchema,
        querystring: TradesQuerySchema,
        response: { 200: jsonAnswer(TradeListSchema, 'Newest first.'), ...problems(404) },
      },
    },
    async ({ params, query }) => ({
      trades: marketOf(context, params.marketId)
        .trades.recent(query.limit ?? TRADES_DEFAULT)
        .map(tradeBody),
    }),
  );
  server.get(
    '/v1/markets/:marketId/ticker',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['book'],
        summary: 'Last trade and best prices',
        params: MarketParamsSchema,
        response: { 200: jsonAnswer(TickerSchema, 'The ticker.'), ...problems(404) },
      },
    },
    async ({ params }) => {
      const { book } = marketOf(context, params.marketId);
      const { lastTradePrice, tradeCount, tradedLots } = book.ticker();
      const best = (side: 'bid' | 'ask'): string | null => {
        const [level] = book.levels(side, 1);
        return level === undefined ? null : String(level.price);
      };
      return {
        lastTradePrice: tradeCount === 0n ? null : String(lastTradePrice),
        bestBid: best('bid'),
        bestAsk: best('ask'),
        tradeCount: String(tradeCount),
        tradedLots: String(tradedLots),
      };
    },
  );
}

function bookBody({ batchNumber, sequence, bids, asks }: Book): BookBody {
  const side = (levels: readonly BookLevel[]) =>
    levels.map(({ price, orders }) => ({
      price: String(price),
      orders: orders.map(({ orderId, account, remaining }) => ({
        orderId: String(orderId),
        account,
        remaining: String(remaining),
      })),
    }));
  return { batchNumber: String(batchNumber), sequence: String(sequence), bids: side(bids), asks: side(asks) };
}
