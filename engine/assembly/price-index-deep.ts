// The price index of many levels (protocol §2). The best levels of a side are hot: sorted, in one array of eight cache
// lines, the best ones together in the last. The rest is in the radix tree, and every hot level is better than every level there.
//
// A level that opens is hot when it is better than the worst hot one, or when there is room and nothing is in the
// tree. When a hot level more than HOT_MAX would be, the worst DEMOTED of them go to the tree; when fewer than HOT_MIN
// are left and the tree is not empty, the best of the tree come up until there are PROMOTED.

import { sideOfLevel } from './book-sides';
import { clearLevel } from './empty-level';
import { LEVELS_PER_SIDE } from './geometry';
import { markDirty } from './level-marks';
import { notesOf } from './level-notes';
import { releaseLevelSlot, takeLevelSlot, takeSlotOfLevel } from './order-slots';
import {
  bestInTree,
  betterInTree,
  findInTree,
  insertInTree,
  keyOfPrice,
  NO_LEVEL,
  removeFromTree,
  worseInTree,
  worstInTree,
} from './radix-tree';
import { bookSide, levelAt } from './records';

export { isLevelSlotTaken } from './order-slots';
export { NO_LEVEL };

/** Said by the walks when they are over. A cursor is a level, counted from 1. */
export const NO_CURSOR: u32 = 0;

const HOT_MAX: u32 = 64;
const DEMOTED: u32 = 8;
const HOT_MIN: u32 = 40;
const PROMOTED: u32 = 56;
/** Hot levels in a cache line: a search looks at the worst of a line before it looks into it. */
const LINE_LEVELS: u32 = 8;

/** For each side, from worst to best: the key's 48 bits above the level slot's 16, so that one u64 tells and sorts both. */
const HOT: u32 = memory.data(2 * HOT_MAX * 8, 64) as u32;
/** How many of them there are: u32 for each side. */
const HOT_COUNTS: u32 = memory.data(2 * 4, 8) as u32;
/** The radix node of a level that is in none. */
const HOT_NODE: u32 = u32.MAX_VALUE;
const SLOT_BITS: u64 = 16;
const SLOT_MASK: u64 = 0xffff;

/** What `findLevel` was last asked for, and its place among the hot levels; NOT_HOT if it is the tree's. */
let wantedKey: u64 = 0;
let hotPlace: u32 = 0;
const NOT_HOT: u32 = u32.MAX_VALUE;

let hotHits: u64 = 0;
const mostLevels: u32 = memory.data(2 * 4, 8) as u32;

if (LEVELS_PER_SIDE > 1 << 16) ERROR('a level slot fits the lower bits of a hot entry');

/** Look-ups that the hot levels answered. */
export function hotHitCount(): u64 {
  return hotHits;
}

/** The most levels that a side ever had at once. */
export function levelsHighWater(side: u32): u32 {
  return load<u32>(mostLevels + (side << 2));
}

// @ts-ignore: decorator
@inline
function hotCount(side: u32): u32 {
  return load<u32>(HOT_COUNTS + (side << 2));
}

// @ts-ignore: decorator
@inline
function setHotCount(side: u32, count: u32): void {
  store<u32>(HOT_COUNTS + (side << 2), count);
}

/** Address of the hot entry at a place, 0 being the worst. */
// @ts-ignore: decorator
@inline
function hotAt(side: u32, place: u32): u32 {
  return HOT + ((side * HOT_MAX + place) << 3);
}

// @ts-ignore: decorator
@inline
function levelOfEntry(side: u32, entry: u64): u32 {
  return side * LEVELS_PER_SIDE + ((entry & SLOT_MASK) as u32);
}

// @ts-ignore: decorator
@inline
function entryOf(key: u64, level: u32): u64 {
  return (key << SLOT_BITS) | ((level & (LEVELS_PER_SIDE - 1)) as u64);
}

// @ts-ignore: decorator
@inline
function hotLevel(side: u32, place: u32): u32 {
  return levelOfEntry(side, load<u64>(hotAt(side, place)));
}

/** State tree leaf of the best level. The side has one. */
// @ts-ignore: decorator
@inline
export function bestLevel(side: u32): u32 {
  return hotLevel(side, hotCount(side) - 1);
}

/** State tree leaf of the worst level. The side has one. */
export function worstLevel(side: u32): u32 {
  const level = worstInTree(side);
  return level != NO_LEVEL ? level : hotLevel(side, 0);
}

/** Where a walk from the best level to the worst begins; NO_CURSOR on an empty side. Levels must not come or go under a walk. */
// @ts-ignore: decorator
@inline
export function bestCursor(side: u32): u32 {
  return bookSide(side).levelCount != 0 ? bestLevel(side) + 1 : NO_CURSOR;
}

export function worseCursor(side: u32, cursor: u32): u32 {
  const level = cursor - 1;
  if (notesOf(level).node != HOT_NODE) return worseInTree(level) + 1;
  const place = placeOfHot(side, level);
  return (place != 0 ? hotLevel(side, place - 1) : bestInTree(side)) + 1;
}

/** Where a walk from the worst level to the best begins; NO_CURSOR on an empty side. */
export function worstCursor(side: u32): u32 {
  return bookSide(side).levelCount != 0 ? worstLevel(side) + 1 : NO_CURSOR;
}

export function betterCursor(side: u32, cursor: u32): u32 {
  const level = cursor - 1;
  let place: u32 = 0;
  if (notesOf(level).node == HOT_NODE) {
    place = placeOfHot(side, level) + 1;
  } else {
    const better = betterInTree(level);
    if (better != NO_LEVEL) return better + 1;
  }
  return place < hotCount(side) ? hotLevel(side, place) + 1 : NO_CURSOR;
}

// @ts-ignore: decorator
@inline
export function levelAtCursor(_side: u32, cursor: u32): u32 {
  return cursor - 1;
}

// @ts-ignore: decorator
@inline
export function areLevelsFull(side: u32): bool {
  return bookSide(side).levelCount == LEVELS_PER_SIDE;
}

/**
 * The level of this price, or NO_LEVEL; then `insertLevel` may follow. Orders arrive near the best price, so the
 * search runs from there.
 */
export function findLevel(side: u32, price: u64): u32 {
  const key = keyOfPrice(side, price);
  const wanted = key << SLOT_BITS;
  const count = hotCount(side);
  wantedKey = key;
  // One comparison with the worst hot level tells most orders that are not hot.
  if (count != 0 && load<u64>(hotAt(side, 0)) <= (wanted | SLOT_MASK)) {
    hotHits += 1;
    let place = count;
    while (place > LINE_LEVELS && load<u64>(hotAt(side, place - LINE_LEVELS)) > (wanted | SLOT_MASK)) {
      place -= LINE_LEVELS;
    }
    let entry = load<u64>(hotAt(side, place - 1));
    while (entry >= wanted) {
      if (entry >> SLOT_BITS == key) return levelOfEntry(side, entry);
      place -= 1;
      if (place == 0) unreachable();
      entry = load<u64>(hotAt(side, place - 1));
    }
    hotPlace = place;
    return NO_LEVEL;
  }
  if (count == bookSide(side).levelCount && count < HOT_MAX) {
    hotHits += 1;
    hotPlace = 0;
    return NO_LEVEL;
  }
  hotPlace = NOT_HOT;
  return findInTree(side, key);
}

/** Opens an empty level at the price that `findLevel` has just not found. The side has a free level slot. */
export function insertLevel(side: u32, price: u64): u32 {
  const level = takeLevelSlot(side);
  clearLevel(level, price);
  if (hotPlace != NOT_HOT && hotCount(side) == HOT_MAX) {
    demote(side);
    hotPlace = hotPlace >= DEMOTED ? hotPlace - DEMOTED : NOT_HOT;
    if (hotPlace == NOT_HOT) findInTree(side, wantedKey);
  }
  if (hotPlace == NOT_HOT) insertInTree(side, wantedKey, level);
  else insertHot(side, hotPlace, level);
  countLevel(side);
  return level;
}

function countLevel(side: u32): void {
  const half = bookSide(side);
  half.levelCount += 1;
  const most = mostLevels + (side << 2);
  if (half.levelCount > load<u32>(most)) store<u32>(most, half.levelCount);
}

function insertHot(side: u32, place: u32, level: u32): void {
  const count = hotCount(side);
  for (let at = count; at > place; --at) store<u64>(hotAt(side, at), load<u64>(hotAt(side, at - 1)));
  store<u64>(hotAt(side, place), entryOf(wantedKey, level));
  setHotCount(side, count + 1);
  notesOf(level).node = HOT_NODE;
}

/** The worst hot levels go to the tree. */
function demote(side: u32): void {
  for (let place: u32 = 0; place < DEMOTED; ++place) {
    const entry = load<u64>(hotAt(side, place));
    findInTree(side, entry >> SLOT_BITS);
    insertInTree(side, entry >> SLOT_BITS, levelOfEntry(side, entry));
  }
  const count = hotCount(side) - DEMOTED;
  for (let place: u32 = 0; place < count; ++place) {
    store<u64>(hotAt(side, place), load<u64>(hotAt(side, place + DEMOTED)));
  }
  setHotCount(side, count);
}

/** The best levels of the tree become hot. There are `inTree` of them. */
function promote(side: u32, inTree: u32): void {
  const count = hotCount(side);
  const more = min(PROMOTED - count, inTree);
  for (let place = count; place != 0; --place) {
    store<u64>(hotAt(side, place - 1 + more), load<u64>(hotAt(side, place - 1)));
  }
  for (let place = more; place != 0; --place) {
    const level = bestInTree(side);
    removeFromTree(level);
    notesOf(level).node = HOT_NODE;
    store<u64>(hotAt(side, place - 1), entryOf(keyOfPrice(side, levelAt(level).price), level));
  }
  setHotCount(side, count + more);
}

/** Gives the slot of an empty level back. */
export function removeLevel(level: u32): void {
  const side = sideOfLevel(level);
  const half = bookSide(side);
  half.levelCount -= 1;
  if (notesOf(level).node == HOT_NODE) removeHot(side, level, half.levelCount);
  else removeFromTree(level);
  releaseLevelSlot(level);
  markDirty(level);
}

function removeHot(side: u32, level: u32, levelsLeft: u32): void {
  const left = hotCount(side) - 1;
  for (let at = placeOfHot(side, level); at < left; ++at) {
    store<u64>(hotAt(side, at), load<u64>(hotAt(side, at + 1)));
  }
  setHotCount(side, left);
  if (left < HOT_MIN && left < levelsLeft) promote(side, levelsLeft - left);
}

/** The best level is the one that empties most often, so the search runs from there. */
function placeOfHot(side: u32, level: u32): u32 {
  let place = hotCount(side) - 1;
  while (hotLevel(side, place) != level) {
    if (place == 0) unreachable();
    place -= 1;
  }
  return place;
}

/**
 * Takes the slot of a level whose record is written, and puts it at the best end: for a state image, which
 * lists levels from worst to best.
 */
export function loadLevel(level: u32): void {
  const side = sideOfLevel(level);
  takeSlotOfLevel(level);
  if (hotCount(side) == HOT_MAX) demote(side);
  wantedKey = keyOfPrice(side, levelAt(level).price);
  insertHot(side, hotCount(side), level);
  countLevel(side);
}
