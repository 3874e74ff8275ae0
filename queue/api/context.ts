import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { Market } from '../broker/market.ts';
import type { MarketService } from '../broker/market-service.ts';
import type { JobRow } from '../store/job-row.ts';
import type { ApiKeys } from './api-keys.ts';
import type { ServiceMetrics } from './service-metrics.ts';
import { u64Of } from './value-schemas.ts';

/** What every route works with. */
export interface ApiContext {
  readonly service: MarketService;
  readonly keys: ApiKeys;
  readonly metrics: ServiceMetrics;
  /** False only on loopback: everybody may do everything. */
  readonly requiresKeys: boolean;
}

/** The server as routes see it: their schemas are their types. */
export type ApiServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** The market of a path. @throws MARKET_UNKNOWN */
export function marketOf({ service }: ApiContext, marketId: string): Market {
  const id = u64Of(marketId);
  if (id === undefined) throw new ProofbookError('MARKET_UNKNOWN', { field: 'marketId', value: marketId });
  return service.get(id);
}

/** The batch of a path. @throws BATCH_UNKNOWN */
export function batchOf(market: Market, batchNumber: string): JobRow {
  const number = Number(batchNumber);
  const row = Number.isSafeInteger(number) ? market.directory.batches.find(number) : undefined;
  if (row === undefined)
    throw new ProofbookError('BATCH_UNKNOWN', { field: 'batchNumber', value: batchNumber });
  return row;
}
