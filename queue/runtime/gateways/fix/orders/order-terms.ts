import type { SideName, TimeInForceName } from '../../../../../engine/protocol-codes.ts';
import { REJECT } from '../session/fix-tags.ts';
import { epochMsOf } from '../session/fix-time.ts';
import type { OrderFields } from './order-fields.ts';
import { ORD_REJ, ORDER_TAG } from './order-tags.ts';

const DAY_MS = 86_400_000;
const NS_PER_MS = 1_000_000n;
const MARKET = '1';
const STOP = '3';
const STOP_LIMIT = '4';

/** OrdType (40): market, limit, stop, stop limit. */
const ORD_TYPES = [MARKET, '2', STOP, STOP_LIMIT] as const;
/** TimeInForce (59): day, good till cancel, immediate or cancel, fill or kill, good till date. */
const TIMES_IN_FORCE = ['0', '1', '3', '4', '6'] as const;
const TIME_IN_FORCE_NAMES: Readonly<Record<(typeof TIMES_IN_FORCE)[number], TimeInForceName>> = {
  '0': 'GTD',
  '1': 'GTC',
  '3': 'IOC',
  '4': 'FOK',
  '6': 'GTD',
};
const ADD_LIQUIDITY_ONLY = '6';

/** What an order asks for, in the units of the engine. */
export interface OrderTerms {
  readonly side: SideName;
  readonly ordType: (typeof ORD_TYPES)[number];
  readonly timeInForce: TimeInForceName;
  /** As the client wrote it, or 0 for nothing. */
  readonly fixTimeInForce: (typeof TIMES_IN_FORCE)[number];
  readonly isMarket: boolean;
  readonly postOnly: boolean;
  /** Ticks, 0 of a market order; lots; lots shown, 0 for all; ticks, 0 for no stop; ns since 1970, 0 for none. */
  readonly price: bigint;
  readonly quantity: bigint;
  readonly displayQuantity: bigint;
  readonly triggerPrice: bigint;
  readonly expiry: bigint;
}

/** Reads what a NewOrderSingle or an OrderCancelReplaceRequest asks for; only when `fields` is good afterwards. */
export function readTerms(fields: OrderFields, nowMs: number): OrderTerms {
  const side = fields.choice(ORDER_TAG.side, fields.required(ORDER_TAG.side), /^[1-9A-G]$/, ['1', '2']);
  const ordType = fields.choice(
    ORDER_TAG.ordType,
    fields.required(ORDER_TAG.ordType),
    /^[1-9A-Q]$/,
    ORD_TYPES,
  );
  const fixTimeInForce = fields.choice(
    ORDER_TAG.timeInForce,
    fields.optional(ORDER_TAG.timeInForce) ?? '0',
    /^[0-7]$/,
    TIMES_IN_FORCE,
  );
  const isMarket = ordType === MARKET || ordType === STOP;
  const isStop = ordType === STOP || ordType === STOP_LIMIT;
  const timeInForce = isMarket
    ? marketTimeInForce(fields, ordType, fixTimeInForce)
    : TIME_IN_FORCE_NAMES[fixTimeInForce];
  return {
    side: side === '1' ? 'bid' : 'ask',
    ordType,
    timeInForce,
    fixTimeInForce,
    isMarket,
    postOnly: readExecInst(fields),
    price: isMarket ? 0n : fields.price(ORDER_TAG.price),
    quantity: fields.quantity(ORDER_TAG.orderQty),
    displayQuantity: readDisplay(fields),
    triggerPrice: isStop ? fields.price(ORDER_TAG.stopPx) : 0n,
    expiry: timeInForce === 'GTD' ? readExpiry(fields, fixTimeInForce, nowMs) : 0n,
  };
}

/** A market order never rests, so a day is as long as any time; a stop that becomes one may wait, and the engine knows no date for it. */
function marketTimeInForce(fields: OrderFields, ordType: string, value: string): TimeInForceName {
  if (value === '3') return 'IOC';
  if (value === '4') return 'FOK';
  if (value === '6' || (value === '0' && ordType === STOP))
    fields.refuse(
      ORD_REJ.unsupported,
      'a stop or market order has no day and no date: TimeInForce must be 1, 3 or 4',
    );
  return 'GTC';
}

/** A Day order is gone when the UTC day ends. */
function readExpiry(fields: OrderFields, timeInForce: string, nowMs: number): bigint {
  if (timeInForce === '0') return BigInt((Math.floor(nowMs / DAY_MS) + 1) * DAY_MS) * NS_PER_MS;
  const date = fields.optional(ORDER_TAG.expireDate);
  if (date === undefined) return BigInt(fields.time(ORDER_TAG.expireTime)) * NS_PER_MS;
  const startMs = epochMsOf(`${date}-00:00:00`);
  if (startMs === undefined) fields.fail(REJECT.badFormat, ORDER_TAG.expireDate, 'no LocalMktDate');
  return BigInt((startMs ?? 0) + DAY_MS) * NS_PER_MS;
}

function readExecInst(fields: OrderFields): boolean {
  const text = fields.optional(ORDER_TAG.execInst);
  if (text === undefined) return false;
  const other = text.split(' ').find((instruction) => instruction !== ADD_LIQUIDITY_ONLY);
  if (other !== undefined)
    fields.refuse(ORD_REJ.unsupported, `ExecInst is ${other}: taken is 6, participate don't initiate`);
  return other === undefined;
}

function readDisplay(fields: OrderFields): bigint {
  const tag = [ORDER_TAG.maxFloor, ORDER_TAG.displayQty].find((one) => fields.optional(one) !== undefined);
  return tag === undefined ? 0n : fields.quantity(tag);
}
