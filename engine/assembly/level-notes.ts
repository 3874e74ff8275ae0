// What the deep geometry notes about a level beside its queue, so that both share half a cache line. Layout
// only: none of it is committed.

import { QUEUE_STRIDE } from './geometry';
import { Queue, queueAt } from './records';

@unmanaged
export class LevelNotes {
  /** The radix node that holds the level, 0 for the root, HOT_NODE for none. */
  node: u32;
  /** The last batch, counted from the opening of the module, that used the level's orders. */
  touchedIn: u32;
  /** 1 when the level is in the list of dirty levels. */
  isDirty: u32;
  reserved: u32;
}

// @ts-ignore: decorator
@inline
export function notesOf(level: u32): LevelNotes {
  return changetype<LevelNotes>(changetype<u32>(queueAt(level)) + offsetof<Queue>());
}

if (offsetof<Queue>() + offsetof<LevelNotes>() != QUEUE_STRIDE) ERROR('notes fill what a queue leaves');
