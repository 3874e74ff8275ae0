import { ProofbookError } from '../../engine/proofbook-error.ts';
import { stateAfter } from '../broker/state-replay.ts';
import type { JobRow } from '../store/job-row.ts';
import { BatchListSchema, BatchParamsSchema, BatchQuerySchema, BatchSchema } from './batch-schemas.ts';
import { batchBody } from './bodies.ts';
import { type ApiContext, type ApiServer, batchOf, marketOf } from './context.ts';
import { MarketParamsSchema } from './market-schemas.ts';
import { bytesAnswer, jsonAnswer, jsonTextAnswer, problems } from './route-answers.ts';

const LIMIT_DEFAULT = 100;
const RECEIPT_TYPE = 'application/octet-stream';

/** What a batch can be asked for as bytes. */
const PARTS = {
  receipt: 'The receipt file (prover/receipts/FORMAT.md).',
  commands: 'Command records, 32 bytes each (protocol §3).',
  transitions: 'Transitions, 64 bytes each (protocol §5).',
  journal: 'The journal, 256 bytes (protocol §7).',
} as const;

/** Sealed batches and their bytes. */
export function addBatchRoutes(server: ApiServer, context: ApiContext): void {
  server.get(
    '/v1/markets/:marketId/batches',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['batches'],
        summary: 'Sealed batches',
        params: MarketParamsSchema,
        querystring: BatchQuerySchema,
        response: { 200: jsonAnswer(BatchListSchema, 'By number, those behind `after`.'), ...problems(404) },
      },
    },
    async ({ params, query }) => {
      const market = marketOf(context, params.marketId);
      const after = Math.min(Number(query.after ?? '0'), Number.MAX_SAFE_INTEGER);
      const rows = market.directory.batches.listAfter(after, query.limit ?? LIMIT_DEFAULT);
      return { batches: rows.map((row) => batchBody(market.config.marketId, row)) };
    },
  );
  server.get(
    '/v1/markets/:marketId/batches/:batchNumber',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['batches'],
        summary: 'One batch',
        params: BatchParamsSchema,
        response: { 200: jsonAnswer(BatchSchema, 'The batch.'), ...problems(404) },
      },
    },
    async ({ params }) => {
      const market = marketOf(context, params.marketId);
      return batchBody(market.config.marketId, batchOf(market, params.batchNumber));
    },
  );
  for (const part of Object.keys(PARTS) as (keyof typeof PARTS)[]) addPartRoute(server, context, part);
  addStateRoute(server, context);
}

function addPartRoute(server: ApiServer, context: ApiContext, part: keyof typeof PARTS): void {
  server.get(
    `/v1/markets/:marketId/batches/:batchNumber/${part}`,
    {
      config: { scope: 'read' },
      schema: {
        tags: ['batches'],
        summary: `The ${part} of a batch, bytes`,
        params: BatchParamsSchema,
        response: { 200: bytesAnswer(RECEIPT_TYPE, PARTS[part]), ...problems(404) },
      },
    },
    async ({ params }, reply) => {
      const market = marketOf(context, params.marketId);
      const row = batchOf(market, params.batchNumber);
      const { content } = market.directory;
      const bytes = part === 'journal' ? row.journal : content.get(digestOfPart(part, row));
      const name = `batch-${row.batchNumber}.${part}`;
      reply.header('content-disposition', `attachment; filename="${name}"`).type(RECEIPT_TYPE);
      return reply.send(Buffer.from(bytes));
    },
  );
}

function digestOfPart(part: 'receipt' | 'commands' | 'transitions', row: JobRow): string {
  if (part === 'commands') return row.commandsDigest;
  if (part === 'transitions') return row.transitionsDigest;
  if (row.receiptDigest === undefined)
    throw new ProofbookError('RECEIPT_UNKNOWN', {
      field: 'batchNumber',
      value: row.batchNumber,
      state: row.state,
    });
  return row.receiptDigest;
}

function addStateRoute(server: ApiServer, context: ApiContext): void {
  server.get(
    '/v1/markets/:marketId/batches/:batchNumber/state',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['batches'],
        summary: 'The whole book after a batch, in the form of `proofbook export`',
        params: BatchParamsSchema,
        response: { 200: jsonTextAnswer('The book and its snapshot.'), ...problems(404) },
      },
    },
    async ({ params }, reply) => {
      const market = marketOf(context, params.marketId);
      const row = batchOf(market, params.batchNumber);
      const text = await stateAfter(market.log.path, row.batchNumber, row.receiptDigest);
      return reply.type('application/json').serializer(String).send(text);
    },
  );
}
