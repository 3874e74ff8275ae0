import type { Static } from '@sinclair/typebox';
import { hex } from '../../engine/hex.ts';
import { decodeJournal } from '../../engine/journal.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { TRANSITION_BYTES } from '../../engine/transition.ts';
import { transitionsOfOrder } from '../../prover/merkle/order-history.ts';
import { BatchTrees } from '../broker/batch-trees.ts';
import type { Market } from '../broker/market.ts';
import type { JobRow } from '../store/job-row.ts';
import {
  BatchParamsSchema,
  InclusionQuerySchema,
  InclusionSchema,
  OrderInclusionSchema,
  OrderParamsSchema,
} from './batch-schemas.ts';
import { type ApiContext, type ApiServer, batchOf, marketOf } from './context.ts';
import { jsonAnswer, problems } from './route-answers.ts';
import { u64Of } from './value-schemas.ts';

type Inclusion = Static<typeof InclusionSchema>;

const TREES_MAX = 64;
const ORDER_ID_OFFSET_BITS = 12n;
// Transitions of one order that are answered at most: each brings a page of 1 KiB.
const TRANSITIONS_MAX = 256;

/** Proofs that a transition is under the root which a receipt proves. */
export function addInclusionRoutes(server: ApiServer, context: ApiContext): void {
  const trees = new BatchTrees(TREES_MAX);
  server.get(
    '/v1/markets/:marketId/batches/:batchNumber/inclusion',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['inclusion'],
        summary: 'Proof that a batch holds the transition of a sequence',
        params: BatchParamsSchema,
        querystring: InclusionQuerySchema,
        response: { 200: jsonAnswer(InclusionSchema, 'The proof.'), ...problems(404) },
      },
    },
    async ({ params, query }) => {
      const market = marketOf(context, params.marketId);
      const row = batchOf(market, params.batchNumber);
      const { firstSequence, transitionCount } = decodeJournal(row.journal);
      const index = (u64Of(query.sequence) ?? -1n) - firstSequence;
      if (index < 0n || index >= BigInt(transitionCount))
        throw new ProofbookError('BATCH_UNKNOWN', { field: 'sequence', value: query.sequence });
      return inclusionOf(trees, market, row, Number(index));
    },
  );
  server.get(
    '/v1/markets/:marketId/orders/:orderId/inclusion',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['inclusion'],
        summary: 'Every transition of an order, each with its proof',
        params: OrderParamsSchema,
        response: { 200: jsonAnswer(OrderInclusionSchema, 'In order, 256 at most.'), ...problems(404) },
      },
    },
    async ({ params }) => {
      const market = marketOf(context, params.marketId);
      const orderId = u64Of(params.orderId) ?? 0n;
      const transitions = orderId === 0n ? [] : await orderInclusions(trees, market, orderId);
      if (transitions.length === 0)
        throw new ProofbookError('ORDER_UNKNOWN', {
          field: 'orderId',
          value: params.orderId,
          path: 'the market',
        });
      return { orderId: params.orderId, transitions };
    },
  );
}

/** The batches of an order begin at the one that its id names: an id is the sequence of its Accepted and its slot (protocol §1). */
async function orderInclusions(trees: BatchTrees, market: Market, orderId: bigint): Promise<Inclusion[]> {
  const { batches, content } = market.directory;
  const found: Inclusion[] = [];
  const first = market.trades.batchOfSequence(orderId >> ORDER_ID_OFFSET_BITS);
  for (let number = first; found.length < TRANSITIONS_MAX; number++) {
    const row = batches.find(number);
    if (row === undefined) break;
    for (const index of transitionsOfOrder(content.get(row.transitionsDigest), orderId)) {
      found.push(inclusionOf(trees, market, row, index));
    }
    // Thousands of batches may follow: others get their turn in between.
    await new Promise((settle) => setImmediate(settle));
  }
  return found.slice(0, TRANSITIONS_MAX);
}

function inclusionOf(trees: BatchTrees, market: Market, row: JobRow, recordIndex: number): Inclusion {
  const read = (): Uint8Array => market.directory.content.get(row.transitionsDigest);
  const tree = trees.ofTransitions(row.transitionsDigest, read);
  const { index, page, siblings } = tree.inclusionProof(recordIndex);
  const at = (recordIndex * TRANSITION_BYTES) % page.length;
  return {
    batchNumber: String(row.batchNumber),
    root: hex(tree.root),
    recordCount: tree.recordCount,
    index,
    page: hex(page),
    siblings: siblings.map(hex),
    record: hex(page.subarray(at, at + TRANSITION_BYTES)),
    receiptDigest: row.receiptDigest ?? null,
  };
}
