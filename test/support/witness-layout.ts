// Where everything is in a witness (PROTOCOL.md §8), read from the bytes alone and not with the engine's own reader.

const HEAD_BYTES = 64;
const IMAGE = HEAD_BYTES;
const LEVELS = IMAGE + 832;
const LEVEL_BYTES = 72;
const ORDER_BYTES = 64;
const COMMAND_BYTES = 32;

/** One price level entry and, when it is opened, its order records. */
export interface LevelPlace {
  readonly side: 'bid' | 'ask';
  readonly entry: number;
  readonly isOpened: boolean;
  readonly ordersFrom: number;
  readonly ordersTo: number;
}

/** Byte offsets inside one witness. */
export interface WitnessLayout {
  readonly image: number;
  readonly levels: readonly LevelPlace[];
  readonly ordersFrom: number;
  readonly commandsFrom: number;
  readonly end: number;
}

export const LEVEL_ENTRY_BYTES = LEVEL_BYTES;
export const ORDER_RECORD_BYTES = ORDER_BYTES;

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function layoutOf(witness: Uint8Array): WitnessLayout {
  const view = viewOf(witness);
  const bidCount = view.getUint32(IMAGE + 8, true);
  const levelCount = bidCount + view.getUint32(IMAGE + 12, true);
  const ordersFrom = LEVELS + levelCount * LEVEL_BYTES;
  const levels: LevelPlace[] = [];
  let at = ordersFrom;
  for (let index = 0; index < levelCount; index++) {
    const entry = LEVELS + index * LEVEL_BYTES;
    const isOpened = view.getUint32(entry + 68, true) === 1;
    const bytes = isOpened ? Number(view.getBigUint64(entry + 16, true)) * ORDER_BYTES : 0;
    levels.push({
      side: index < bidCount ? 'bid' : 'ask',
      entry,
      isOpened,
      ordersFrom: at,
      ordersTo: at + bytes,
    });
    at += bytes;
  }
  const end = at + view.getUint32(16, true) * COMMAND_BYTES;
  if (end !== witness.length) throw new Error(`a witness of ${witness.length} bytes that should have ${end}`);
  return { image: IMAGE, levels, ordersFrom, commandsFrom: at, end };
}

/** A copy of the witness, changed in place by `change`. */
export function changed(
  witness: Uint8Array,
  change: (view: DataView, bytes: Uint8Array) => void,
): Uint8Array {
  const copy = witness.slice();
  change(viewOf(copy), copy);
  return copy;
}

/** A copy without the bytes from `from` to `to`. */
export function without(witness: Uint8Array, from: number, to: number): Uint8Array {
  return new Uint8Array([...witness.subarray(0, from), ...witness.subarray(to)]);
}
