import { chooseFixScan, type FixScanKind, instantiateFixScan } from './fix-scan-module.ts';

/** What became of the bytes at a place: a message, the start of one, or why they are garbled (FIX 4.4 volume 2). */
export const SCAN = {
  complete: 0,
  partial: 1,
  noBeginString: 2,
  badBodyLength: 3,
  noMsgType: 4,
  noTrailer: 5,
  badChecksum: 6,
  tooManyFields: 7,
} as const;

/** Most fields of one message, its header and trailer included. */
const FIELDS_MAX = 1024;

const ROW = 3;

/**
 * Splits one connection's bytes into FIX messages and lists their fields, without allocating.
 *
 * Bytes are written at {@link free} (or read there by the socket) and said to be there by {@link filled}; then {@link next} is
 * called until it gives `SCAN.partial`. Offsets are in {@link bytes} and hold until the next `filled`.
 */
export class FixScanner {
  /** The whole input buffer. */
  readonly bytes: Buffer;
  /** Rows of tag, offset, length. A tag of 0 stands for a field that has no valid tag. */
  readonly fields: Uint32Array;
  /** Rows of the last message that was complete; 0 after any other result. */
  fieldCount = 0;
  readonly #result: Uint32Array;
  readonly #scan: (begin: number, end: number) => number;
  #begin = 0;
  #end = 0;

  constructor(kind: FixScanKind = chooseFixScan()) {
    const module = instantiateFixScan(kind);
    const { buffer } = module.memory;
    this.bytes = Buffer.from(buffer, module.inputPointer(), module.inputCapacity());
    this.fields = new Uint32Array(buffer, module.tablePointer(), FIELDS_MAX * ROW);
    this.#result = new Uint32Array(buffer, module.resultPointer(), 3);
    this.#scan = module.scan;
  }

  /** First byte that is free; from here to the end of `bytes` may be written. */
  get free(): number {
    return this.#end;
  }

  /** Where the bytes begin that are not read yet: after a `complete`, the end of that message. */
  get position(): number {
    return this.#begin;
  }

  /** Says that `count` bytes were written at `free`. @throws RangeError past the end of the buffer */
  filled(count: number): void {
    if (count < 0 || this.#end + count > this.bytes.length) throw new RangeError(`${count} bytes do not fit`);
    this.#end += count;
  }

  /** Moves what is left to the front, so that a whole message fits behind `free`. Offsets of before are void. */
  compact(): void {
    if (this.#begin === 0) return;
    this.bytes.copyWithin(0, this.#begin, this.#end);
    this.#end -= this.#begin;
    this.#begin = 0;
  }

  /** Reads on: one of {@link SCAN}. A garbled stretch is passed over. */
  next(): number {
    const status = this.#scan(this.#begin, this.#end);
    this.#begin = this.#result[0] as number;
    this.fieldCount = this.#result[1] as number;
    return status;
  }

  /** Row of the first field with this tag at or behind row `from`, or -1. */
  find(tag: number, from = 0): number {
    const { fields, fieldCount } = this;
    for (let row = from; row < fieldCount; ++row) if (fields[row * ROW] === tag) return row;
    return -1;
  }

  /** Tag of a row. */
  tagAt(row: number): number {
    return this.fields[row * ROW] as number;
  }

  offsetAt(row: number): number {
    return this.fields[row * ROW + 1] as number;
  }

  /** Bytes of a row's value. */
  lengthAt(row: number): number {
    return this.fields[row * ROW + 2] as number;
  }

  /** The value as text; allocates, so not for the hot path. */
  textAt(row: number): string {
    const offset = this.offsetAt(row);
    return this.bytes.toString('latin1', offset, offset + this.lengthAt(row));
  }

  /** The value as a number of at most 15 digits, or -1. */
  numberAt(row: number): number {
    const length = this.lengthAt(row);
    if (length === 0 || length > 15) return -1;
    const offset = this.offsetAt(row);
    let value = 0;
    for (let at = offset; at < offset + length; ++at) {
      const digit = (this.bytes[at] as number) - 48;
      if (digit < 0 || digit > 9) return -1;
      value = value * 10 + digit;
    }
    return value;
  }
}
