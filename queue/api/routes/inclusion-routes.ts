import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { callerOf } from '../caller.ts';
import { InclusionSchema } from '../proof-desk.ts';
import type { ServerContext } from '../server.ts';
import { U64 } from '../wire-values.ts';
import { BatchParams, PROBLEMS, requireMarket } from './market-path.ts';

const Query = Type.Object({ sequence: U64 }, { additionalProperties: false });
const OrderParams = Type.Object({ marketId: U64, orderId: U64 });

/** Inclusion proofs, for traders. */
export function inclusionRoutes(server: FastifyInstance, { market, asksForKeys }: ServerContext): void {
  const keys = asksForKeys ? market.directory.apiKeys : undefined;
  server.get(
    '/v1/markets/:marketId/batches/:batchNumber/inclusion',
    {
      schema: { params: BatchParams, querystring: Query, response: { 200: InclusionSchema, ...PROBLEMS } },
    },
    (request) => {
      callerOf(request, keys, 'read');
      const params = request.params as Static<typeof BatchParams>;
      requireMarket(market, params);
      const { sequence } = request.query as Static<typeof Query>;
      return market.proofs.bySequence(market.batch(Number(params.batchNumber)), BigInt(sequence));
    },
  );
  server.get(
    '/v1/markets/:marketId/orders/:orderId/inclusion',
    {
      schema: {
        params: OrderParams,
        response: {
          200: Type.Object({ orderId: U64, transitions: Type.Array(InclusionSchema) }),
          ...PROBLEMS,
        },
      },
    },
    (request) => {
      callerOf(request, keys, 'read');
      const params = request.params as Static<typeof OrderParams>;
      requireMarket(market, params);
      return { orderId: params.orderId, transitions: market.proofs.byOrder(BigInt(params.orderId)) };
    },
  );
}
