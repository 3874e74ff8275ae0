// The 4096 order slots: a committed bitmap (protocol §6, leaves 136..143), and where its lowest free slot can
// be at the earliest. The build puts order-slots-deep.ts in the place of this file for a geometry of more orders.

import { LEAF_SLOT_BITMAP, ORDERS } from './geometry';
import { bookSide, SLOT_BITMAP, stopBook } from './records';

/** No word of the bitmap before this one has a free slot. Derived, not committed. */
let firstFreeWord: u32 = 0;
/** Bit i is set when bitmap leaf i changed since the last state root. */
let dirtyLeaves: u32 = 0;

/** Said by `takeDirtySlotLeaf`: what `ctz` says of no bits. */
export const NO_SLOT_LEAF: u32 = 32;

/** Words of 32 bits: the guest's machine has no others. */
const WORDS: u32 = ORDERS / 32;
const WORDS_PER_LEAF_LOG2: u32 = 4;

// @ts-ignore: decorator
@inline
function wordAt(word: u32): u32 {
  return SLOT_BITMAP + (word << 2);
}

// @ts-ignore: decorator
@inline
export function isSlotTaken(slot: u32): bool {
  return ((load<u8>(SLOT_BITMAP + (slot >> 3)) >> (slot & 7)) & 1) != 0;
}

/** The taken slots among 32 * word to 32 * word + 31. */
// @ts-ignore: decorator
@inline
export function takenSlots(word: u32): u32 {
  return load<u32>(wordAt(word));
}

/** True when every slot is taken, by resting orders and waiting stops. */
// @ts-ignore: decorator
@inline
export function areSlotsFull(): bool {
  return bookSide(0).orderCount + bookSide(1).orderCount + stopBook().count == ORDERS;
}

/** Takes the lowest free slot. The caller has made sure that there is one. */
export function takeSlot(): u32 {
  let word = firstFreeWord;
  let bits = load<u32>(wordAt(word));
  while (bits == u32.MAX_VALUE) {
    word += 1;
    bits = load<u32>(wordAt(word));
  }
  firstFreeWord = word;
  // Setting the lowest clear bit is an addition.
  store<u32>(wordAt(word), bits | (bits + 1));
  dirtyLeaves |= 1 << (word >> WORDS_PER_LEAF_LOG2);
  return (word << 5) | ctz<u32>(~bits);
}

export function releaseSlot(slot: u32): void {
  const at = SLOT_BITMAP + (slot >> 3);
  store<u8>(at, (load<u8>(at) as u32) & ~((1 as u32) << (slot & 7)));
  const word = slot >> 5;
  firstFreeWord = min(firstFreeWord, word);
  dirtyLeaves |= 1 << (word >> WORDS_PER_LEAF_LOG2);
}

/** Reads the bitmap anew, after the bytes under it were replaced. Returns how many slots are taken. */
export function indexSlots(): u32 {
  let taken: u32 = 0;
  for (let word: u32 = 0; word < WORDS; ++word) {
    const bits = load<u32>(wordAt(word));
    if (bits != 0) taken += popcnt<u32>(bits);
  }
  firstFreeWord = 0;
  dirtyLeaves = 0xff;
  return taken;
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
