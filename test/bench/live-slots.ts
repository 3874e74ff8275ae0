import { TRANSITION_BYTES } from '../../engine/transition.ts';

const ORDERS = 2 ** 20;
const SLOT_MASK = BigInt(ORDERS - 1);
const ACCEPTED = 1;
const FILLED = 2;
const CANCELED = 3;
const REDUCED = 4;
const EVICTED = 9;

/** The resting orders of a deep book by their slots, learned from transitions: typed arrays, for books of a million orders. */
export class LiveSlots {
  readonly #ids = new BigUint64Array(ORDERS);
  readonly #accounts = new Uint32Array(ORDERS);
  readonly #remaining = new Float64Array(ORDERS);
  /** Slots that are taken, in no order, and where each slot stands among them. */
  readonly #taken = new Uint32Array(ORDERS);
  readonly #places = new Uint32Array(ORDERS);
  count = 0;

  /** The slot at a place, 0 .. count-1. */
  slotAt(place: number): number {
    return this.#taken[place] ?? 0;
  }

  idOf(slot: number): bigint {
    return this.#ids[slot] ?? 0n;
  }

  accountOf(slot: number): number {
    return this.#accounts[slot] ?? 0;
  }

  /** Takes in packed transitions, in the order that they were made. */
  observe(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < bytes.length; at += TRANSITION_BYTES) {
      const type = view.getUint8(at);
      const id = view.getBigUint64(at + 16, true);
      const quantity = Number(view.getBigUint64(at + 40, true));
      if (type === ACCEPTED) {
        this.#add(id, view.getUint32(at + 4, true), quantity);
      } else if (type === FILLED) {
        this.#take(id, quantity);
        this.#take(view.getBigUint64(at + 24, true), quantity);
      } else if (type === CANCELED || type === REDUCED || type === EVICTED) {
        this.#take(id, quantity);
      }
    }
  }

  /** An order that takes no slot has all-ones slot bits; no book here is so full that another has them. */
  #add(id: bigint, account: number, quantity: number): void {
    if ((id & SLOT_MASK) === SLOT_MASK) return;
    const slot = Number(id & SLOT_MASK);
    this.#ids[slot] = id;
    this.#accounts[slot] = account;
    this.#remaining[slot] = quantity;
    this.#places[slot] = this.count;
    this.#taken[this.count] = slot;
    this.count += 1;
  }

  #take(id: bigint, quantity: number): void {
    const slot = Number(id & SLOT_MASK);
    if (this.#ids[slot] !== id) return;
    const left = (this.#remaining[slot] ?? 0) - quantity;
    this.#remaining[slot] = left;
    if (left > 0) return;
    this.#ids[slot] = 0n;
    this.count -= 1;
    const last = this.slotAt(this.count);
    const place = this.#places[slot] ?? 0;
    this.#taken[place] = last;
    this.#places[last] = place;
  }
}
