import type { Random } from './random.ts';

const HEADER_BYTES = 16;
const MESSAGE_BYTES = 40;
const BYTES_AT_FIRST = 1 << 16;

/** Writes a message stream (docs/message-stream.md), byte by byte as its format says and by no code of the adapter. */
export class MessageFile {
  #bytes = Buffer.alloc(BYTES_AT_FIRST);
  #length = HEADER_BYTES;
  #sequence = 0n;

  get messageCount(): number {
    return (this.#length - HEADER_BYTES) / MESSAGE_BYTES;
  }

  new(orderId: bigint, side: number, price: number | bigint, quantity: number, ioc = false): void {
    this.message(0, orderId, side, price, quantity, ioc);
  }

  cancel(orderId: bigint): void {
    this.message(1, orderId, 0, 0, 0, false);
  }

  modify(orderId: bigint, side: number, price: number | bigint, quantity: number, ioc = false): void {
    this.message(2, orderId, side, price, quantity, ioc);
  }

  message(
    type: number,
    orderId: bigint,
    side: number,
    price: number | bigint,
    quantity: number,
    ioc: boolean,
  ): void {
    if (this.#length + MESSAGE_BYTES > this.#bytes.length) {
      this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(this.#bytes.length)]);
    }
    const at = this.#length;
    this.#sequence += 1n;
    this.#bytes.writeUInt8(type, at);
    this.#bytes.writeUInt8(side, at + 1);
    this.#bytes.writeUInt8(ioc ? 1 : 0, at + 2);
    this.#bytes.writeUInt32LE(quantity, at + 4);
    this.#bytes.writeBigUInt64LE(this.#sequence, at + 8);
    this.#bytes.writeBigUInt64LE(orderId, at + 16);
    this.#bytes.writeBigInt64LE(BigInt(price), at + 24);
    this.#length += MESSAGE_BYTES;
  }

  /** The whole file. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** How large a flow may make the book: what the geometry that is tested has room for. */
export interface FlowSize {
  readonly messages: number;
  /** Prices of one side, about. */
  readonly levels: number;
  /** Resting orders, about. */
  readonly orders: number;
}

const BUY = 0;
const SELL = 1;
const MIDDLE = 1_000_000;
const LOTS_MAX = 100;
/** One order's lots when the market crashes. */
const CRASH_LOTS = 5_000;

/** Orders that were sent and perhaps still rest, and the ids that are yet to be used. */
class FlowBook {
  readonly file = new MessageFile();
  readonly random: Random;
  readonly #firstId: bigint;
  #sent = 0n;
  #perhapsLive: bigint[] = [];

  constructor(random: Random) {
    this.random = random;
    // Ids need not begin at 1, nor fit 32 bits.
    this.#firstId = random.pick([1n, 7_000_000_000n, random.u64() >> 1n]);
  }

  get size(): number {
    return this.#perhapsLive.length;
  }

  add(side: number, price: number, lots: number, ioc = false): void {
    const id = this.#firstId + this.#sent;
    this.#sent += 1n;
    this.file.new(id, side, price, lots, ioc);
    if (!ioc) this.#perhapsLive.push(id);
  }

  cancelAny(): void {
    this.file.cancel(this.#takeAny());
  }

  cancelOldest(): void {
    this.file.cancel(this.#perhapsLive.shift() ?? 0n);
  }

  modifyAny(side: number, price: number, lots: number, ioc = false): void {
    const id = this.#takeAny();
    this.file.modify(id, side, price, lots, ioc);
    if (!ioc) this.#perhapsLive.push(id);
  }

  #takeAny(): bigint {
    const at = this.random.below(Math.max(1, this.#perhapsLive.length));
    const id = this.#perhapsLive[at] ?? 0n;
    const last = this.#perhapsLive.pop();
    if (last !== undefined && at < this.#perhapsLive.length) this.#perhapsLive[at] = last;
    return id;
  }
}

type Scenario = (book: FlowBook, size: FlowSize) => void;

/** Price that rests unless the market has moved: `distance` ticks from the middle on its own side. */
function behind(side: number, middle: number, distance: number): number {
  return side === BUY ? middle - 1 - distance : middle + 1 + distance;
}

/** Two sides that come and go around one price, with some of everything. */
function balanced(book: FlowBook, size: FlowSize): void {
  const { random } = book;
  const half = Math.max(1, Math.floor(size.levels / 2));
  while (book.file.messageCount < size.messages) {
    const side = random.pick([BUY, SELL]);
    const lots = random.between(1, LOTS_MAX);
    const chance = random.below(100);
    const isFull = book.size >= size.orders;
    if (isFull || chance < 38) book.cancelAny();
    else if (chance < 48)
      book.modifyAny(side, behind(side, MIDDLE, random.below(half) - 2), lots, random.chance(10));
    else if (chance < 60) book.add(side, behind(1 - side, MIDDLE, random.below(4)), lots, random.chance(50));
    else book.add(side, behind(side, MIDDLE, Math.min(random.below(half), random.below(half))), lots);
  }
}

/** A full book in which orders are canceled anywhere and replaced by others. */
function staticBook(book: FlowBook, size: FlowSize): void {
  const { random } = book;
  const add = () => {
    const side = random.pick([BUY, SELL]);
    book.add(side, behind(side, MIDDLE, random.below(size.levels)), random.between(1, LOTS_MAX));
  };
  while (book.size < size.orders && book.file.messageCount < size.messages) add();
  while (book.file.messageCount < size.messages) {
    if (random.chance(50) || book.size >= size.orders) book.cancelAny();
    else add();
  }
}

/** A price that only rises, through orders that are left behind until they are canceled. */
function trending(book: FlowBook, size: FlowSize): void {
  const { random } = book;
  const reach = Math.max(2, Math.floor(size.levels / 4));
  let middle = MIDDLE;
  while (book.file.messageCount < size.messages) {
    const side = random.chance(60) ? BUY : SELL;
    if (random.chance(5)) middle += 1;
    if (book.size >= Math.min(size.orders, reach * 8)) book.cancelOldest();
    else if (random.chance(25))
      book.add(BUY, behind(SELL, middle, random.below(3)), LOTS_MAX, random.chance(50));
    else if (random.chance(10)) book.modifyAny(side, behind(side, middle, random.below(reach)), LOTS_MAX);
    else book.add(side, behind(side, middle, random.below(reach)), random.between(1, LOTS_MAX));
  }
}

/** A deep bid side, sold through in a few orders, again and again. */
function flashCrash(book: FlowBook, size: FlowSize): void {
  const { random } = book;
  while (book.file.messageCount < size.messages) {
    const builtAt = book.file.messageCount + Math.min(size.orders, Math.ceil(size.messages / 4));
    while (book.file.messageCount < builtAt && book.file.messageCount < size.messages) {
      const side = random.chance(80) ? BUY : SELL;
      book.add(side, behind(side, MIDDLE, random.below(size.levels)), random.between(1, LOTS_MAX));
      if (book.size > size.orders * 0.8) book.cancelOldest();
    }
    for (let depth = 0; depth < size.levels; depth += Math.max(1, Math.floor(size.levels / 50))) {
      book.add(SELL, behind(BUY, MIDDLE, depth), CRASH_LOTS, random.chance(70));
      if (random.chance(50)) book.cancelAny();
    }
    while (book.size > size.orders / 4) book.cancelAny();
  }
}

/** Every order at a price of its own, canceled soon. */
function levelSpam(book: FlowBook, size: FlowSize): void {
  const { random } = book;
  const lifetime = Math.min(size.orders, Math.floor(size.levels * 0.75));
  while (book.file.messageCount < size.messages) {
    const side = random.pick([BUY, SELL]);
    book.add(side, behind(side, MIDDLE, random.below(size.levels)), 1);
    if (random.chance(2)) book.add(side, behind(1 - side, MIDDLE, 0), LOTS_MAX, true);
    if (book.size > lifetime) {
      if (random.chance(50)) book.cancelOldest();
      else book.cancelAny();
    }
  }
}

export const SCENARIOS = { balanced, staticBook, trending, flashCrash, levelSpam } as const satisfies Record<
  string,
  Scenario
>;

export type ScenarioName = keyof typeof SCENARIOS;

/** A message stream file of one scenario's shape. */
export function messageFlow(name: ScenarioName, random: Random, size: FlowSize): Buffer {
  const book = new FlowBook(random);
  SCENARIOS[name](book, size);
  return book.file.bytes();
}
