import { COMMAND_BYTES } from './command.ts';
import { copyBytes } from './copy-bytes.ts';
import { ProofbookError } from './proofbook-error.ts';

// A witness of the circuit geometry taken apart, protocol §8. Only lengths are checked: the engine judges the rest.

const MAGIC = 0x54574250;
const HEAD_BYTES = 64;
const IMAGE = HEAD_BYTES;
const OPENED_ORDERS = IMAGE + 16;
const STOPS_OPENED = IMAGE + 20;
const STOP_COUNT = IMAGE + 256 + 16;
const LEVELS = IMAGE + 832;
const LEVEL_BYTES = 72;
const LEVEL_ORDER_COUNT = 16;
const LEVEL_OPENED = 68;
const LEVELS_MAX = 64;
const ORDERS_MAX = 4096;
const ORDER_BYTES = 64;

/** A price level of a state image. */
export interface ImageLevel {
  /** Side and price: what a level is known by as long as it is there. */
  readonly key: string;
  /** Leaf preimage, slot, opened. */
  readonly entry: Uint8Array;
  readonly orderCount: number;
  /** Its order records in queue order; undefined while it is opaque. */
  readonly orders: Uint8Array | undefined;
}

/** The parts of one witness. */
export interface WitnessView {
  /** ns since epoch. */
  readonly timestamp: bigint;
  /** In the order of the image. */
  readonly levels: readonly ImageLevel[];
  readonly stopCount: number;
  /** Records of the waiting stops; undefined while the stop book is opaque. */
  readonly stops: Uint8Array | undefined;
  readonly commands: Uint8Array;
  /** The same witness with these levels and stops in place of its own. */
  withOpened(levels: readonly ImageLevel[], stops: Uint8Array | undefined): Uint8Array;
}

/** @param index place of the witness among its run, for the error. @throws WITNESS_REFUSED */
export function readWitness(witness: Uint8Array, index: number): WitnessView {
  const refuse = (reason: string): never => {
    throw new ProofbookError('WITNESS_REFUSED', { field: `batch ${index} of the run`, reason });
  };
  if (witness.length < LEVELS) refuse(`${witness.length} bytes, a witness has more than ${LEVELS}`);
  const view = new DataView(witness.buffer, witness.byteOffset, witness.byteLength);
  if (view.getUint32(0, true) !== MAGIC) refuse('it does not begin with "PBWT"');
  const bidCount = view.getUint32(IMAGE + 8, true);
  const askCount = view.getUint32(IMAGE + 12, true);
  if (bidCount > LEVELS_MAX || askCount > LEVELS_MAX) refuse(`${bidCount} and ${askCount} levels`);
  const levelCount = bidCount + askCount;
  let at = LEVELS + levelCount * LEVEL_BYTES;
  if (at > witness.length) refuse(`cut short: ${levelCount} levels need ${at} bytes`);
  const take = (count: bigint): Uint8Array => {
    const bytes = count > ORDERS_MAX ? witness.length : Number(count) * ORDER_BYTES;
    if (at + bytes > witness.length) refuse(`cut short: ${count} order records from byte ${at}`);
    at += bytes;
    return copyBytes(witness, at - bytes, at);
  };
  const levels = Array.from({ length: levelCount }, (_, rank): ImageLevel => {
    const entry = LEVELS + rank * LEVEL_BYTES;
    const orderCount = view.getBigUint64(entry + LEVEL_ORDER_COUNT, true);
    const isOpened = view.getUint32(entry + LEVEL_OPENED, true) === 1;
    return {
      key: `${rank < bidCount ? 'bid' : 'ask'} level ${view.getBigUint64(entry, true)}`,
      entry: copyBytes(witness, entry, entry + LEVEL_BYTES),
      orderCount: Number(orderCount),
      orders: isOpened ? take(orderCount) : undefined,
    };
  });
  const stopCount = view.getBigUint64(STOP_COUNT, true);
  const stops = view.getUint32(STOPS_OPENED, true) === 1 ? take(stopCount) : undefined;
  const commands = copyBytes(witness, at);
  if (commands.length !== view.getUint32(16, true) * COMMAND_BYTES) {
    refuse(`${commands.length} bytes of records, its head says ${view.getUint32(16, true)} of them`);
  }
  return {
    timestamp: view.getBigUint64(8, true),
    levels,
    stopCount: Number(stopCount),
    stops,
    commands,
    withOpened: (opened, openedStops) => assemble(witness, opened, openedStops, commands),
  };
}

function assemble(
  witness: Uint8Array,
  levels: readonly ImageLevel[],
  stops: Uint8Array | undefined,
  commands: Uint8Array,
): Uint8Array {
  const fixed = copyBytes(witness, 0, LEVELS);
  const entries = levels.map(({ entry, orders }) => {
    const copy = copyBytes(entry);
    new DataView(copy.buffer).setUint32(LEVEL_OPENED, orders === undefined ? 0 : 1, true);
    return copy;
  });
  const records = [...levels.flatMap(({ orders }) => orders ?? []), ...(stops === undefined ? [] : [stops])];
  const view = new DataView(fixed.buffer);
  view.setUint32(OPENED_ORDERS, records.reduce((sum, { length }) => sum + length, 0) / ORDER_BYTES, true);
  view.setUint32(STOPS_OPENED, stops === undefined ? 0 : 1, true);
  return new Uint8Array(Buffer.concat([fixed, ...entries, ...records, commands]));
}
