import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import type { JobRow } from '../../store/job-row.ts';
import { BatchSchema, batchView } from '../batch-view.ts';
import { callerOf } from '../caller.ts';
import type { ServerContext } from '../server.ts';
import { BatchParams, MarketParams, PROBLEMS, requireMarket } from './market-path.ts';

const PAGE_DEFAULT = 50;
const Page = Type.Object(
  {
    after: Type.Optional(Type.String({ pattern: '^[0-9]{1,9}$' })),
    limit: Type.Optional(Type.String({ pattern: '^([1-9][0-9]{0,2}|1000)$' })),
  },
  { additionalProperties: false },
);
const BYTES = { description: 'bytes', content: { 'application/octet-stream': { schema: Type.Any() } } };

/** Sealed batches, and what is kept of each. */
export function batchRoutes(server: FastifyInstance, { market, asksForKeys }: ServerContext): void {
  const keys = asksForKeys ? market.directory.apiKeys : undefined;
  const { content } = market.directory;
  server.get(
    '/v1/markets/:marketId/batches',
    {
      schema: {
        params: MarketParams,
        querystring: Page,
        response: { 200: Type.Object({ batches: Type.Array(BatchSchema) }), ...PROBLEMS },
      },
    },
    (request) => {
      callerOf(request, keys, 'read');
      requireMarket(market, request.params as Static<typeof MarketParams>);
      const { after = '0', limit = String(PAGE_DEFAULT) } = request.query as Static<typeof Page>;
      return { batches: market.directory.rows.listBatches(Number(after), Number(limit)).map(batchView) };
    },
  );
  server.get(
    '/v1/markets/:marketId/batches/:batchNumber',
    { schema: { params: BatchParams, response: { 200: BatchSchema, ...PROBLEMS } } },
    (request) => {
      callerOf(request, keys, 'read');
      const params = request.params as Static<typeof BatchParams>;
      requireMarket(market, params);
      return batchView(market.batch(Number(params.batchNumber)));
    },
  );
  const bytes = (name: string, read: (row: JobRow) => Uint8Array): void => {
    server.get(
      `/v1/markets/:marketId/batches/:batchNumber/${name}`,
      { schema: { params: BatchParams, response: { 200: BYTES, ...PROBLEMS } } },
      (request, reply) => {
        callerOf(request, keys, 'read');
        const params = request.params as Static<typeof BatchParams>;
        requireMarket(market, params);
        const body = read(market.batch(Number(params.batchNumber)));
        const file = `market-${params.marketId}-batch-${params.batchNumber}.${name}`;
        return reply
          .header('content-type', 'application/octet-stream')
          .header('content-disposition', `attachment; filename="${file}"`)
          .send(Buffer.from(body));
      },
    );
  };
  bytes('receipt', ({ batchNumber }) => market.receipt(batchNumber));
  bytes('journal', ({ journal }) => journal);
  bytes('commands', ({ commandsDigest }) => content.get(commandsDigest));
  bytes('transitions', ({ transitionsDigest }) => content.get(transitionsDigest));
  server.get(
    '/v1/markets/:marketId/batches/:batchNumber/state',
    { schema: { params: BatchParams, response: { 200: Type.Any(), ...PROBLEMS } } },
    (request, reply) => {
      callerOf(request, keys, 'read');
      const params = request.params as Static<typeof BatchParams>;
      requireMarket(market, params);
      const state = market.stateFile(Number(params.batchNumber));
      return reply.header('content-type', 'application/json; charset=utf-8').send(state);
    },
  );
}
