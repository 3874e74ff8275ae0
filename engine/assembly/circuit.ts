// The module's flat interface. A module instance holds one market: open it once (genesis, state image, or a
// whole witness), then apply and seal batches. Buffers are at fixed addresses; nothing is imported and
// nothing is allocated.

import './low-bytes';
import { applyBatch, JOURNAL, JOURNAL_DIGEST, sealBatch } from './batch';
import { compress, compressionCount, hashChunk, hashChunkKeyed, sameDigest } from './blake3';
import { Status } from './codes';
import { COMMAND_BYTES, DIGEST_BYTES, LEVELS_PER_SIDE, MAX_COMMANDS, PAGE_BYTES } from './geometry';
import { clearQueue } from './empty-level';
import { isTouched } from './level-marks';
import { checkConfig } from './market-config';
import { bestCursor, levelAtCursor, NO_CURSOR, worseCursor } from './price-levels';
import {
  bookSide,
  COMMANDS_BUFFER,
  CONFIG,
  CONFIG_BYTES,
  HEADER,
  header,
  levelAt,
  STOPS,
  TRANSITIONS_BUFFER,
} from './records';
import { PHASE_MARKS, streamRecords } from './record-stream';
import { readStateImage, STATE_IMAGE_MAX, stateImageBytes, writeStateImage } from './state-image';
import { stateRoot, updateStateRoot } from './state-tree';
import { transitionCount } from './transition-log';

export { applyBatch, compress, compressionCount, sealBatch, transitionCount };
export { levelsCapacity, levelsHighWater, ordersCapacity, ordersHighWater, ordersInUse } from './pool-usage';

const WITNESS_MAGIC: u32 = 0x54574250; // PBWT
const WITNESS_VERSION: u32 = 1;

/** Protocol §8. The expected journal digest, a state image and the command records follow. */
@unmanaged
class WitnessHead {
  magic: u32;
  version: u32;
  timestamp: u64;
  commandCount: u32;
  reserved: u32;
  reserved2: u64;
}

const EXPECTED_DIGEST_OFFSET: u32 = 32;
const WITNESS_HEAD_BYTES: u32 = 64;
const INPUT_BYTES: u32 = WITNESS_HEAD_BYTES + STATE_IMAGE_MAX + MAX_COMMANDS * COMMAND_BYTES;
const INPUT: u32 = memory.data(INPUT_BYTES, 64) as u32;

if (offsetof<WitnessHead>() != EXPECTED_DIGEST_OFFSET) ERROR('the expected journal digest begins at 32');

/** A module that holds a state takes no other. */
let isOpen: bool = false;

export function inputPointer(): u32 {
  return INPUT;
}

export function inputCapacity(): u32 {
  return INPUT_BYTES;
}

export function commandsPointer(): u32 {
  return COMMANDS_BUFFER;
}

export function transitionsPointer(): u32 {
  return TRANSITIONS_BUFFER;
}

export function journalPointer(): u32 {
  return JOURNAL;
}

export function journalDigestPointer(): u32 {
  return JOURNAL_DIGEST;
}

/** Three words that the guest writes as it goes from matching to hashing and back: see record-stream.ts. */
export function phaseMarksPointer(): u32 {
  return PHASE_MARKS;
}

export function headerPointer(): u32 {
  return HEADER;
}

/** State root as of the last seal or opening. */
export function stateRootPointer(): u32 {
  return stateRoot();
}

/** Levels of a side (0 bid, 1 ask) whose orders the last batch used: level slots 64 * `word` to 64 * `word` + 63, one bit each. */
export function touchedLevels(side: u32, word: u32): u64 {
  if (word >= LEVELS_PER_SIDE / 64) unreachable();
  const first = (side & 1) * LEVELS_PER_SIDE + word * 64;
  let touched: u64 = 0;
  for (let slot: u32 = 0; slot < 64; ++slot) touched |= (isTouched(first + slot) as u64) << slot;
  return touched;
}

/** True when the last batch used the waiting stops. */
export function areStopsTouched(): bool {
  return isTouched(STOPS);
}

export function levelCount(side: u32): u32 {
  return bookSide(side & 1).levelCount;
}

/** Where a walk over the levels of a side begins, best first: a cursor, or 0 when there is none. */
export function bestLevelCursor(side: u32): u32 {
  return bestCursor(side & 1);
}

/** The cursor of the next worse level, or 0. Until the next batch, every cursor that a walk gave stays good. */
export function worseLevelCursor(side: u32, cursor: u32): u32 {
  return worseCursor(side & 1, cursor);
}

/** Leaf preimage of the level that the cursor is at. */
export function levelPointer(side: u32, cursor: u32): u32 {
  if (cursor == NO_CURSOR) unreachable();
  return changetype<u32>(levelAt(levelAtCursor(side & 1, cursor)));
}

/**
 * Replaces the first 32 bytes of the input by their hash: BLAKE3 of `length` bytes, keyed by the 32 bytes
 * behind them if `keyed`.
 */
export function hashInput(length: u32, keyed: bool): void {
  if (length > PAGE_BYTES) unreachable();
  if (keyed) hashChunkKeyed(INPUT + length, INPUT, length, JOURNAL_DIGEST);
  else hashChunk(INPUT, length, JOURNAL_DIGEST);
  memory.copy(INPUT, JOURNAL_DIGEST, DIGEST_BYTES);
}

/** Opens the empty book of the market config in the input. */
export function openGenesis(): Status {
  open();
  memory.copy(CONFIG, INPUT, CONFIG_BYTES);
  clearQueue(STOPS);
  updateStateRoot();
  return checkConfig();
}

/** Opens the state image of `length` bytes in the input. */
export function openState(length: u32): Status {
  open();
  if (length > INPUT_BYTES || length & 7) return Status.Truncated;
  const status = readStateImage(INPUT, length);
  if (status != Status.Ok) return status;
  return length == stateImageBytes() ? Status.Ok : Status.Trailing;
}

/** Writes the state image of the last sealed state to the input and returns its length. */
export function writeState(): u32 {
  return writeStateImage(INPUT);
}

/**
 * The guest's whole work: opens the witness of `length` bytes in the input, applies and seals its batch, and
 * checks its journal digest.
 */
export function proveBatch(length: u32): Status {
  open();
  if (length > INPUT_BYTES || length < WITNESS_HEAD_BYTES || length & 7) return Status.Truncated;
  const head = changetype<WitnessHead>(INPUT);
  if (head.magic != WITNESS_MAGIC || head.version != WITNESS_VERSION) return Status.Magic;
  if (head.reserved || head.reserved2) return Status.Reserved;
  const count = head.commandCount;
  if (count - 1 >= MAX_COMMANDS) return Status.CommandCount;

  const status = readStateImage(INPUT + WITNESS_HEAD_BYTES, length - WITNESS_HEAD_BYTES);
  if (status != Status.Ok) return status;
  const commands = WITNESS_HEAD_BYTES + stateImageBytes();
  const commandBytes = count * COMMAND_BYTES;
  if (length - commands < commandBytes) return Status.Truncated;
  if (length - commands > commandBytes) return Status.Trailing;
  if (head.timestamp < header().timestamp) return Status.Timestamp;

  streamRecords(INPUT + commands);
  if (applyBatch(count, head.timestamp) != count) return Status.CommandCount;
  sealBatch();
  return sameDigest(JOURNAL_DIGEST, INPUT + EXPECTED_DIGEST_OFFSET) ? Status.Ok : Status.JournalDigest;
}

function open(): void {
  if (isOpen) unreachable();
  isOpen = true;
}
