// The price index of few levels (protocol §2): a bitmap of taken level slots and, for each side, an array of
// slots sorted from worst to best. The build puts price-index-deep.ts, which has the same functions, in the
// place of this file for a geometry of many levels.

import { betterness, sideOfLevel } from './book-sides';
import { clearLevel } from './empty-level';
import { LEVELS_PER_SIDE } from './geometry';
import { RANKS } from './level-bytes';
import { markDirty } from './level-marks';
import { BookSide, bookSide, levelAt } from './records';

/** Said by `findLevel` when no level has the price. */
export const NO_LEVEL: u32 = 0xffffffff;
/** Said by the walks when they are over. A cursor is a rank, counted from 1. */
export const NO_CURSOR: u32 = 0;

/** Where the price that `findLevel` looked for belongs in the rank array. */
let insertionRank: u32 = 0;

// @ts-ignore: decorator
@inline
function rankOf(side: u32): u32 {
  return RANKS + side * LEVELS_PER_SIDE;
}

// @ts-ignore: decorator
@inline
function levelAtRank(side: u32, rank: u32): u32 {
  return side * LEVELS_PER_SIDE + load<u8>(rankOf(side) + rank);
}

/** State tree leaf of the best level. The side has one. */
// @ts-ignore: decorator
@inline
export function bestLevel(side: u32): u32 {
  return levelAtRank(side, bookSide(side).levelCount - 1);
}

/** State tree leaf of the worst level. The side has one. */
// @ts-ignore: decorator
@inline
export function worstLevel(side: u32): u32 {
  return levelAtRank(side, 0);
}

/** Where a walk from the best level to the worst begins; NO_CURSOR on an empty side. Levels must not come or go under a walk. */
// @ts-ignore: decorator
@inline
export function bestCursor(side: u32): u32 {
  return bookSide(side).levelCount;
}

// @ts-ignore: decorator
@inline
export function worseCursor(_side: u32, cursor: u32): u32 {
  return cursor - 1;
}

/** Where a walk from the worst level to the best begins; NO_CURSOR on an empty side. */
// @ts-ignore: decorator
@inline
export function worstCursor(side: u32): u32 {
  return bookSide(side).levelCount != 0 ? 1 : NO_CURSOR;
}

// @ts-ignore: decorator
@inline
export function betterCursor(side: u32, cursor: u32): u32 {
  return cursor < bookSide(side).levelCount ? cursor + 1 : NO_CURSOR;
}

// @ts-ignore: decorator
@inline
export function levelAtCursor(side: u32, cursor: u32): u32 {
  return levelAtRank(side, cursor - 1);
}

// @ts-ignore: decorator
@inline
function levelBit(level: u32): u64 {
  return (1 as u64) << (level & (LEVELS_PER_SIDE - 1));
}

// @ts-ignore: decorator
@inline
export function isLevelSlotTaken(level: u32): bool {
  return (bookSide(sideOfLevel(level)).levels & levelBit(level)) != 0;
}

// @ts-ignore: decorator
@inline
export function areLevelsFull(side: u32): bool {
  return bookSide(side).levelCount == LEVELS_PER_SIDE;
}

/**
 * The level of this price, or NO_LEVEL; then `insertLevel` may follow. Orders arrive near the best price, so
 * that is looked at first.
 */
export function findLevel(side: u32, price: u64): u32 {
  const wanted = betterness(side, price);
  let low: u32 = 0;
  let high = bookSide(side).levelCount;
  if (high != 0) {
    const best = levelAtRank(side, high - 1);
    const bestKey = betterness(side, levelAt(best).price);
    if (wanted == bestKey) return best;
    if (wanted > bestKey) low = high;
    else high -= 1;
  }
  while (low < high) {
    const middle = (low + high) >> 1;
    const level = levelAtRank(side, middle);
    const key = betterness(side, levelAt(level).price);
    if (key == wanted) return level;
    if (key < wanted) low = middle + 1;
    else high = middle;
  }
  insertionRank = low;
  return NO_LEVEL;
}

/** Opens an empty level at the price that `findLevel` has just not found. The side has a free level slot. */
export function insertLevel(side: u32, price: u64): u32 {
  const half = bookSide(side);
  const slot = ctz<u64>(~half.levels) as u32;
  half.levels |= (1 as u64) << slot;
  insertRank(side, half, insertionRank, slot);
  const index = side * LEVELS_PER_SIDE + slot;
  clearLevel(index, price);
  return index;
}

/** Gives the slot of an empty level back. */
export function removeLevel(index: u32): void {
  const side = sideOfLevel(index);
  const half = bookSide(side);
  const rank = rankOfLevel(side, index);
  const last = half.levelCount - 1;
  const ranks = rankOf(side);
  for (let at = rank; at < last; ++at) store<u8>(ranks + at, load<u8>(ranks + at + 1));
  half.levelCount = last;
  half.levels &= ~levelBit(index);
  markDirty(index);
}

/**
 * Takes the slot of a level whose record is written, and puts it at the best end: for a state image, which
 * lists levels from worst to best.
 */
export function loadLevel(index: u32): void {
  const side = sideOfLevel(index);
  const half = bookSide(side);
  store<u8>(rankOf(side) + half.levelCount, index & (LEVELS_PER_SIDE - 1));
  half.levelCount += 1;
  half.levels |= levelBit(index);
}

function insertRank(side: u32, half: BookSide, rank: u32, slot: u32): void {
  const ranks = rankOf(side);
  for (let at = half.levelCount; at > rank; --at) store<u8>(ranks + at, load<u8>(ranks + at - 1));
  store<u8>(ranks + rank, slot);
  half.levelCount += 1;
}

/** The best level is the one that empties most often, so the search runs from there. */
function rankOfLevel(side: u32, index: u32): u32 {
  const ranks = rankOf(side);
  const slot = index & (LEVELS_PER_SIDE - 1);
  let rank = bookSide(side).levelCount - 1;
  while (load<u8>(ranks + rank) != slot) {
    if (rank == 0) unreachable();
    rank -= 1;
  }
  return rank;
}
