import type { MarketConfig } from '../../../../../engine/market-config.ts';
import type { SidesName } from '../../../../../engine/protocol-codes.ts';
import type { FixMessage } from '../session/fix-message.ts';
import { OrderFields } from './order-fields.ts';
import type { OrderTable } from './order-table.ts';
import { ORDER_TAG } from './order-tags.ts';
import type { ChangeRequest } from './pending-request.ts';

const SIDES: Readonly<Record<string, SidesName>> = { '1': 'bid', '2': 'ask' };

/** What market a client's requests are for. */
interface RequestContext {
  readonly market: MarketConfig;
  readonly symbol: string;
}

/** Reads an OrderCancelRequest, or the head of an OrderCancelReplaceRequest. */
export function readChange(
  kind: 'cancel' | 'replace',
  message: FixMessage,
  { market, symbol }: RequestContext,
  orders: OrderTable,
): { readonly fields: OrderFields; readonly change: ChangeRequest } {
  const fields = new OrderFields(message, market);
  const clOrdId = fields.head(symbol);
  const origClOrdId = fields.required(ORDER_TAG.origClOrdId);
  fields.required(ORDER_TAG.symbol);
  fields.choice(ORDER_TAG.side, fields.required(ORDER_TAG.side), /^[1-9A-G]$/, ['1', '2']);
  return { fields, change: { kind, clOrdId, origClOrdId, order: orders.named(origClOrdId) } };
}

/** What a mass cancel asks for: all of the market's orders, which are all that a session has, or those of one side. */
export interface MassCancelTerms {
  readonly clOrdId: string;
  readonly requestType: string;
  readonly side: SidesName;
}

/** Reads an OrderMassCancelRequest: for one security, or for all. */
export function readMassCancel(
  message: FixMessage,
  { market, symbol }: RequestContext,
): { readonly fields: OrderFields; readonly terms: MassCancelTerms } {
  const fields = new OrderFields(message, market);
  const clOrdId = fields.head(symbol);
  const tag = ORDER_TAG.massCancelRequestType;
  const requestType = fields.required(tag);
  fields.choice(tag, requestType, /^[1-7]$/, ['7', '1']);
  if (requestType === '1') fields.required(ORDER_TAG.symbol);
  const side = fields.optional(ORDER_TAG.side);
  const sideName = side === undefined ? 'both' : SIDES[side];
  if (sideName === undefined) fields.refuse(0, `Side is ${side}: taken are 1 and 2`);
  return { fields, terms: { clOrdId, requestType, side: sideName ?? 'both' } };
}
