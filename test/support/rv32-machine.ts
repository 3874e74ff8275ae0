// An RV32IM machine with the zkVM's own four instructions and ours for BLAKE3, written from the RISC-V manual, the encodings of the
// openvm guest crates, and guest/runtime/compress.h. It runs the committed guest without any prover: an independent answer to what
// the ELF does, in exact instruction counts.

import { compress } from './blake3-compress.ts';

/** How a program ended. */
export interface Run {
  readonly exitCode: number;
  /** Every instruction executed, the last one included. */
  readonly instructionCount: number;
  /** The 32 bytes of public values; zeros where nothing was revealed. */
  readonly publicValues: Uint8Array;
  /** For each watched address, how many instructions had run at each store to it. */
  readonly storesAt: ReadonlyMap<number, readonly number[]>;
}

/** Enough for what guest.ld lays out; an address beyond it throws. */
const MEMORY_BYTES = 1 << 22;
const INSTRUCTIONS_MAX = 50_000_000;
const PUBLIC_VALUE_BYTES = 32;
const HINT_WORDS_MAX = 1023;

/**
 * Runs an ELF on its inputs, one or several, until it terminates. Throws when it does what the zkVM refuses.
 *
 * @param watched addresses whose stores are counted: where a phase begins or ends can be seen from what it writes
 */
export function runGuest(
  elf: Uint8Array,
  input: Uint8Array | readonly Uint8Array[],
  watched: readonly number[] = [],
): Run {
  return new Machine(elf, input instanceof Uint8Array ? [input] : input, watched).run();
}

class Machine {
  readonly #memory = new DataView(new ArrayBuffer(MEMORY_BYTES));
  readonly #registers = new Int32Array(32);
  readonly #publicValues = new Uint8Array(PUBLIC_VALUE_BYTES);
  readonly #inputs: readonly Uint8Array[];
  #inputsOpened = 0;
  #hints = new DataView(new ArrayBuffer(0));
  #hintsRead = 0;
  #pc: number;
  #exitCode: number | undefined;
  #instructionCount = 0;
  readonly #storesAt: ReadonlyMap<number, number[]>;

  constructor(elf: Uint8Array, inputs: readonly Uint8Array[], watched: readonly number[]) {
    this.#inputs = inputs;
    this.#storesAt = new Map(watched.map((address) => [address, []]));
    const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
    this.#pc = view.getUint32(24, true);
    const headers = view.getUint32(28, true);
    for (let index = 0; index < view.getUint16(44, true); index++) {
      const header = headers + 32 * index;
      if (view.getUint32(header, true) !== 1) continue;
      const offset = view.getUint32(header + 4, true);
      const bytes = elf.subarray(offset, offset + view.getUint32(header + 16, true));
      new Uint8Array(this.#memory.buffer).set(bytes, view.getUint32(header + 8, true));
    }
  }

  run(): Run {
    while (this.#exitCode === undefined) {
      if (this.#instructionCount++ === INSTRUCTIONS_MAX) throw new Error('the guest does not end');
      this.#step(this.#load(this.#pc, 4));
      this.#registers[0] = 0;
    }
    return {
      exitCode: this.#exitCode,
      instructionCount: this.#instructionCount,
      publicValues: this.#publicValues,
      storesAt: this.#storesAt,
    };
  }

  #step(word: number): void {
    const next = this.#pc + 4;
    const opcode = word & 0x7f;
    const rd = (word >>> 7) & 31;
    const left = this.#register(word >>> 15);
    const right = this.#register(word >>> 20);
    const immediate = word >> 20;
    let target = next;
    switch (opcode) {
      case 0x37:
        this.#registers[rd] = word & 0xfffff000;
        break;
      case 0x17:
        this.#registers[rd] = this.#pc + (word & 0xfffff000);
        break;
      case 0x6f:
        target = this.#pc + jumpOffset(word);
        this.#registers[rd] = next;
        break;
      case 0x67:
        target = (left + immediate) & ~1;
        this.#registers[rd] = next;
        break;
      case 0x63:
        if (branches((word >>> 12) & 7, left, right)) target = this.#pc + branchOffset(word);
        break;
      case 0x03:
        this.#registers[rd] = this.#loadAs((word >>> 12) & 7, left + immediate);
        break;
      case 0x23:
        this.#store(left + ((word >> 25) << 5) + rd, right, 1 << ((word >>> 12) & 7));
        break;
      case 0x13: {
        const operation = (word >>> 12) & 7;
        this.#registers[rd] = arithmetic(operation, operation === 5 && word >>> 30 === 1, left, immediate);
        break;
      }
      case 0x33:
        this.#registers[rd] =
          word >>> 25 === 1
            ? multiplyOrDivide((word >>> 12) & 7, left, right)
            : arithmetic((word >>> 12) & 7, word >>> 30 === 1, left, right);
        break;
      case 0x0b:
        this.#system(word, rd, left);
        break;
      default:
        throw new Error(`instruction 0x${(word >>> 0).toString(16)} at 0x${this.#pc.toString(16)}`);
    }
    this.#pc = target >>> 0;
  }

  /** custom-0: terminate, hint store, reveal, BLAKE3, and phantom instructions, of which the guest uses "next input stream". */
  #system(word: number, rd: number, left: number): void {
    const operation = (word >>> 12) & 7;
    const immediate = word >> 20;
    const destination = this.#register(rd);
    if (operation === 0) {
      this.#exitCode = immediate;
    } else if (operation === 1) {
      this.#storeHints(destination, immediate === 0 ? 1 : left);
    } else if (operation === 2) {
      const at = destination + immediate;
      if (at < 0 || at % 4 !== 0 || at + 4 > PUBLIC_VALUE_BYTES) throw new Error(`reveal at ${at}`);
      new DataView(this.#publicValues.buffer).setInt32(at, left, true);
    } else if (operation === 3 && immediate === 0) {
      this.#openInput();
    } else if (operation === 7 && ((word >>> 25) & 3) === 0) {
      this.#compress(destination, left, this.#register(word >>> 20), this.#register(word >>> 27));
    } else {
      throw new Error(`system instruction ${operation}, ${immediate}`);
    }
  }

  #compress(out: number, value: number, block: number, tweak: number): void {
    const words = (address: number, count: number) =>
      Array.from({ length: count }, (_, index) => this.#load(address + 4 * index, 4));
    const result = compress(words(value, 8), words(block, 16), words(tweak, 4));
    for (const [index, word] of result.entries()) this.#store(out + 4 * index, word, 4);
  }

  #openInput(): void {
    const input = this.#inputs[this.#inputsOpened++];
    if (input === undefined) throw new Error(`there are ${this.#inputs.length} inputs`);
    this.#hints = new DataView(new ArrayBuffer(4 + Math.ceil(input.length / 4) * 4));
    this.#hints.setUint32(0, input.length, true);
    new Uint8Array(this.#hints.buffer).set(input, 4);
    this.#hintsRead = 0;
  }

  #storeHints(address: number, words: number): void {
    if (words < 1 || words > HINT_WORDS_MAX) throw new Error(`${words} hint words at once`);
    for (let index = 0; index < words; index++) {
      this.#store(address + 4 * index, this.#hints.getInt32(this.#hintsRead, true), 4);
      this.#hintsRead += 4;
    }
  }

  #register(index: number): number {
    return this.#registers[index & 31] ?? 0;
  }

  #aligned(address: number, bytes: number): number {
    const at = address >>> 0;
    if (at % bytes !== 0) throw new Error(`unaligned access of ${bytes} bytes at 0x${at.toString(16)}`);
    return at;
  }

  #load(address: number, bytes: number): number {
    const at = this.#aligned(address, bytes);
    if (bytes === 4) return this.#memory.getInt32(at, true);
    return bytes === 2 ? this.#memory.getUint16(at, true) : this.#memory.getUint8(at);
  }

  #loadAs(kind: number, address: number): number {
    if (kind === 3 || kind > 5) throw new Error(`load of kind ${kind}`);
    const bytes = 1 << (kind & 3);
    const value = this.#load(address, bytes);
    const unusedBits = 32 - 8 * bytes;
    return kind < 3 ? (value << unusedBits) >> unusedBits : value;
  }

  #store(address: number, value: number, bytes: number): void {
    const at = this.#aligned(address, bytes);
    this.#storesAt.get(at)?.push(this.#instructionCount);
    if (bytes === 4) this.#memory.setInt32(at, value, true);
    else if (bytes === 2) this.#memory.setInt16(at, value, true);
    else if (bytes === 1) this.#memory.setInt8(at, value);
    else throw new Error(`store of ${bytes} bytes`);
  }
}

function jumpOffset(word: number): number {
  return ((word >> 31) << 20) | (word & 0xff000) | ((word >>> 9) & 0x800) | ((word >>> 20) & 0x7fe);
}

function branchOffset(word: number): number {
  return ((word >> 31) << 12) | ((word << 4) & 0x800) | ((word >>> 20) & 0x7e0) | ((word >>> 7) & 0x1e);
}

function branches(condition: number, left: number, right: number): boolean {
  const comparisons: Readonly<Record<number, boolean>> = {
    0: left === right,
    4: left < right,
    6: left >>> 0 < right >>> 0,
  };
  const holds = comparisons[condition & 6];
  if (holds === undefined) throw new Error(`branch condition ${condition}`);
  return (condition & 1) === 0 ? holds : !holds;
}

function arithmetic(operation: number, variant: boolean, left: number, right: number): number {
  switch (operation) {
    case 0:
      return variant ? left - right : left + right;
    case 1:
      return left << right;
    case 2:
      return left < right ? 1 : 0;
    case 3:
      return left >>> 0 < right >>> 0 ? 1 : 0;
    case 4:
      return left ^ right;
    case 5:
      return variant ? left >> right : left >>> right;
    case 6:
      return left | right;
    default:
      return left & right;
  }
}

function multiplyOrDivide(operation: number, left: number, right: number): number {
  const [unsignedLeft, unsignedRight] = [left >>> 0, right >>> 0];
  switch (operation) {
    case 0:
      return Math.imul(left, right);
    case 1:
      return high(BigInt(left) * BigInt(right));
    case 2:
      return high(BigInt(left) * BigInt(unsignedRight));
    case 3:
      return high(BigInt(unsignedLeft) * BigInt(unsignedRight));
    case 4:
      return right === 0 ? -1 : left / right;
    case 5:
      return right === 0 ? -1 : unsignedLeft / unsignedRight;
    case 6:
      return right === 0 ? left : left % right;
    default:
      return right === 0 ? left : unsignedLeft % unsignedRight;
  }
}

function high(product: bigint): number {
  return Number(BigInt.asIntN(32, product >> 32n));
}
