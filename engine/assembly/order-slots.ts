// The 4096 order slots: a committed bitmap (protocol §6, leaves 136..143), with one word of words above it
// so that the lowest free slot is two bit scans away.

import { LEAF_SLOT_BITMAP, ORDERS } from './geometry';
import { SLOT_BITMAP } from './records';

/** Bit w is set when word w of the bitmap is full. Derived, not committed. */
let fullWords: u64 = 0;
/** Bit i is set when bitmap leaf i changed since the last state root. */
let dirtyLeaves: u32 = 0;

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
  return fullWords == u64.MAX_VALUE;
}

/** Takes the lowest free slot. The caller has made sure that there is one. */
export function takeSlot(): u32 {
  const word = ctz<u64>(~fullWords) as u32;
  const bits = load<u64>(wordAt(word));
  const bit = ctz<u64>(~bits) as u32;
  const taken = bits | ((1 as u64) << bit);
  store<u64>(wordAt(word), taken);
  if (taken == u64.MAX_VALUE) fullWords |= (1 as u64) << word;
  dirtyLeaves |= 1 << (word >> WORDS_PER_LEAF_LOG2);
  return (word << 6) | bit;
}

export function releaseSlot(slot: u32): void {
  const word = slot >> 6;
  store<u64>(wordAt(word), load<u64>(wordAt(word)) & ~((1 as u64) << (slot & 63)));
  fullWords &= ~((1 as u64) << word);
  dirtyLeaves |= 1 << (word >> WORDS_PER_LEAF_LOG2);
}

/** Reads the bitmap anew, after the bytes under it were replaced. Returns how many slots are taken. */
export function indexSlots(): u32 {
  let taken: u64 = 0;
  fullWords = 0;
  for (let word: u32 = 0; word < WORDS; ++word) {
    const bits = load<u64>(wordAt(word));
    if (bits == 0) continue;
    taken += popcnt<u64>(bits);
    if (bits == u64.MAX_VALUE) fullWords |= (1 as u64) << word;
  }
  dirtyLeaves = 0xff;
  return taken as u32;
}

/** The bitmap leaves that changed since the last call, as bits 0..7 (leaf 136 + bit). */
export function takeDirtySlotLeaves(): u32 {
  const leaves = dirtyLeaves;
  dirtyLeaves = 0;
  return leaves;
}

/** Address of the 64-byte preimage of state leaf `LEAF_SLOT_BITMAP + index`. */
// @ts-ignore: decorator
@inline
export function slotLeafPreimage(index: u32): u32 {
  return SLOT_BITMAP + index * 64;
}

if (ORDERS / 512 + LEAF_SLOT_BITMAP != 144) ERROR('the slot bitmap fills leaves 136..143');
