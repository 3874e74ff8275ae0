// The price levels of both sides, whatever index finds them: the one interface to the book's prices.

import { betterness } from './book-sides';
import { bestCursor, levelAtCursor, NO_CURSOR, worseCursor } from './price-index';
import { Level, levelAt } from './records';

export { betterness, sideOfLevel } from './book-sides';
export { markDirty } from './level-marks';
export {
  areLevelsFull,
  bestCursor,
  bestLevel,
  betterCursor,
  findLevel,
  insertLevel,
  isLevelSlotTaken,
  levelAtCursor,
  loadLevel,
  NO_CURSOR,
  NO_LEVEL,
  removeLevel,
  worseCursor,
  worstCursor,
  worstLevel,
} from './price-index';

/**
 * Volume of the levels of `side` that a limit crosses (`limit` as betterness on that side), counted no
 * further than `enough`.
 */
export function crossedVolume(side: u32, limit: u64, enough: u64): u64 {
  let volume: u64 = 0;
  for (let cursor = bestCursor(side); cursor != NO_CURSOR; cursor = worseCursor(side, cursor)) {
    const level: Level = levelAt(levelAtCursor(side, cursor));
    if (betterness(side, level.price) < limit) break;
    // No sum here: the volume of one level alone may be all that a u64 can hold.
    if (level.volume >= enough - volume) return enough;
    volume += level.volume;
  }
  return volume;
}
