import { closeSync, openSync, readSync } from 'node:fs';
import { messageOf } from '../../engine/message-of.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';

/** What an ITCH message says of a displayed order; `ref` is the day's own number of the order. Shares, and dollars x 10,000. */
export type ItchEvent = { readonly timestampNs: bigint } & (
  | {
      readonly kind: 'add';
      readonly ref: bigint;
      readonly side: 'bid' | 'ask';
      readonly shares: bigint;
      readonly price: bigint;
    }
  /** `price` is undefined at the order's own. */
  | {
      readonly kind: 'execute';
      readonly ref: bigint;
      readonly shares: bigint;
      readonly price: bigint | undefined;
    }
  | { readonly kind: 'cancel'; readonly ref: bigint; readonly shares: bigint }
  | { readonly kind: 'delete'; readonly ref: bigint }
  | {
      readonly kind: 'replace';
      readonly ref: bigint;
      readonly newRef: bigint;
      readonly shares: bigint;
      readonly price: bigint;
    }
  /** Trades of hidden orders, crosses, broken trades, and what is not of orders at all. */
  | { readonly kind: 'other' }
);

/** Bytes of each message type of ITCH 5.0. */
const LENGTHS: Readonly<Record<string, number>> = {
  S: 12,
  R: 39,
  H: 25,
  Y: 20,
  L: 26,
  V: 35,
  W: 12,
  K: 28,
  J: 35,
  h: 21,
  A: 36,
  F: 40,
  E: 31,
  C: 36,
  X: 23,
  D: 19,
  U: 35,
  P: 44,
  Q: 40,
  B: 19,
  I: 50,
  N: 20,
  O: 48,
};
const NAMES_STOCK: Readonly<Record<string, number>> = { R: 11, A: 24, F: 24 };
const STOCK_BYTES = 8;
const DAY_NS = 86_400n * 10n ** 9n;
const CHUNK_BYTES = 2 ** 20;
const PREFIX_BYTES = 2;

/** A message file as NASDAQ ships them: each message behind its length, u16, all numbers big-endian. */
export class ItchFile {
  readonly #path: string;
  readonly #stock: Buffer;
  #locate = -1;
  #message = 0;
  #lastNs = 0n;

  /** @param symbol whose events are read, 1 to 8 characters */
  constructor(path: string, symbol: string) {
    this.#path = path;
    this.#stock = Buffer.from(symbol.padEnd(STOCK_BYTES, ' '), 'latin1');
  }

  /** The events of the symbol, in their order; the file is read as they are taken. @throws FILE_UNREADABLE, ITCH_MALFORMED */
  *events(): Generator<ItchEvent> {
    for (const message of this.#messages()) {
      const type = String.fromCharCode(message[0] ?? 0);
      const locate = message.readUInt16BE(1);
      this.#learnLocate(type, locate, message);
      if (locate !== this.#locate) continue;
      yield this.#event(type, message);
    }
  }

  /** A symbol has a number for the day, which its directory message tells, or else its first order. */
  #learnLocate(type: string, locate: number, message: Buffer): void {
    const at = NAMES_STOCK[type];
    if (this.#locate >= 0 || at === undefined) return;
    if (message.subarray(at, at + STOCK_BYTES).equals(this.#stock)) this.#locate = locate;
  }

  #event(type: string, message: Buffer): ItchEvent {
    const timestampNs = BigInt(message.readUIntBE(5, 6));
    if (timestampNs >= DAY_NS) this.#refuse('timestamp', timestampNs, 'a day has 86400 seconds');
    if (timestampNs < this.#lastNs) this.#refuse('timestamp', timestampNs, 'earlier than the message before');
    this.#lastNs = timestampNs;
    switch (type) {
      case 'A':
      case 'F':
        return {
          timestampNs,
          kind: 'add',
          ref: message.readBigUInt64BE(11),
          side: this.#side(message),
          shares: this.#positive('shares', message, 20),
          price: this.#positive('price', message, 32),
        };
      case 'E':
      case 'C':
        return {
          timestampNs,
          kind: 'execute',
          ref: message.readBigUInt64BE(11),
          shares: this.#positive('executed shares', message, 19),
          price: type === 'C' ? this.#positive('execution price', message, 32) : undefined,
        };
      case 'X': {
        const shares = this.#positive('canceled shares', message, 19);
        return { timestampNs, kind: 'cancel', ref: message.readBigUInt64BE(11), shares };
      }
      case 'D':
        return { timestampNs, kind: 'delete', ref: message.readBigUInt64BE(11) };
      case 'U':
        return {
          timestampNs,
          kind: 'replace',
          ref: message.readBigUInt64BE(11),
          newRef: message.readBigUInt64BE(19),
          shares: this.#positive('shares', message, 27),
          price: this.#positive('price', message, 31),
        };
      default:
        return { timestampNs, kind: 'other' };
    }
  }

  #side(message: Buffer): 'bid' | 'ask' {
    const side = String.fromCharCode(message[19] ?? 0);
    if (side !== 'B' && side !== 'S') this.#refuse('side', side, 'must be B or S');
    return side === 'B' ? 'bid' : 'ask';
  }

  #positive(field: string, message: Buffer, at: number): bigint {
    const value = message.readUInt32BE(at);
    if (value === 0) this.#refuse(field, value, 'must be 1 or more');
    return BigInt(value);
  }

  *#messages(): Generator<Buffer> {
    const descriptor = openFile(this.#path);
    try {
      let rest: Buffer = Buffer.alloc(0);
      for (let chunk = readChunk(descriptor); chunk.length > 0; chunk = readChunk(descriptor)) {
        const bytes = Buffer.concat([rest, chunk]);
        let at = 0;
        for (let end = this.#endOf(bytes, at); end <= bytes.length; end = this.#endOf(bytes, at)) {
          yield bytes.subarray(at + PREFIX_BYTES, end);
          this.#message += 1;
          at = end;
        }
        rest = bytes.subarray(at);
      }
      if (rest.length > 0) this.#refuse('length', rest.length, 'the file ends in the middle of a message');
    } finally {
      closeSync(descriptor);
    }
  }

  /** Where the message at `at` ends; beyond the bytes that are here when not all of it is. */
  #endOf(bytes: Buffer, at: number): number {
    if (bytes.length < at + PREFIX_BYTES + 1) return Number.POSITIVE_INFINITY;
    const length = bytes.readUInt16BE(at);
    const type = String.fromCharCode(bytes[at + PREFIX_BYTES] ?? 0);
    const expected = LENGTHS[type];
    if (expected === undefined) this.#refuse('type', JSON.stringify(type), 'no message of ITCH 5.0');
    if (length !== expected)
      this.#refuse('length', length, `a message of type ${type} has ${expected} bytes`);
    return at + PREFIX_BYTES + length;
  }

  #refuse(field: string, value: string | number | bigint, reason: string): never {
    throw new ProofbookError('ITCH_MALFORMED', {
      path: this.#path,
      message: this.#message,
      field,
      value,
      reason,
    });
  }
}

function readChunk(descriptor: number): Buffer {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  return chunk.subarray(0, readSync(descriptor, chunk, 0, CHUNK_BYTES, null));
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw new ProofbookError('FILE_UNREADABLE', { path, reason: messageOf(error) }, { cause: error });
  }
}
