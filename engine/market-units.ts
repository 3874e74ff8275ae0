import type { Lots, Ticks } from './brands.ts';
import { type Decimals, FixedPoint, requireDecimals } from './fixed-point.ts';
import type { MarketConfig } from './market-config.ts';
import { ProofbookError } from './proofbook-error.ts';
import { requireValue, VALUE_LIMIT } from './value-ranges.ts';
import { WideFixedPoint } from './wide-fixed-point.ts';

/** The part of a market config that says what a tick and a lot are worth, and in which steps a market counts them (protocol §1, §2). */
export type MarketUnits = Pick<MarketConfig, 'priceDecimals' | 'quantityDecimals' | 'tickSize' | 'lotSize'>;

/** What texts of one field must be: a raw value of so many decimals, and a multiple of the step. */
interface Grid {
  readonly field: string;
  readonly unit: 'ticks' | 'lots';
  readonly decimals: Decimals;
  readonly step: bigint;
}

function priceGrid({ priceDecimals, tickSize }: MarketUnits, field: string): Grid {
  const decimals = requireDecimals(priceDecimals, 'priceDecimals');
  return { field, unit: 'ticks', decimals, step: tickSize };
}

function quantityGrid({ quantityDecimals, lotSize }: MarketUnits, field: string): Grid {
  const decimals = requireDecimals(quantityDecimals, 'quantityDecimals');
  return { field, unit: 'lots', decimals, step: lotSize };
}

/**
 * A price as people write it, in ticks of 10^-priceDecimals.
 *
 * @param field what the price is, for the error
 * @throws OFF_GRID unless it is a multiple of tickSize, INVALID_FIELD unless it is 1 .. 2^48-1, and what `FixedPoint.parse` throws
 */
export function ticksOfPrice(units: MarketUnits, text: string, field = 'price'): Ticks {
  return rawOfText(priceGrid(units, field), text) as Ticks;
}

/** A quantity as people write it, in lots of 10^-quantityDecimals. Throws as `ticksOfPrice` does. */
export function lotsOfQuantity(units: MarketUnits, text: string, field = 'quantity'): Lots {
  return rawOfText(quantityGrid(units, field), text) as Lots;
}

/** A price in ticks as people write it, canonical. @throws INVALID_FIELD unless it is 1 .. 2^48-1 */
export function priceOfTicks(units: MarketUnits, ticks: bigint, field = 'price'): string {
  return valueOfRaw(priceGrid(units, field), ticks).format();
}

/** A quantity in lots as people write it, canonical. Throws as `priceOfTicks` does. */
export function quantityOfLots(units: MarketUnits, lots: bigint, field = 'quantity'): string {
  return valueOfRaw(quantityGrid(units, field), lots).format();
}

/** What `lots` at `ticks` are worth, with price and quantity decimals. Throws as `priceOfTicks` does. */
export function notionalOf(units: MarketUnits, ticks: bigint, lots: bigint): WideFixedPoint {
  const price = valueOfRaw(priceGrid(units, 'price'), ticks);
  return WideFixedPoint.notional(price, valueOfRaw(quantityGrid(units, 'quantity'), lots));
}

function rawOfText({ field, unit, decimals, step }: Grid, text: string): bigint {
  const { raw } = FixedPoint.parse(text, decimals, field);
  if (raw % step !== 0n) {
    const multiple = FixedPoint.ofRaw(step, decimals).format();
    throw new ProofbookError('OFF_GRID', { field, value: text, step: multiple });
  }
  if (raw === 0n || raw >= VALUE_LIMIT) {
    const reason = `expected 1 .. 2^48-1 ${unit}, it is ${raw}`;
    throw new ProofbookError('INVALID_FIELD', { field, value: text, reason });
  }
  return raw;
}

function valueOfRaw({ field, decimals }: Grid, raw: bigint) {
  return FixedPoint.ofRaw(requireValue(raw, field), decimals);
}
