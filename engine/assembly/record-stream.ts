// In the guest, records are hashed as they come: a transition as soon as its command is done, a page of commands where
// the witness has it. Memory that a zkVM segment touches costs it more than the instructions that touch it (two hashes of the
// machine's own memory tree for each 8 bytes), so transitions share one place, commands are not copied, and
// no page is read in another segment than it was made in. The roots are those of batch-tree.ts.

import { hashPage, pageCount, rootOfLeaves } from './batch-tree';
import { hashPageBlock } from './blake3';
import { COMMAND_BYTES, DIGEST_BYTES, PAGE_BYTES, TRANSITION_BYTES, TREE_LEAVES } from './geometry';
import { commandAt, COMMANDS_BUFFER, takeCommandsFrom, TRANSITIONS_BUFFER } from './records';
import { releaseTransitions, transitionsEnd } from './transition-log';

const COMMANDS_PER_PAGE: u32 = PAGE_BYTES / COMMAND_BYTES;
const TRANSITIONS_PER_PAGE: u32 = PAGE_BYTES / TRANSITION_BYTES;

const COMMAND_LEAVES: u32 = memory.data(TREE_LEAVES * DIGEST_BYTES, 64) as u32;
const TRANSITION_LEAVES: u32 = memory.data(TREE_LEAVES * DIGEST_BYTES, 64) as u32;
const EMPTY_RECORD: u32 = memory.data(TRANSITION_BYTES, 64) as u32;
/**
 * Written when matching, hashing of transitions, and hashing of commands end: who runs the guest instruction by
 * instruction sees from these stores what each took.
 */
export const PHASE_MARKS: u32 = memory.data(16, 16) as u32;

let isOn: bool = false;
let transitionsHashed: u32 = 0;
let commandPagesHashed: u32 = 0;

/** From now on, beginning with the batch whose commands are at `commands`. */
export function streamRecords(commands: u32): void {
  isOn = true;
  takeCommandsFrom(commands);
}

// @ts-ignore: decorator
@inline
export function isStreamed(): bool {
  return isOn;
}

/** To be called behind each command; `commandCount` are done. */
// @ts-ignore: decorator
@inline
export function hashNewRecords(commandCount: u32): void {
  if (isOn) hashRecords(commandCount);
}

function hashRecords(commandCount: u32): void {
  store<u32>(PHASE_MARKS, 1, 0);
  const end = transitionsEnd();
  for (let transition = TRANSITIONS_BUFFER; transition < end; transition += TRANSITION_BYTES) hashTransition(transition);
  releaseTransitions();
  store<u32>(PHASE_MARKS, 1, 4);
  while ((commandPagesHashed + 1) * COMMANDS_PER_PAGE <= commandCount) hashCommandPage();
  store<u32>(PHASE_MARKS, 1, 8);
}

function hashTransition(transition: u32): void {
  const page = transitionsHashed / TRANSITIONS_PER_PAGE;
  hashPageBlock(TRANSITION_LEAVES + page * DIGEST_BYTES, transition, transitionsHashed % TRANSITIONS_PER_PAGE);
  transitionsHashed += 1;
}

function hashCommandPage(): void {
  hashPage(changetype<u32>(commandAt(0)), commandPagesHashed, COMMAND_LEAVES);
  commandPagesHashed += 1;
}

/** The root over the commands. The witness ends with them: the rest of the last page behind it is cleared. */
export function finishCommands(commandCount: u32, out: u32): void {
  const length = commandCount * COMMAND_BYTES;
  const pages = pageCount(length);
  memory.fill(changetype<u32>(commandAt(commandCount)), 0, pages * PAGE_BYTES - length);
  if (commandPagesHashed < pages) hashCommandPage();
  rootOfLeaves(COMMAND_LEAVES, pages, out);
}

/** The root over the transitions, the last page filled up with zeros. */
export function finishTransitions(transitionCount: u32, out: u32): void {
  while (transitionsHashed % TRANSITIONS_PER_PAGE != 0) hashTransition(EMPTY_RECORD);
  rootOfLeaves(TRANSITION_LEAVES, pageCount(transitionCount * TRANSITION_BYTES), out);
}

/** The batch is sealed. A guest that goes on to the next one puts its commands into their buffer. */
export function beginNextStream(): void {
  transitionsHashed = 0;
  commandPagesHashed = 0;
  takeCommandsFrom(COMMANDS_BUFFER);
}
