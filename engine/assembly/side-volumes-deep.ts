// The volumes of the totals leaf (protocol §6), where levels are too many to add up for each root: each level that
// changed gives its difference. 2^20 orders of 2^48 lots need more than a u64.

import { sideOfLevel } from './book-sides';
import { LEVELS_PER_SIDE } from './geometry';
import { levelAt } from './records';

/** What each level adds to the sum of its side. */
const COUNTED: u32 = memory.data(2 * LEVELS_PER_SIDE * 8, 64) as u32;
/** Low and high word of the sum, for each side. */
const SUMS: u32 = memory.data(2 * 16, 64) as u32;

/** The volume of a level may have changed since the last state root. */
export function noteVolume(level: u32): void {
  const counted = COUNTED + (level << 3);
  const before = load<u64>(counted);
  const record = levelAt(level);
  const after: u64 = record.orderCount != 0 ? record.volume : 0;
  store<u64>(counted, after);
  const sum = SUMS + (sideOfLevel(level) << 4);
  const low = load<u64>(sum);
  const less = low - before;
  const more = less + after;
  store<u64>(sum, more);
  store<u64>(sum, load<u64>(sum, 8) - ((low < before) as u64) + ((more < less) as u64), 8);
}

/** Low word of the sum over the levels of a side. */
export function sideVolume(side: u32): u64 {
  return load<u64>(SUMS + (side << 4));
}

/** High word of the sum over the levels of a side. */
export function sideVolumeHigh(side: u32): u64 {
  return load<u64>(SUMS + (side << 4), 8);
}
