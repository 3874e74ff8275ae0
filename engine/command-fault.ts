import { type CommandRecord, isExtended, selfTradeModeOf } from './command-record.ts';
import {
  FLAG,
  KIND_CODES,
  MARKET_STATE_CODES,
  nameOfCode,
  SELF_TRADE_CODES,
  SIDE_CODES,
  SIDES_CODES,
  TIME_IN_FORCE_CODES,
} from './protocol-codes.ts';
import type { TransitionReason } from './transition.ts';
import { VALUE_LIMIT } from './value-ranges.ts';

/** Why a command is rejected whatever the market, the book and the time are. */
export interface CommandFault {
  readonly reason: TransitionReason;
  /** The field at fault and the value that it has. */
  readonly field: string;
  readonly value: string | number | bigint;
  readonly expected: string;
}

type Fault = CommandFault | undefined;

const { IOC, FOK, GTD } = TIME_IN_FORCE_CODES;

/**
 * The first check of protocol §3 that a command fails, of those that look at nothing but the command: neither at tick and lot
 * size, nor at the time, the market state or the book. Undefined when it fails none: the engine may still reject it.
 */
export function commandFault(record: CommandRecord): Fault {
  const { kind } = record;
  if (nameOfCode(KIND_CODES, kind) === undefined)
    return fault('unknownKind', 'kind', kind, 'expected 1 .. 7');
  if (isExtended(record) && record.extension === undefined)
    return fault('missingExtension', 'flags', record.flags, 'the batch ends before the second record');
  switch (kind) {
    case KIND_CODES.place:
    case KIND_CODES.replace:
      return orderFault(record);
    case KIND_CODES.reduce:
      return reservedFault(record, ['side', 'timeInForce', 'flags', 'price']) ?? quantityFault(record);
    case KIND_CODES.cancelAll:
      return reservedFault(record, ['timeInForce', 'flags', 'id', 'price', 'quantity']) ?? sidesFault(record);
    case KIND_CODES.setMarketState:
      return reservedFault(record, ['side', 'timeInForce', 'flags', 'id', 'price']) ?? stateFault(record);
    case KIND_CODES.cancel:
      return reservedFault(record, ['side', 'timeInForce', 'flags', 'price', 'quantity']);
    default:
      return reservedFault(record, ['side', 'timeInForce', 'flags', 'id', 'price', 'quantity']);
  }
}

/** Checks 1 to 10 of a Place or Replace. */
function orderFault(record: CommandRecord): Fault {
  const { kind, side, timeInForce, flags } = record;
  if ((flags & FLAG.reserved) !== 0) return fault('reservedBits', 'flags', flags, 'bit 7 must be 0');
  if (nameOfCode(SELF_TRADE_CODES, selfTradeModeOf(record)) === undefined)
    return fault('reservedBits', 'selfTradeMode', selfTradeModeOf(record), 'expected 0 .. 4');
  if (kind === KIND_CODES.replace && side !== 0)
    return fault('reservedBits', 'side', side, 'a replacement stays on its side: must be 0');
  if (nameOfCode(SIDE_CODES, side) === undefined)
    return fault('invalidSide', 'side', side, 'expected 0 or 1');
  if (nameOfCode(TIME_IN_FORCE_CODES, timeInForce) === undefined)
    return fault('invalidTimeInForce', 'timeInForce', timeInForce, 'expected 0 .. 3');
  return (
    combinationFault(record) ??
    priceFault(record) ??
    quantityFault(record) ??
    displayFault(record) ??
    triggerFault(record)
  );
}

function combinationFault(record: CommandRecord): Fault {
  const { kind, timeInForce, flags, extension } = record;
  const isTaker = timeInForce === IOC || timeInForce === FOK;
  const postOnly = (flags & FLAG.postOnly) !== 0;
  const market = (flags & FLAG.market) !== 0;
  const { displayQuantity = 0n, triggerPrice = 0n, expiry = 0n } = extension ?? {};
  const replacementClientOrderId = extension?.replacementClientOrderId ?? 0n;
  const combination = (field: string, value: string | number | bigint, expected: string): CommandFault =>
    fault('invalidCombination', field, value, expected);

  if ((flags & FLAG.slide) !== 0 && !postOnly)
    return combination('slide', 'true', 'only a post-only order slides');
  if (postOnly && (market || isTaker))
    return combination('postOnly', 'true', 'a post-only order can be neither market nor IOC nor FOK');
  if (market && timeInForce === GTD)
    return combination('timeInForce', 'GTD', 'a market order has no good-till-date');
  if (timeInForce === GTD && expiry === 0n)
    return combination('expiry', expiry, 'a GTD order has one: expected 1 or more');
  if (timeInForce !== GTD && expiry !== 0n)
    return combination('expiry', expiry, 'only a GTD order has one: must be 0');
  if (displayQuantity !== 0n && (market || isTaker))
    return combination('displayQuantity', displayQuantity, 'a market, IOC or FOK order is no iceberg');
  if (triggerPrice !== 0n && (postOnly || timeInForce === FOK))
    return combination('triggerPrice', triggerPrice, 'a stop can be neither post-only nor FOK');
  if (kind === KIND_CODES.place && replacementClientOrderId !== 0n)
    return combination('replacementClientOrderId', replacementClientOrderId, 'only a Replace has one');
  if (kind === KIND_CODES.replace && market)
    return combination('market', 'true', 'a replacement is no market order');
  return undefined;
}

function priceFault({ flags, price }: CommandRecord): Fault {
  if ((flags & FLAG.market) !== 0)
    return price === 0n ? undefined : fault('invalidPrice', 'price', price, 'a market order has price 0');
  return isValue(price) ? undefined : fault('invalidPrice', 'price', price, 'expected 1 .. 2^48-1');
}

function quantityFault({ quantity }: CommandRecord): Fault {
  return isValue(quantity)
    ? undefined
    : fault('invalidQuantity', 'quantity', quantity, 'expected 1 .. 2^48-1');
}

function displayFault({ quantity, extension }: CommandRecord): Fault {
  const displayQuantity = extension?.displayQuantity ?? 0n;
  return displayQuantity <= quantity
    ? undefined
    : fault('invalidDisplay', 'displayQuantity', displayQuantity, `expected 0 .. quantity, ${quantity}`);
}

function triggerFault({ extension }: CommandRecord): Fault {
  const triggerPrice = extension?.triggerPrice ?? 0n;
  return triggerPrice < VALUE_LIMIT
    ? undefined
    : fault('invalidTrigger', 'triggerPrice', triggerPrice, 'expected 0 .. 2^48-1');
}

function sidesFault({ side }: CommandRecord): Fault {
  return nameOfCode(SIDES_CODES, side) === undefined
    ? fault('invalidSide', 'side', side, 'expected 0, 1 or 2')
    : undefined;
}

function stateFault({ quantity }: CommandRecord): Fault {
  return quantity < BigInt(Object.keys(MARKET_STATE_CODES).length)
    ? undefined
    : fault('invalidMarketState', 'marketState', quantity, 'expected 0 .. 3');
}

type ReservedField = 'side' | 'timeInForce' | 'flags' | 'id' | 'price' | 'quantity';

/** Fields that a kind does not use are 0. */
function reservedFault(record: CommandRecord, fields: readonly ReservedField[]): Fault {
  for (const field of fields) {
    const value = record[field];
    if (BigInt(value) !== 0n) return fault('reservedBits', field, value, 'must be 0');
  }
  return undefined;
}

function isValue(value: bigint): boolean {
  return value >= 1n && value < VALUE_LIMIT;
}

function fault(
  reason: TransitionReason,
  field: string,
  value: string | number | bigint,
  expected: string,
): CommandFault {
  return { reason, field, value, expected };
}
