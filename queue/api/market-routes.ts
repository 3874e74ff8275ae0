import { DEFAULT_MARKET_CONFIG, type MarketConfig } from '../../engine/market-config.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { marketBody } from './bodies.ts';
import { type ApiContext, type ApiServer, marketOf } from './context.ts';
import { MarketListSchema, MarketParamsSchema, MarketSchema, NewMarketSchema } from './market-schemas.ts';
import { jsonAnswer, problems } from './route-answers.ts';
import { u64Of } from './value-schemas.ts';

/** Markets: list, see, start. */
export function addMarketRoutes(server: ApiServer, context: ApiContext): void {
  server.get(
    '/v1/markets',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['markets'],
        summary: 'Every market',
        response: { 200: jsonAnswer(MarketListSchema, 'By their ids.'), ...problems() },
      },
    },
    async () => ({ markets: context.service.list().map(marketBody) }),
  );
  server.get(
    '/v1/markets/:marketId',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['markets'],
        summary: 'One market',
        params: MarketParamsSchema,
        response: { 200: jsonAnswer(MarketSchema, 'The market.'), ...problems(404) },
      },
    },
    async ({ params }) => marketBody(marketOf(context, params.marketId)),
  );
  server.post(
    '/v1/markets',
    {
      config: { scope: 'admin' },
      schema: {
        tags: ['markets'],
        summary: 'Start a market',
        body: NewMarketSchema,
        response: { 201: jsonAnswer(MarketSchema, 'It takes commands.'), ...problems(409, 413, 415, 503) },
      },
    },
    async ({ body }, reply) => {
      const { marketId, tickSize, lotSize, ...numbers } = body;
      const config: MarketConfig = {
        ...DEFAULT_MARKET_CONFIG,
        ...numbers,
        marketId: requireU64Text('marketId', marketId),
        ...(tickSize === undefined ? {} : { tickSize: requireU64Text('tickSize', tickSize) }),
        ...(lotSize === undefined ? {} : { lotSize: requireU64Text('lotSize', lotSize) }),
      };
      const market = await context.service.create(config);
      return reply.code(201).send(marketBody(market));
    },
  );
}

function requireU64Text(field: string, text: string): bigint {
  const value = u64Of(text);
  if (value === undefined)
    throw new ProofbookError('INVALID_FIELD', { field, value: text, reason: 'expected 0 .. 2^64-1' });
  return value;
}
