import { type Static, Type } from '@sinclair/typebox';
import { ProofbookError } from '../../../engine/proofbook-error.ts';
import type { MarketService } from '../market-service.ts';
import { U64 } from '../wire-values.ts';

export const MarketParams = Type.Object({ marketId: U64 });
export const BatchParams = Type.Object({
  marketId: U64,
  batchNumber: Type.String({ pattern: '^[1-9][0-9]{0,8}$' }),
});

/** The answers that any resource of a market may give beside its own. */
export const PROBLEMS = Object.fromEntries(
  [400, 401, 403, 404, 409, 413, 415, 429, 500, 503].map((status) => [
    status,
    { description: 'problem', content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } } },
  ]),
);

/** @throws MARKET_UNKNOWN unless the path names the market of this service */
export function requireMarket(market: MarketService, { marketId }: Static<typeof MarketParams>): void {
  if (BigInt(marketId) === market.marketId) return;
  throw new ProofbookError('MARKET_UNKNOWN', {
    field: 'marketId',
    value: marketId,
    expected: market.marketId,
  });
}
