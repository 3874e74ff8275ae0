// The volumes of the totals leaf (protocol §6): few levels are simply added up, and 4096 orders of less than 2^48
// lots fit a u64. The build puts side-volumes-deep.ts in the place of this file for a geometry of many levels.

import { bestCursor, levelAtCursor, NO_CURSOR, worseCursor } from './price-index';
import { levelAt } from './records';

/** The volume of a level may have changed since the last state root. */
// @ts-ignore: decorator
@inline
export function noteVolume(_level: u32): void {}

/** Low word of the sum over the levels of a side. */
export function sideVolume(side: u32): u64 {
  let volume: u64 = 0;
  for (let cursor = bestCursor(side); cursor != NO_CURSOR; cursor = worseCursor(side, cursor)) {
    volume += levelAt(levelAtCursor(side, cursor)).volume;
  }
  return volume;
}

/** High word of the sum over the levels of a side. */
// @ts-ignore: decorator
@inline
export function sideVolumeHigh(_side: u32): u64 {
  return 0;
}
