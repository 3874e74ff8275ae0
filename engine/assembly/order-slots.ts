// The 4096 order slots: a committed bitmap (protocol §6, leaves 136..143), and where its lowest free slot can
// be at the earliest. The build puts order-slots-deep.ts in the place of this file for a geometry of more orders.

import { LEAF_SLOT_BITMAP, ORDERS } from './geometry';
import { SLOT_BITMAP } from './records';

/** No word of the bitmap before this one has a free slot. Derived, not committed. */
let firstFreeWord: u32 = 0;
let freeSlots: u32 = ORDERS;
/** Bit i is set when bitmap leaf i changed since the last state root. */
let dirtyLeaves: u32 = 0;

/** Said by `takeDirtySlotLeaf`: what `ctz` says of no bits. */
export const NO_SLOT_LEAF: u32 = 32;

const WORDS: u32 = ORDERS / 64;
const WORDS_PER_LEAF_LOG2: u32 = 3;

// @ts-ignore: decorator
@inline
function wordAt(word: u32): u32 {
  return SLOT_BITMAP + (word << 3);
}

// @ts-ignore: decorator
@inline
export function isSlotTaken(slot: u32): bool {
  return ((load<u64>(wordAt(slot >> 6)) >> (slot & 63)) & 1) != 0;
}

/** True when every slot is taken. */
// @ts-ignore: decorator
@inline
export function areSlotsFull(): bool {
  return freeSlots == 0;
}

/** Takes the lowest free slot. The caller has made sure that there is one. */
export function takeSlot(): u32 {
  let word = firstFreeWord;
  let bits = load<u64>(wordAt(word));
  while (bits == u64.MAX_VALUE) {
    word += 1;
    bits = load<u64>(wordAt(word));
  }
  firstFreeWord = word;
  freeSlots -= 1;
  // Setting the lowest clear bit is an addition; which bit it was, is then asked of one word.
  const taken = bits | (bits + 1);
  store<u64>(wordAt(word), taken);
  dirtyLeaves |= 1 << (word >> WORDS_PER_LEAF_LOG2);
  return (word << 6) | (ctz<u64>(bits ^ taken) as u32);
}

export function releaseSlot(slot: u32): void {
  const word = slot >> 6;
  store<u64>(wordAt(word), load<u64>(wordAt(word)) & ~((1 as u64) << (slot & 63)));
  firstFreeWord = min(firstFreeWord, word);
  freeSlots += 1;
  dirtyLeaves |= 1 << (word >> WORDS_PER_LEAF_LOG2);
}

/** Reads the bitmap anew, after the bytes under it were replaced. Returns how many slots are taken. */
export function indexSlots(): u32 {
  let taken: u64 = 0;
  for (let word: u32 = 0; word < WORDS; ++word) {
    const bits = load<u64>(wordAt(word));
    if (bits != 0) taken += popcnt<u64>(bits);
  }
  firstFreeWord = 0;
  freeSlots = ORDERS - (taken as u32);
  dirtyLeaves = 0xff;
  return taken as u32;
}

/** Takes the mark off a bitmap leaf that changed, and returns its number from `LEAF_SLOT_BITMAP` on; NO_SLOT_LEAF if there is none. */
export function takeDirtySlotLeaf(): u32 {
  const index = ctz<u32>(dirtyLeaves);
  dirtyLeaves &= dirtyLeaves - 1;
  return index;
}

/** Address of the 64-byte preimage of state leaf `LEAF_SLOT_BITMAP + index`. */
// @ts-ignore: decorator
@inline
export function slotLeafPreimage(index: u32): u32 {
  return SLOT_BITMAP + index * 64;
}

if (ORDERS / 512 + LEAF_SLOT_BITMAP != 144) ERROR('the slot bitmap fills leaves 136..143');
