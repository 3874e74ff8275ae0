import type { Static } from '@sinclair/typebox';
import type {
  BatchListSchema,
  BatchSchema,
  InclusionSchema,
  JobListSchema,
  JobSchema,
  OrderInclusionSchema,
} from '../api/batch-schemas.ts';
import type { BookSchema, DepthSchema, TickerSchema, TradeListSchema } from '../api/book-schemas.ts';
import type { AcceptedSchema, JsonCommand } from '../api/command-schemas.ts';
import type { MarketListSchema, MarketSchema, NewMarketSchema } from '../api/market-schemas.ts';
import type { ReadinessSchema } from '../api/readiness.ts';

// What the service takes and answers, from the schemas that it checks them against.
export type Accepted = Static<typeof AcceptedSchema>;
export type Batch = Static<typeof BatchSchema>;
export type BatchList = Static<typeof BatchListSchema>;
export type Book = Static<typeof BookSchema>;
export type Depth = Static<typeof DepthSchema>;
export type Inclusion = Static<typeof InclusionSchema>;
export type Job = Static<typeof JobSchema>;
export type JobList = Static<typeof JobListSchema>;
export type Market = Static<typeof MarketSchema>;
export type MarketList = Static<typeof MarketListSchema>;
export type NewMarket = Static<typeof NewMarketSchema>;
export type OrderInclusion = Static<typeof OrderInclusionSchema>;
export type Readiness = Static<typeof ReadinessSchema>;
export type Ticker = Static<typeof TickerSchema>;
export type TradeList = Static<typeof TradeListSchema>;
export type { JsonCommand };

/** Bytes of a batch that can be fetched. */
export type BatchPart = 'receipt' | 'commands' | 'transitions' | 'journal' | 'state';
