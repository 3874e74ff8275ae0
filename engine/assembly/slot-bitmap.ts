// A bitmap of many slots that finds its lowest free one in three steps: above the words, one bit for each full
// word, and above those, one bit for each full word of them. Every function is inlined, and the sizes are constants.

// @ts-ignore: decorator
@inline
function setBit(tier: u32, bit: u32): u64 {
  const word = tier + ((bit >> 6) << 3);
  const bits = load<u64>(word) | ((1 as u64) << (bit & 63));
  store<u64>(word, bits);
  return bits;
}

/** Returns the word as it was. */
// @ts-ignore: decorator
@inline
function clearBit(tier: u32, bit: u32): u64 {
  const word = tier + ((bit >> 6) << 3);
  const bits = load<u64>(word);
  store<u64>(word, bits & ~((1 as u64) << (bit & 63)));
  return bits;
}

// @ts-ignore: decorator
@inline
export function isBitSet(first: u32, slot: u32): bool {
  return ((load<u64>(first + ((slot >> 6) << 3)) >> (slot & 63)) & 1) != 0;
}

/** Takes a slot that is free. */
// @ts-ignore: decorator
@inline
export function setSlot(first: u32, second: u32, third: u32, slot: u32): void {
  if (setBit(first, slot) == u64.MAX_VALUE && setBit(second, slot >> 6) == u64.MAX_VALUE) setBit(third, slot >> 12);
}

/** Takes the lowest free slot. The caller has made sure that there is one. */
// @ts-ignore: decorator
@inline
export function takeLowestSlot(first: u32, second: u32, third: u32): u32 {
  let word: u32 = 0;
  while (load<u64>(third + (word << 3)) == u64.MAX_VALUE) word += 1;
  word = (word << 6) | (ctz<u64>(~load<u64>(third + (word << 3))) as u32);
  word = (word << 6) | (ctz<u64>(~load<u64>(second + (word << 3))) as u32);
  const slot = (word << 6) | (ctz<u64>(~load<u64>(first + (word << 3))) as u32);
  setSlot(first, second, third, slot);
  return slot;
}

/** Gives a taken slot back. */
// @ts-ignore: decorator
@inline
export function clearSlot(first: u32, second: u32, third: u32, slot: u32): void {
  if (clearBit(first, slot) == u64.MAX_VALUE && clearBit(second, slot >> 6) == u64.MAX_VALUE) clearBit(third, slot >> 12);
}

/** Makes the upper tiers anew from the first, and returns how many slots are taken. */
export function indexBitmap(first: u32, second: u32, third: u32, slots: u32): u32 {
  let taken: u32 = 0;
  memory.fill(second, 0, slots >> 9);
  memory.fill(third, 0, slots >> 15);
  for (let word: u32 = 0; word < slots >> 6; ++word) {
    const bits = load<u64>(first + (word << 3));
    taken += popcnt<u64>(bits) as u32;
    if (bits == u64.MAX_VALUE && setBit(second, word) == u64.MAX_VALUE) setBit(third, word >> 6);
  }
  return taken;
}
