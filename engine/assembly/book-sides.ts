// The two sides of the book: which is better, and which levels are whose.

import { Side } from './codes';
import { LEVELS_PER_SIDE } from './geometry';

/**
 * A price as a number that is greater the better it is for this side, so that one comparison serves both
 * sides: the price itself for a bid, its complement for an ask.
 */
// @ts-ignore: decorator
@inline
export function betterness(side: u32, price: u64): u64 {
  return price ^ (0 - (side as u64));
}

// @ts-ignore: decorator
@inline
export function sideOfLevel(level: u32): u32 {
  return level / LEVELS_PER_SIDE;
}

if (Side.Bid != 0 || Side.Ask != 1) ERROR('betterness relies on these two numbers');
