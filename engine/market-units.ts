import type { Lots, Ticks } from './brands.ts';
import { type Decimals, FixedPoint, requireDecimals } from './fixed-point.ts';
import type { MarketConfig } from './market-config.ts';
import { ProofbookError } from './proofbook-error.ts';
import { requireValue, VALUE_LIMIT } from './value-ranges.ts';
import { WideFixedPoint } from './wide-fixed-point.ts';

/** The part of a market config that says what a tick and a lot are worth (protocol §2). */
export type MarketUnits = Pick<MarketConfig, 'priceDecimals' | 'quantityDecimals' | 'tickSize' | 'lotSize'>;

/** How texts of one field become whole steps: ticks for prices, lots for quantities. */
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
 * A price as people write it, in ticks.
 *
 * @param field what the price is, for the error
 * @throws OFF_GRID unless it is a whole number of ticks, INVALID_FIELD unless that is 1 .. 2^48-1, and what `FixedPoint.parse` throws
 */
export function ticksOfPrice(units: MarketUnits, text: string, field = 'price'): Ticks {
  return stepsOfText(priceGrid(units, field), text) as Ticks;
}

/** A quantity as people write it, in lots. Throws as `ticksOfPrice` does. */
export function lotsOfQuantity(units: MarketUnits, text: string, field = 'quantity'): Lots {
  return stepsOfText(quantityGrid(units, field), text) as Lots;
}

/** A price in ticks as people write it, canonical. @throws INVALID_FIELD, and FIXED_POINT_OVERFLOW where the tick is that large */
export function priceOfTicks(units: MarketUnits, ticks: bigint, field = 'price'): string {
  return valueOfSteps(priceGrid(units, field), ticks).format();
}

/** A quantity in lots as people write it, canonical. Throws as `priceOfTicks` does. */
export function quantityOfLots(units: MarketUnits, lots: bigint, field = 'quantity'): string {
  return valueOfSteps(quantityGrid(units, field), lots).format();
}

/** What `lots` at `ticks` are worth, with price and quantity decimals. Throws as `priceOfTicks` does. */
export function notionalOf(units: MarketUnits, ticks: bigint, lots: bigint): WideFixedPoint {
  const price = valueOfSteps(priceGrid(units, 'price'), ticks);
  return WideFixedPoint.notional(price, valueOfSteps(quantityGrid(units, 'quantity'), lots));
}

function stepsOfText({ field, unit, decimals, step }: Grid, text: string): bigint {
  const { raw } = FixedPoint.parse(text, decimals, field);
  if (raw % step !== 0n) {
    const multiple = FixedPoint.ofRaw(step, decimals).format();
    throw new ProofbookError('OFF_GRID', { field, value: text, step: multiple });
  }
  const steps = raw / step;
  if (steps === 0n || steps >= VALUE_LIMIT) {
    const reason = `expected 1 .. 2^48-1 ${unit}, it is ${steps}`;
    throw new ProofbookError('INVALID_FIELD', { field, value: text, reason });
  }
  return steps;
}

function valueOfSteps({ field, decimals, step }: Grid, steps: bigint) {
  return FixedPoint.ofRaw(step, decimals).times(requireValue(steps, field));
}
