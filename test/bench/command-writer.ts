import { COMMAND_BYTES } from '../../engine/command.ts';

const PLACE = 1;
const CANCEL = 2;
const IMMEDIATE_OR_CANCEL = 1;
const ACCOUNTS = 50;

/** Writes packed commands one after another (protocol §3), without an object for each. */
export class CommandWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #count = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity * COMMAND_BYTES);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get count(): number {
    return this.#count;
  }

  /** The records from `first` to the last one written. */
  from(first: number): Uint8Array {
    return this.#bytes.subarray(first * COMMAND_BYTES, this.#count * COMMAND_BYTES);
  }

  /** Forgets the records behind the first `count`. */
  truncate(count: number): void {
    this.#bytes.fill(0, count * COMMAND_BYTES, this.#count * COMMAND_BYTES);
    this.#count = count;
  }

  /** A limit order that may rest. Its account changes from one to the next. */
  place(side: number, price: number, quantity: number): void {
    this.#write(PLACE | (side << 8), this.#count % ACCOUNTS, BigInt(this.#count), price, quantity);
  }

  /** A limit order that does not rest. */
  takeUpTo(side: number, price: number, quantity: number): void {
    const head = PLACE | (side << 8) | (IMMEDIATE_OR_CANCEL << 16);
    this.#write(head, this.#count % ACCOUNTS, BigInt(this.#count), price, quantity);
  }

  cancel(account: number, orderId: bigint): void {
    this.#write(CANCEL, account, orderId, 0, 0);
  }

  #write(head: number, account: number, id: bigint, price: number, quantity: number): void {
    const at = this.#count * COMMAND_BYTES;
    this.#view.setUint32(at, head, true);
    this.#view.setUint32(at + 4, account, true);
    this.#view.setBigUint64(at + 8, id, true);
    this.#view.setUint32(at + 16, price, true);
    this.#view.setUint32(at + 24, quantity, true);
    this.#count += 1;
  }
}
