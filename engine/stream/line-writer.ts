const BUFFER_BYTES = 1 << 17;
/** More than any field with its comma or newline: a u64 has 20 digits. */
const FIELD_BYTES_MAX = 21;

const NEWLINE = 0x0a;
const COMMA = 0x2c;
const ZERO = 0x30;
const WORD = 2 ** 32;
const HALF_WORD = 2 ** 16;
const BILLION = 1e9;
/** Below this, `high * 2^32 + low` is exact. */
const EXACT_HIGH_MAX = 2 ** 21;

/** Lines of decimal fields, joined by single newlines with none at the end. Digits go straight into one buffer. */
export class LineWriter {
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  readonly #write: (bytes: Uint8Array) => void;
  #length = 0;
  #isFirstLine = true;

  /** @param write takes a part of the text; the bytes are valid during the call only */
  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write;
  }

  /** Begins a line with its first field, 0 .. 9. */
  line(kind: number): void {
    this.#makeRoom();
    if (!this.#isFirstLine) this.#buffer[this.#length++] = NEWLINE;
    this.#isFirstLine = false;
    this.#buffer[this.#length++] = ZERO + kind;
  }

  /** Adds a field, 0 .. 2^32-1. */
  u32(value: number): void {
    this.#makeRoom();
    this.#buffer[this.#length++] = COMMA;
    this.#digits(value);
  }

  /** Adds the field at `offset`, a little-endian u64. */
  u64(view: DataView, offset: number): void {
    this.#makeRoom();
    this.#buffer[this.#length++] = COMMA;
    const low = view.getUint32(offset, true);
    const high = view.getUint32(offset + 4, true);
    if (high < EXACT_HIGH_MAX) this.#digits(high * WORD + low);
    else this.#wideDigits(high, low);
  }

  /** Hands over what is left. Nothing may follow. */
  end(): void {
    if (this.#length > 0) this.#flush();
  }

  #makeRoom(): void {
    if (this.#length > BUFFER_BYTES - FIELD_BYTES_MAX) this.#flush();
  }

  #flush(): void {
    this.#write(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
  }

  /** 0 .. 2^53-1. */
  #digits(value: number): void {
    if (value < BILLION) {
      this.#shortDigits(value);
      return;
    }
    const billions = Math.floor(value / BILLION);
    this.#shortDigits(billions);
    this.#nineDigits(value - billions * BILLION);
  }

  /** Division by hand, 16 bits at a time: every step stays below 2^53. */
  #wideDigits(high: number, low: number): void {
    const first = Math.floor(high / BILLION);
    const middle = (high - first * BILLION) * HALF_WORD + (low >>> 16);
    const second = Math.floor(middle / BILLION);
    const last = (middle - second * BILLION) * HALF_WORD + (low & 0xffff);
    const third = Math.floor(last / BILLION);
    this.#digits((first * HALF_WORD + second) * HALF_WORD + third);
    this.#nineDigits(last - third * BILLION);
  }

  /** 0 .. 2^24 .. below 10^9 without leading zeros. */
  #shortDigits(value: number): void {
    let end = this.#length + digitCount(value);
    this.#length = end;
    let rest = value;
    do {
      const tens = (rest / 10) | 0;
      end -= 1;
      this.#buffer[end] = ZERO + (rest - tens * 10);
      rest = tens;
    } while (rest !== 0);
  }

  /** Below 10^9, with leading zeros. */
  #nineDigits(value: number): void {
    let rest = value;
    for (let at = this.#length + 8; at >= this.#length; at--) {
      const tens = (rest / 10) | 0;
      this.#buffer[at] = ZERO + (rest - tens * 10);
      rest = tens;
    }
    this.#length += 9;
  }
}

/** Digits of a number below 10^9. */
function digitCount(value: number): number {
  if (value < 1e4) return value < 1e2 ? (value < 1e1 ? 1 : 2) : value < 1e3 ? 3 : 4;
  if (value < 1e6) return value < 1e5 ? 5 : 6;
  return value < 1e7 ? 7 : value < 1e8 ? 8 : 9;
}
