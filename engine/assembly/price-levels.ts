// The price levels of both sides (protocol §2): a bitmap of taken level slots and an array of slots sorted
// from worst to best.

import { Side } from './codes';
import { LEVELS_PER_SIDE, NIL } from './geometry';
import { BookSide, bookSide, Level, levelAt, ordersDigestOf, queueAt, rankOf, dirtyFlagOf } from './records';

/** Said by `findLevel` when no level has the price. */
export const NO_LEVEL: u32 = 0xffffffff;

/** Where the price that `findLevel` looked for belongs in the rank array. */
let insertionRank: u32 = 0;

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
function levelAtRank(side: u32, rank: u32): u32 {
  return side * LEVELS_PER_SIDE + load<u8>(rankOf(side) + rank);
}

/** State tree leaf of the best level. The side has one. */
// @ts-ignore: decorator
@inline
export function bestLevel(side: u32): u32 {
  return levelAtRank(side, bookSide(side).levelCount - 1);
}

/** State tree leaf of the level at `rank`, 0 being the worst. */
// @ts-ignore: decorator
@inline
export function rankedLevel(side: u32, rank: u32): u32 {
  return levelAtRank(side, rank);
}

// @ts-ignore: decorator
@inline
export function sideOfLevel(level: u32): u32 {
  return level / LEVELS_PER_SIDE;
}

// @ts-ignore: decorator
@inline
function levelBit(level: u32): u64 {
  return (1 as u64) << (level & (LEVELS_PER_SIDE - 1));
}

/** The level's leaf is to be hashed again. */
// @ts-ignore: decorator
@inline
export function markDirty(level: u32): void {
  store<u8>(dirtyFlagOf(level), 1);
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
  const level = levelAt(index);
  level.price = price;
  level.volume = 0;
  level.orderCount = 0;
  level.orderCountHigh = 0;
  level.hiddenVolume = 0;
  clearDigest(index);
  clearQueue(index);
  return index;
}

/** No order is loaded, and none is missing. */
export function clearQueue(index: u32): void {
  const queue = queueAt(index);
  queue.head = NIL as u16;
  queue.tail = NIL as u16;
  queue.unchained = NIL as u16;
  queue.opaque = 0;
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

/** Puts a slot at the best end: for a state image, which lists levels from worst to best. */
export function appendRank(side: u32, slot: u32): void {
  const half = bookSide(side);
  store<u8>(rankOf(side) + half.levelCount, slot);
  half.levelCount += 1;
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

/** D_0 of protocol §6. */
export function clearDigest(level: u32): void {
  const digest = ordersDigestOf(level);
  store<u64>(digest, 0, 0);
  store<u64>(digest, 0, 8);
  store<u64>(digest, 0, 16);
  store<u64>(digest, 0, 24);
}

/** Sum over the levels of a side. 4096 orders of less than 2^48 lots fit a u64. */
export function sideVolume(side: u32): u64 {
  let volume: u64 = 0;
  for (let rank = bookSide(side).levelCount; rank != 0; --rank) volume += levelAt(levelAtRank(side, rank - 1)).volume;
  return volume;
}

/**
 * Volume of the levels of `side` that a limit crosses (`limit` as betterness on that side), counted no
 * further than `enough`.
 */
export function crossedVolume(side: u32, limit: u64, enough: u64): u64 {
  let volume: u64 = 0;
  let rank = bookSide(side).levelCount;
  while (rank != 0 && volume < enough) {
    rank -= 1;
    const level: Level = levelAt(levelAtRank(side, rank));
    if (betterness(side, level.price) < limit) break;
    volume += level.volume;
  }
  return volume;
}

if (Side.Bid != 0 || Side.Ask != 1) ERROR('betterness relies on these two numbers');
