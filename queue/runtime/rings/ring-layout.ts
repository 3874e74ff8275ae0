// Where everything in a ring's shared memory is (docs/runtime.md). Offsets are bytes unless a name ends in WORD: then they count u32s.

/** A cache line of every machine that this runs on. */
export const CACHE_LINE_BYTES = 64;
/** Between two cursors: two lines, for the hardware fetches lines in pairs. */
export const CURSOR_SPACING_BYTES = 128;
/** One command and its extension, or one transition (protocol §3, §5). */
export const SLOT_BYTES = 64;
/** What travels beside a slot: publication stamp i32, origin u32, arrival time f64. */
export const NOTE_BYTES = 16;
/** Most consumers that a ring can have, each with a cursor of its own. */
export const CONSUMERS_MAX = 8;
/** Slots of the smallest and of the largest ring. The largest keeps every byte offset within an i32. */
export const CAPACITY_MIN = 2;
export const CAPACITY_MAX = 2 ** 22;

/** 'PBRG', read as a little-endian u32. */
export const RING_MAGIC = 0x47524250;
export const RING_VERSION = 1;

export const MAGIC_WORD = 0;
export const VERSION_WORD = 1;
export const KIND_WORD = 2;
export const CAPACITY_WORD = 3;
export const CONSUMERS_WORD = 4;

const WORDS_PER_CURSOR = CURSOR_SPACING_BYTES / 4;

/** The producers' cursor: the sequence behind the last one that was published (one producer) or claimed (many). */
export const PRODUCER_WORD = WORDS_PER_CURSOR;
/** How many threads sleep until this ring changes, and what they sleep on (event-count.ts). */
export const SLEEPERS_WORD = 2 * WORDS_PER_CURSOR;
export const ACTIVITY_WORD = SLEEPERS_WORD + CACHE_LINE_BYTES / 4;
const FIRST_CONSUMER_WORD = 3 * WORDS_PER_CURSOR;

/** The sequence behind the last slot that a consumer is done with. @param consumer 0 .. CONSUMERS_MAX-1 */
export function consumerWord(consumer: number): number {
  return FIRST_CONSUMER_WORD + consumer * WORDS_PER_CURSOR;
}

export const SLOTS_OFFSET = (3 + CONSUMERS_MAX) * CURSOR_SPACING_BYTES;

/** Where the notes begin, behind the slots. */
export function notesOffset(capacity: number): number {
  return SLOTS_OFFSET + capacity * SLOT_BYTES;
}

/** Shared memory that a ring of `capacity` slots takes. */
export function ringBytes(capacity: number): number {
  return notesOffset(capacity) + capacity * NOTE_BYTES;
}
