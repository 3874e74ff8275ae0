import { COMMAND_BYTES } from './command.ts';

const WITNESS_HEAD_BYTES = 64;
const MAGIC = 0x54574250;
const VERSION = 1;

// The state image, as in protocol §8.
const BID_LEVELS_OFFSET = 8;
const ASK_LEVELS_OFFSET = 12;
const OPENED_ORDERS_OFFSET = 16;
const STOPS_OPENED_OFFSET = 20;
const STOP_COUNT_OFFSET = 256 + 16;
const LEVELS_OFFSET = 832;
const LEVEL_ENTRY_BYTES = 72;
const LEVEL_ORDER_COUNT_OFFSET = 16;
const LEVEL_SLOT_OFFSET = 64;
const LEVEL_OPENED_OFFSET = 68;
const ORDER_BYTES = 64;

/** What a batch did, as the guest must see it. */
export interface WitnessParts {
  /** State image before the batch, every level and the stop book opened. */
  readonly preState: Uint8Array;
  /** Level slots whose orders the batch used, one bit each: the levels to open. */
  readonly touchedBids: bigint;
  readonly touchedAsks: bigint;
  /** Whether the batch used the waiting stops: if so, they are opened. */
  readonly areStopsTouched: boolean;
  readonly commands: Uint8Array;
  readonly timestamp: bigint;
  readonly journalDigest: Uint8Array;
}

/** The witness of one batch (protocol §8): what it touched opened, the other levels and stops opaque. */
export function buildWitness(parts: WitnessParts): Uint8Array {
  const image = closeUntouched(parts);
  const witness = new Uint8Array(WITNESS_HEAD_BYTES + image.length + parts.commands.length);
  const view = new DataView(witness.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setBigUint64(8, parts.timestamp, true);
  view.setUint32(16, parts.commands.length / COMMAND_BYTES, true);
  witness.set(parts.journalDigest, 32);
  witness.set(image, WITNESS_HEAD_BYTES);
  witness.set(parts.commands, WITNESS_HEAD_BYTES + image.length);
  return witness;
}

/** The state image without the orders of levels that nothing touched, and without the stops if nothing touched them. */
function closeUntouched(parts: WitnessParts): Uint8Array {
  const image = parts.preState;
  const source = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const bidLevels = source.getUint32(BID_LEVELS_OFFSET, true);
  const levels = bidLevels + source.getUint32(ASK_LEVELS_OFFSET, true);
  const ordersOffset = LEVELS_OFFSET + levels * LEVEL_ENTRY_BYTES;
  const closed = image.slice();
  const view = new DataView(closed.buffer);
  let from = ordersOffset;
  let to = ordersOffset;
  for (let index = 0; index < levels; index++) {
    const entry = LEVELS_OFFSET + index * LEVEL_ENTRY_BYTES;
    const slot = BigInt(source.getUint32(entry + LEVEL_SLOT_OFFSET, true));
    const bytes = Number(source.getBigUint64(entry + LEVEL_ORDER_COUNT_OFFSET, true)) * ORDER_BYTES;
    const touched = index < bidLevels ? parts.touchedBids : parts.touchedAsks;
    if (((touched >> slot) & 1n) === 1n) {
      closed.copyWithin(to, from, from + bytes);
      to += bytes;
    } else {
      view.setUint32(entry + LEVEL_OPENED_OFFSET, 0, true);
    }
    from += bytes;
  }
  const stopBytes = Number(source.getBigUint64(STOP_COUNT_OFFSET, true)) * ORDER_BYTES;
  if (parts.areStopsTouched) {
    closed.copyWithin(to, from, from + stopBytes);
    to += stopBytes;
  } else if (stopBytes > 0) {
    // A stop book that holds none is never closed.
    view.setUint32(STOPS_OPENED_OFFSET, 0, true);
  }
  view.setUint32(OPENED_ORDERS_OFFSET, (to - ordersOffset) / ORDER_BYTES, true);
  return closed.subarray(0, to);
}
