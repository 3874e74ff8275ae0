// Which levels changed, and which were used: a byte for each level and no bitmap. On a 32-bit machine one store
// is cheaper than a 64-bit shift, and this happens for every command. The build puts level-marks-deep.ts in the
// place of this file for a geometry of many levels.

import { NIL } from './geometry';
import { DIRTY, MARKS, TOUCHED } from './level-bytes';

/** The level's leaf is to be hashed again. */
// @ts-ignore: decorator
@inline
export function markDirty(level: u32): void {
  store<u8>(DIRTY + level, 1);
}

/** Takes the mark off a dirty level, none of which is below `from`, and returns the level; NIL if there is none. */
export function takeDirtyLevel(from: u32): u32 {
  for (let first = from & ~7; first < MARKS; first += 8) {
    const marks = load<u64>(DIRTY + first);
    if (marks == 0) continue;
    const level = first + ((ctz<u64>(marks) as u32) >> 3);
    store<u8>(DIRTY + level, 0);
    return level;
  }
  return NIL;
}

/** The level's orders are used in this batch: a witness must open it. */
// @ts-ignore: decorator
@inline
export function markTouched(level: u32): void {
  store<u8>(TOUCHED + level, 1);
}

export function isTouched(level: u32): bool {
  return load<u8>(TOUCHED + level) != 0;
}

/** A new batch begins. */
export function forgetTouched(): void {
  memory.fill(TOUCHED, 0, MARKS);
}
