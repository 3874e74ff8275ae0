import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { hex } from '../../../engine/hex.ts';
import { callerOf } from '../caller.ts';
import type { MarketService } from '../market-service.ts';
import type { ServerContext } from '../server.ts';
import { Count, HexDigest, U64 } from '../wire-values.ts';
import { MarketParams, PROBLEMS, requireMarket } from './market-path.ts';

const MarketSchema = Type.Object(
  {
    marketId: U64,
    config: Type.Object({
      marketId: U64,
      tickSize: U64,
      lotSize: U64,
      priceDecimals: Count,
      quantityDecimals: Count,
      operatorAccount: Count,
    }),
    configDigest: HexDigest,
    batchNumber: U64,
    sequence: U64,
    stateRoot: HexDigest,
    highestProvenBatch: U64,
  },
  { $id: 'Market', additionalProperties: false },
);

/** Markets: what they are, and how far. */
export function marketRoutes(server: FastifyInstance, { market, asksForKeys }: ServerContext): void {
  const keys = asksForKeys ? market.directory.apiKeys : undefined;
  server.get(
    '/v1/markets',
    { schema: { response: { 200: Type.Object({ markets: Type.Array(MarketSchema) }), ...PROBLEMS } } },
    (request) => {
      callerOf(request, keys, 'read');
      return { markets: [marketView(market)] };
    },
  );
  server.get(
    '/v1/markets/:marketId',
    { schema: { params: MarketParams, response: { 200: MarketSchema, ...PROBLEMS } } },
    (request) => {
      callerOf(request, keys, 'read');
      requireMarket(market, request.params as Static<typeof MarketParams>);
      return marketView(market);
    },
  );
}

function marketView(market: MarketService): Static<typeof MarketSchema> {
  const { engine } = market;
  const { marketId, tickSize, lotSize, ...numbers } = engine.config;
  return {
    marketId: String(marketId),
    config: {
      marketId: String(marketId),
      tickSize: String(tickSize),
      lotSize: String(lotSize),
      ...numbers,
    },
    configDigest: hex(market.configDigest()),
    batchNumber: String(engine.batchNumber()),
    sequence: String(engine.sequence()),
    stateRoot: hex(engine.stateRoot()),
    highestProvenBatch: String(market.directory.rows.highestProvenBatch()),
  };
}
