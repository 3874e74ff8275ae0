// The slots of many orders and of many levels: committed bitmaps (protocol §6, from leaf LEAF_SLOT_BITMAP on: orders,
// bid levels, ask levels). The lowest free slot is found by tiers of full words.

import { LEVELS_PER_SIDE, ORDERS } from './geometry';
import { SLOT_BITMAP } from './records';
import {
  clearSlot,
  indexBitmap,
  isBitSet,
  setSlot,
  takeLowestSlot,
} from './slot-bitmap';

const ORDERS_SECOND: u32 = memory.data(ORDERS >> 9, 64) as u32;
const ORDERS_THIRD: u32 = memory.data(ORDERS >> 15, 64) as u32;

/** Level slots of the bids, then of the asks. */
const LEVELS_FIRST: u32 = memory.data(2 * (LEVELS_PER_SIDE >> 3), 64) as u32;
const LEVELS_SECOND: u32 = memory.data(2 * (LEVELS_PER_SIDE >> 9), 64) as u32;
const LEVELS_THIRD: u32 = memory.data(2 * 8, 64) as u32;

const SLOTS_PER_LEAF_LOG2: u32 = 9;
const ORDER_LEAVES: u32 = ORDERS >> SLOTS_PER_LEAF_LOG2;
const LEAVES: u32 = ORDER_LEAVES + ((2 * LEVELS_PER_SIDE) >> SLOTS_PER_LEAF_LOG2);
/** One bit a leaf: it changed since the last state root. */
const DIRTY_LEAVES: u32 = memory.data(LEAVES >> 3, 64) as u32;
/** Said by `takeDirtySlotLeaf` when no leaf changed. */
export const NO_SLOT_LEAF: u32 = u32.MAX_VALUE;

let freeSlots: u32 = ORDERS;
let fewestFreeSlots: u32 = ORDERS;

// @ts-ignore: decorator
@inline
function markLeaf(leaf: u32): void {
  const word = DIRTY_LEAVES + ((leaf >> 6) << 3);
  store<u64>(word, load<u64>(word) | ((1 as u64) << (leaf & 63)));
}

// @ts-ignore: decorator
@inline
export function isSlotTaken(slot: u32): bool {
  return isBitSet(SLOT_BITMAP, slot);
}

/** The taken slots among 32 * word to 32 * word + 31. */
// @ts-ignore: decorator
@inline
export function takenSlots(word: u32): u32 {
  return load<u32>(SLOT_BITMAP + (word << 2));
}

/** True when every slot is taken. */
// @ts-ignore: decorator
@inline
export function areSlotsFull(): bool {
  return freeSlots == 0;
}

/** Takes the lowest free slot. The caller has made sure that there is one. */
export function takeSlot(): u32 {
  const slot = takeLowestSlot(SLOT_BITMAP, ORDERS_SECOND, ORDERS_THIRD);
  freeSlots -= 1;
  if (freeSlots < fewestFreeSlots) fewestFreeSlots = freeSlots;
  markLeaf(slot >> SLOTS_PER_LEAF_LOG2);
  return slot;
}

export function releaseSlot(slot: u32): void {
  clearSlot(SLOT_BITMAP, ORDERS_SECOND, ORDERS_THIRD, slot);
  freeSlots += 1;
  markLeaf(slot >> SLOTS_PER_LEAF_LOG2);
}

/** Reads the bitmap anew, after the bytes under it were replaced. Returns how many slots are taken. */
export function indexSlots(): u32 {
  const taken = indexBitmap(SLOT_BITMAP, ORDERS_SECOND, ORDERS_THIRD, ORDERS);
  freeSlots = ORDERS - taken;
  fewestFreeSlots = freeSlots;
  for (let leaf: u32 = 0; leaf < ORDER_LEAVES; ++leaf) markLeaf(leaf);
  return taken;
}

/** Order slots that are taken. */
export function ordersInUse(): u32 {
  return ORDERS - freeSlots;
}

/** The most order slots that were ever taken at once. */
export function ordersHighWater(): u32 {
  return ORDERS - fewestFreeSlots;
}

// @ts-ignore: decorator
@inline
function markLevelLeaf(level: u32): void {
  markLeaf(ORDER_LEAVES + (level >> SLOTS_PER_LEAF_LOG2));
}

/** Takes the lowest free level slot of a side, which has one, and returns the level. */
export function takeLevelSlot(side: u32): u32 {
  const slot = takeLowestSlot(
    LEVELS_FIRST + side * (LEVELS_PER_SIDE >> 3),
    LEVELS_SECOND + side * (LEVELS_PER_SIDE >> 9),
    LEVELS_THIRD + side * 8,
  );
  const level = side * LEVELS_PER_SIDE + slot;
  markLevelLeaf(level);
  return level;
}

/** Takes the slot of this level, which is free. */
export function takeSlotOfLevel(level: u32): void {
  const side = level / LEVELS_PER_SIDE;
  setSlot(
    LEVELS_FIRST + side * (LEVELS_PER_SIDE >> 3),
    LEVELS_SECOND + side * (LEVELS_PER_SIDE >> 9),
    LEVELS_THIRD + side * 8,
    level & (LEVELS_PER_SIDE - 1),
  );
  markLevelLeaf(level);
}

export function releaseLevelSlot(level: u32): void {
  const side = level / LEVELS_PER_SIDE;
  clearSlot(
    LEVELS_FIRST + side * (LEVELS_PER_SIDE >> 3),
    LEVELS_SECOND + side * (LEVELS_PER_SIDE >> 9),
    LEVELS_THIRD + side * 8,
    level & (LEVELS_PER_SIDE - 1),
  );
  markLevelLeaf(level);
}

export function isLevelSlotTaken(level: u32): bool {
  return isBitSet(LEVELS_FIRST, level);
}

/** Takes the mark off a bitmap leaf that changed, and returns its number from `LEAF_SLOT_BITMAP` on; NO_SLOT_LEAF if there is none. */
export function takeDirtySlotLeaf(): u32 {
  for (let word: u32 = 0; word < LEAVES >> 6; ++word) {
    const at = DIRTY_LEAVES + (word << 3);
    const bits = load<u64>(at);
    if (bits == 0) continue;
    store<u64>(at, bits & (bits - 1));
    return (word << 6) | (ctz<u64>(bits) as u32);
  }
  return NO_SLOT_LEAF;
}

/** Address of the 64-byte preimage of state leaf `LEAF_SLOT_BITMAP + index`. */
export function slotLeafPreimage(index: u32): u32 {
  return index < ORDER_LEAVES ? SLOT_BITMAP + index * 64 : LEVELS_FIRST + (index - ORDER_LEAVES) * 64;
}

if (LEAVES % 64) ERROR('the marks of the bitmap leaves fill their words');
if (ORDERS % (1 << 18) || LEVELS_PER_SIDE % 4096 || LEVELS_PER_SIDE > 1 << 18) ERROR('tiers fill their words');
