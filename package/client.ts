/**
 * `proofbook/client`: the HTTP interface of `proofbook serve` as typed calls. It needs nothing but `fetch`; u64 are decimal digits, digests
 * 64 lower-case hex digits. A refusal of the service is a `RequestFailure` with the stable `code` of its problem (RFC 9457).
 */

export type {
  Accepted,
  Batch,
  BatchList,
  BatchPart,
  Book,
  Depth,
  Inclusion,
  Job,
  JobList,
  JsonCommand,
  Market,
  MarketList,
  NewMarket,
  OrderInclusion,
  Readiness,
  Ticker,
  TradeList,
} from '../queue/client/client-types.ts';
export type { ClientEvent } from '../queue/client/event-reader.ts';
export { RequestFailure } from '../queue/client/request-failure.ts';
export { type ClientOptions, ServiceClient, type SubmitOptions } from '../queue/client/service-client.ts';
