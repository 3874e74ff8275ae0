import type { Lots, OrderId, Ticks } from './brands.ts';
import { ProofbookError } from './proofbook-error.ts';
import {
  MARKET_STATE_CODES,
  type MarketStateName,
  requireNameOfCode,
  TIME_IN_FORCE_CODES,
  type TimeInForceName,
} from './protocol-codes.ts';

/** Size of one packed transition (protocol §5). */
export const TRANSITION_BYTES = 64;
/** Most transitions that one batch holds (protocol §2). */
export const BATCH_TRANSITIONS_MAX = 4096;

const TYPE_NAMES = {
  1: 'accepted',
  2: 'filled',
  3: 'canceled',
  4: 'reduced',
  5: 'replaced',
  6: 'rejected',
  7: 'expired',
  8: 'triggered',
  9: 'evicted',
  10: 'marketStateChanged',
  11: 'terms',
} as const;

const REASON_NAMES = {
  0: 'none',
  1: 'unknownKind',
  2: 'reservedBits',
  3: 'invalidSide',
  4: 'invalidTimeInForce',
  5: 'invalidCombination',
  6: 'invalidPrice',
  7: 'invalidQuantity',
  8: 'missingExtension',
  10: 'unknownOrder',
  11: 'notOwner',
  12: 'wouldTake',
  13: 'unfillable',
  14: 'matchLimit',
  15: 'bookFull',
  16: 'offTick',
  17: 'offLot',
  18: 'invalidDisplay',
  19: 'invalidTrigger',
  20: 'expiryPassed',
  21: 'marketClosed',
  22: 'stopBookFull',
  23: 'invalidMarketState',
  24: 'notOperator',
  25: 'noOrders',
  32: 'requested',
  33: 'remainder',
  34: 'replaced',
  35: 'selfTrade',
} as const;

/** What happened, PROTOCOL.md §5. */
export type TransitionType = (typeof TYPE_NAMES)[keyof typeof TYPE_NAMES];
/** Why, PROTOCOL.md §5: of a rejection the check that failed, of a cancel or reduction its cause, else `none`. */
export type TransitionReason = (typeof REASON_NAMES)[keyof typeof REASON_NAMES];

/** What every transition has; where its type does not use a field, that is 0 (table of protocol §5). */
interface TransitionFields {
  /** 0 bid, 1 ask; of a rejected command, the byte as it was sent. */
  readonly side: number;
  readonly reason: TransitionReason;
  /** The command's flags byte, of an accepted, replaced or rejected one. */
  readonly flags: number;
  readonly account: number;
  readonly sequence: bigint;
  /** The order's id; of a rejected Cancel, Reduce or Replace, the one that it named. */
  readonly orderId: OrderId;
  /** 0 for a fill. */
  readonly clientOrderId: bigint;
  /** 0 unless this is a fill. */
  readonly makerOrderId: OrderId;
  /** 0 of a market order. */
  readonly price: Ticks;
  /** Lots accepted, filled, canceled, taken off, expired, triggered or evicted; hidden ones included. */
  readonly quantity: Lots;
  /** What is left of the order, hidden lots included: of a fill, of the taker. */
  readonly remaining: Lots;
  readonly makerAccount: number;
  /** Index of the command's first record in its batch. */
  readonly commandIndex: number;
}

interface OrderTransition extends TransitionFields {
  readonly type: Exclude<TransitionType, 'triggered' | 'marketStateChanged' | 'terms'>;
}

/** A stop left the stop book and is matched; `quantity` are its lots. */
interface TriggeredTransition extends TransitionFields {
  readonly type: 'triggered';
  readonly triggerPrice: Ticks;
}

/** Follows Accepted or Replaced of an order with a display quantity, a trigger price or an expiry. */
interface TermsTransition extends TransitionFields {
  readonly type: 'terms';
  readonly timeInForce: TimeInForceName;
  /** 0: all. */
  readonly displayQuantity: Lots;
  /** 0: no stop. */
  readonly triggerPrice: Ticks;
  /** ns since epoch; 0: none. */
  readonly expiry: bigint;
}

/** An operator set the market state. */
interface MarketStateTransition extends TransitionFields {
  readonly type: 'marketStateChanged';
  readonly marketState: MarketStateName;
  readonly previousMarketState: MarketStateName;
}

/** One state transition, told apart by `type` (protocol §5). */
export type Transition = OrderTransition | TriggeredTransition | TermsTransition | MarketStateTransition;

/**
 * Reads packed transitions, 64 bytes each.
 *
 * @throws INVALID_LENGTH, or INVALID_FIELD for a type, reason, time in force or market state that the protocol does not know
 */
export function decodeTransitions(bytes: Uint8Array): Transition[] {
  if (bytes.length % TRANSITION_BYTES !== 0) {
    throw new ProofbookError('INVALID_LENGTH', {
      field: 'transitions',
      value: bytes.length,
      expected: `a multiple of ${TRANSITION_BYTES}`,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / TRANSITION_BYTES }, (_, index) => decodeAt(view, index));
}

function decodeAt(view: DataView, index: number): Transition {
  const at = index * TRANSITION_BYTES;
  const type = nameOf(TYPE_NAMES, view.getUint8(at), `transition ${index} type`);
  const word = (number: number): bigint => view.getBigUint64(at + number * 8, true);
  const head = {
    side: view.getUint8(at + 1),
    reason: nameOf(REASON_NAMES, view.getUint8(at + 2), `transition ${index} reason`),
    flags: view.getUint8(at + 3),
    account: view.getUint32(at + 4, true),
    sequence: word(1),
    orderId: word(2) as OrderId,
    makerAccount: view.getUint32(at + 56, true),
    commandIndex: view.getUint32(at + 60, true),
  };
  const name = <Name extends string>(codes: Readonly<Record<Name, number>>, number: number, field: string) =>
    requireNameOfCode(codes, Number(word(number)), `transition ${index} ${field}`);
  const unused = { clientOrderId: 0n, makerOrderId: 0n as OrderId, price: 0n as Ticks };
  const noLots = { quantity: 0n as Lots, remaining: 0n as Lots };
  const lots = { quantity: word(5) as Lots, remaining: word(6) as Lots };
  const price = word(4) as Ticks;
  switch (type) {
    case 'marketStateChanged':
      return {
        type,
        ...head,
        ...unused,
        ...noLots,
        marketState: name(MARKET_STATE_CODES, 5, 'marketState'),
        previousMarketState: name(MARKET_STATE_CODES, 6, 'previousMarketState'),
      };
    case 'terms':
      return {
        type,
        ...head,
        ...unused,
        ...noLots,
        displayQuantity: word(3) as Lots,
        triggerPrice: price,
        expiry: word(5),
        timeInForce: name(TIME_IN_FORCE_CODES, 6, 'timeInForce'),
      };
    case 'triggered':
      return {
        type,
        ...head,
        ...unused,
        ...noLots,
        clientOrderId: word(3),
        price,
        quantity: lots.quantity,
        triggerPrice: word(6) as Ticks,
      };
    case 'filled':
      return { type, ...head, clientOrderId: 0n, makerOrderId: word(3) as OrderId, price, ...lots };
    default:
      return { type, ...head, clientOrderId: word(3), makerOrderId: 0n as OrderId, price, ...lots };
  }
}

function nameOf<Names extends Readonly<Record<number, string>>>(
  names: Names,
  code: number,
  field: string,
): Names[keyof Names] {
  const name = names[code];
  if (name === undefined)
    throw new ProofbookError('INVALID_FIELD', { field, value: code, reason: 'no such code' });
  return name as Names[keyof Names];
}
