import { ProofbookError } from './proofbook-error.ts';

// Names of the numbers in commands and in the header leaf (protocol §3). Those of transitions are in transition.ts.

export const KIND_CODES = {
  place: 1,
  cancel: 2,
  reduce: 3,
  replace: 4,
  cancelAll: 5,
  setMarketState: 6,
  sweep: 7,
} as const;
export const SIDE_CODES = { bid: 0, ask: 1 } as const;
/** Of a CancelAll. */
export const SIDES_CODES = { bid: 0, ask: 1, both: 2 } as const;
export const TIME_IN_FORCE_CODES = { GTC: 0, IOC: 1, FOK: 2, GTD: 3 } as const;
export const SELF_TRADE_CODES = {
  none: 0,
  cancelTaker: 1,
  cancelMaker: 2,
  cancelBoth: 3,
  decrement: 4,
} as const;
export const MARKET_STATE_CODES = { open: 0, cancelOnly: 1, postOnly: 2, halted: 3 } as const;

/** Bits of a command's flags byte; the self-trade mode stands in bits 4..6. */
export const FLAG = {
  postOnly: 1,
  slide: 2,
  market: 4,
  extended: 8,
  selfTrade: 0x70,
  reserved: 0x80,
} as const;
export const SELF_TRADE_SHIFT = 4;

/** Side of the book. */
export type SideName = keyof typeof SIDE_CODES;
/** One side of the book, or both. */
export type SidesName = keyof typeof SIDES_CODES;
/** GTC rests until canceled, IOC takes what is there now, FOK all or nothing, GTD rests until its expiry (PROTOCOL.md §4). */
export type TimeInForceName = keyof typeof TIME_IN_FORCE_CODES;
/** What happens instead of a fill between two orders of one account (PROTOCOL.md §4). */
export type SelfTradeModeName = keyof typeof SELF_TRADE_CODES;
/** Which commands a market takes: all, cancels alone, also orders that cannot take, or none but of its operator (PROTOCOL.md §3). */
export type MarketStateName = keyof typeof MARKET_STATE_CODES;

/** The name that `codes` has for a number, or undefined. */
export function nameOfCode<Name extends string>(
  codes: Readonly<Record<Name, number>>,
  code: number,
): Name | undefined {
  for (const name in codes) if (codes[name] === code) return name;
  return undefined;
}

/** The same for a number that must have a name. Throws INVALID_FIELD naming the field. */
export function requireNameOfCode<Name extends string>(
  codes: Readonly<Record<Name, number>>,
  code: number,
  field: string,
): Name {
  const name = nameOfCode(codes, code);
  if (name === undefined)
    throw new ProofbookError('INVALID_FIELD', { field, value: code, reason: 'no such code' });
  return name;
}
