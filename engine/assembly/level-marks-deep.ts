// Which levels changed, and which were used, where levels are many: a list of the dirty ones, and for each level
// the number of the batch that used it last. Neither costs a batch anything for the levels that it leaves alone.

import { NIL } from './geometry';
import { notesOf } from './level-notes';
import { STOPS } from './records';

/** A level is listed once, and the stop book, too: the list holds them all. */
const DIRTY_LIST: u32 = memory.data((STOPS + 1) * 4, 64) as u32;
let dirtyCount: u32 = 0;
/** Number of the batch at hand. It wraps after 2^32 batches, and a level untouched for so long is then opened in vain. */
let batch: u32 = 1;

/** The level's leaf is to be hashed again. */
// @ts-ignore: decorator
@inline
export function markDirty(level: u32): void {
  const notes = notesOf(level);
  if (notes.isDirty) return;
  notes.isDirty = 1;
  store<u32>(DIRTY_LIST + (dirtyCount << 2), level);
  dirtyCount += 1;
}

/** Takes the mark off a dirty level and returns the level; NIL if there is none. */
export function takeDirtyLevel(_from: u32): u32 {
  if (dirtyCount == 0) return NIL;
  dirtyCount -= 1;
  const level = load<u32>(DIRTY_LIST + (dirtyCount << 2));
  notesOf(level).isDirty = 0;
  return level;
}

/** The level's orders are used in this batch: a witness must open it. */
// @ts-ignore: decorator
@inline
export function markTouched(level: u32): void {
  notesOf(level).touchedIn = batch;
}

export function isTouched(level: u32): bool {
  return notesOf(level).touchedIn == batch;
}

/** A new batch begins. */
export function forgetTouched(): void {
  batch += 1;
}
