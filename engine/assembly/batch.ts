// One batch (protocol §7): apply the commands, then seal it: roots, journal, journal digest.

import { applyCommands } from './apply';
import { batchRoot } from './batch-tree';
import { hashChunk } from './blake3';
import { COMMAND_BYTES, DIGEST_BYTES, IS_PROVEN, MAX_COMMANDS, TRANSITION_BYTES } from './geometry';
import { forgetTouched } from './level-marks';
import { CONFIG_DIGEST } from './market-config';
import { COMMANDS_BUFFER, CONFIG, header, TRANSITIONS_BUFFER } from './records';
import { beginNextStream, finishCommands, finishTransitions, isStreamed } from './record-stream';
import { stateRoot, updateStateRoot } from './state-tree';
import { clearTransitions, transitionCount } from './transition-log';
import { copyDigest } from './zero-subtrees';

const JOURNAL_BYTES: u32 = 256;
const JOURNAL_MAGIC: u32 = 0x4e4a4250; // PBJN
const JOURNAL_VERSION: u32 = 1;

/** Protocol §7; the roots follow it. */
@unmanaged
class JournalHead {
  magic: u32;
  version: u32;
  marketId: u64;
  batchNumber: u64;
  firstSequence: u64;
  lastSequence: u64;
  commandCount: u32;
  transitionCount: u32;
  timestamp: u64;
  reserved: u64;
}

export const JOURNAL: u32 = memory.data(JOURNAL_BYTES, 64) as u32;
export const JOURNAL_DIGEST: u32 = memory.data(DIGEST_BYTES, 64) as u32;
const JOURNAL_CONFIG_DIGEST: u32 = JOURNAL + 64;
const PRE_STATE_ROOT: u32 = JOURNAL + 96;
const POST_STATE_ROOT: u32 = JOURNAL + 128;
const COMMANDS_ROOT: u32 = JOURNAL + 160;
const TRANSITIONS_ROOT: u32 = JOURNAL + 192;
const MARKET_ID: u32 = CONFIG + 8;

if (offsetof<JournalHead>() != 64) ERROR('the roots of a journal begin at 64');

/**
 * Applies up to `recordCount` records from the command buffer as the next batch and returns how many it took.
 * The last state root is up to date. The journal keeps what is known before the batch: the rest is
 * `sealBatch`.
 */
export function applyBatch(recordCount: u32, timestamp: u64): u32 {
  if (recordCount - 1 >= MAX_COMMANDS || timestamp < header().timestamp) unreachable();
  const journal = changetype<JournalHead>(JOURNAL);
  copyDigest(PRE_STATE_ROOT, stateRoot());
  journal.firstSequence = header().sequence + 1;
  header().batchNumber += 1;
  header().timestamp = timestamp;
  forgetTouched();
  clearTransitions();
  const taken = applyCommands(recordCount);
  journal.commandCount = taken;
  return taken;
}

/** Computes the three roots, the journal and its digest for the batch that was just applied. */
export function sealBatch(): void {
  const journal = changetype<JournalHead>(JOURNAL);
  journal.magic = JOURNAL_MAGIC;
  journal.version = JOURNAL_VERSION;
  journal.marketId = load<u64>(MARKET_ID);
  journal.batchNumber = header().batchNumber;
  journal.lastSequence = header().sequence;
  journal.transitionCount = transitionCount();
  journal.timestamp = header().timestamp;
  copyDigest(JOURNAL_CONFIG_DIGEST, CONFIG_DIGEST);
  updateStateRoot();
  copyDigest(POST_STATE_ROOT, stateRoot());
  if (IS_PROVEN && isStreamed()) {
    finishCommands(journal.commandCount, COMMANDS_ROOT);
    finishTransitions(journal.transitionCount, TRANSITIONS_ROOT);
    beginNextStream();
  } else {
    batchRoot(COMMANDS_BUFFER, journal.commandCount * COMMAND_BYTES, COMMANDS_ROOT);
    batchRoot(TRANSITIONS_BUFFER, journal.transitionCount * TRANSITION_BYTES, TRANSITIONS_ROOT);
  }
  hashChunk(JOURNAL, JOURNAL_BYTES, JOURNAL_DIGEST);
}
