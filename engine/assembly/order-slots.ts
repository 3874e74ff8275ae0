// The 4096 order slots: a committed bitmap (protocol §6, leaves 136..143), and where its lowest free slot can
// be at the earliest. The build puts order-slots-deep.ts in the place of this file for a geometry of more orders.

import { LEAF_SLOT_BITMAP, ORDERS } from './geometry';
import { DIRTY_SLOT_LEAVES, FIRST_FREE_WORD } from './low-bytes';
import { bookSide, SLOT_BITMAP, stopBook } from './records';

/** Said by `takeDirtySlotLeaf`: no leaf changed. */
export const NO_SLOT_LEAF: u32 = u32.MAX_VALUE;

/** Words of 32 bits: the guest's machine has no others. */
const WORDS: u32 = ORDERS / 32;
const WORDS_PER_LEAF_LOG2: u32 = 4;
const LEAVES: u32 = 8;

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

/** False: there is a free slot, for sure. A look at one word, where `areSlotsFull` adds up. */
// @ts-ignore: decorator
@inline
export function mayBeFull(): bool {
  return takenSlots(load<u8>(FIRST_FREE_WORD)) == u32.MAX_VALUE;
}

/** Takes the lowest free slot. The caller has made sure that there is one. */
export function takeSlot(): u32 {
  if (mayBeFull()) passFullWords();
  const word: u32 = load<u8>(FIRST_FREE_WORD);
  const bits = takenSlots(word);
  // Setting the lowest clear bit is an addition.
  store<u32>(wordAt(word), bits | (bits + 1));
  markLeaf(word >> WORDS_PER_LEAF_LOG2);
  return (word << 5) | ctz<u32>(~bits);
}

function passFullWords(): void {
  let word: u32 = load<u8>(FIRST_FREE_WORD);
  while (takenSlots(word) == u32.MAX_VALUE) word += 1;
  store<u8>(FIRST_FREE_WORD, word);
}

/** Gives a taken slot back. */
export function releaseSlot(slot: u32): void {
  const at = SLOT_BITMAP + (slot >> 3);
  // The bit is set: to flip it is to clear it.
  store<u8>(at, (load<u8>(at) as u32) ^ ((1 as u32) << (slot & 7)));
  const word = slot >> 5;
  if (word < load<u8>(FIRST_FREE_WORD)) store<u8>(FIRST_FREE_WORD, word);
  markLeaf(word >> WORDS_PER_LEAF_LOG2);
}

// @ts-ignore: decorator
@inline
function markLeaf(leaf: u32): void {
  store<u8>(DIRTY_SLOT_LEAVES + leaf, 1);
}

/** Reads the bitmap anew, after the bytes under it were replaced. Returns how many slots are taken. */
export function indexSlots(): u32 {
  let taken: u32 = 0;
  for (let word: u32 = 0; word < WORDS; ++word) {
    const bits = load<u32>(wordAt(word));
    if (bits != 0) taken += popcnt<u32>(bits);
  }
  store<u8>(FIRST_FREE_WORD, 0);
  memory.fill(DIRTY_SLOT_LEAVES, 1, LEAVES);
  return taken;
}

/** Takes the mark off a bitmap leaf that changed, and returns its number from `LEAF_SLOT_BITMAP` on; NO_SLOT_LEAF if there is none. */
export function takeDirtySlotLeaf(): u32 {
  const marks = load<u64>(DIRTY_SLOT_LEAVES);
  if (marks == 0) return NO_SLOT_LEAF;
  const index = (ctz<u64>(marks) as u32) >> 3;
  store<u8>(DIRTY_SLOT_LEAVES + index, 0);
  return index;
}

/** Address of the 64-byte preimage of state leaf `LEAF_SLOT_BITMAP + index`. */
// @ts-ignore: decorator
@inline
export function slotLeafPreimage(index: u32): u32 {
  return SLOT_BITMAP + index * 64;
}

if (LEAF_SLOT_BITMAP + LEAVES != 144 || WORDS >> WORDS_PER_LEAF_LOG2 != LEAVES) ERROR('the slot bitmap fills leaves 136..143');
if (WORDS > 256) ERROR('a byte numbers the words');
