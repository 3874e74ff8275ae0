// The fixed records of the protocol as structs over linear memory, and the buffers that hold them.
// Every buffer is static: its address is a constant, its size is bounded here, and nothing is allocated at run time.

import {
  COMMAND_BYTES,
  DIGEST_BYTES,
  Handle,
  LEVELS_PER_SIDE,
  MAX_COMMANDS,
  MAX_TRANSITIONS,
  ORDERS,
  QUEUE_STRIDE,
  TRANSITION_BYTES,
} from './geometry';

/** Protocol §3. */
@unmanaged
export class Command {
  /** kind u8 | side u8 | timeInForce u8 | flags u8 */
  head: u32;
  account: u32;
  /** clientOrderId of a Place, else the orderId that it is about. */
  id: u64;
  price: u64;
  quantity: u64;
}

/** Protocol §5. */
@unmanaged
export class Transition {
  /** type u8 | side u8 | reason u8 | flags u8 */
  head: u32;
  account: u32;
  sequence: u64;
  orderId: u64;
  /** clientOrderId, or makerOrderId of a Filled. */
  otherId: u64;
  price: u64;
  quantity: u64;
  remaining: u64;
  makerAccount: u32;
  commandIndex: u32;
}

/** Protocol §6, order record: what the book commits of a resting order. */
@unmanaged
export class Order {
  orderId: u64;
  /** side u8 | timeInForce u8 | flags u8 | 0 u8 */
  head: u32;
  account: u32;
  remaining: u64;
  hiddenRemaining: u64;
  displaySize: u64;
  expiry: u64;
  clientOrderId: u64;
  reserved: u64;
}

/** Where an order stands in its level's queue. Layout only: none of it is committed. */
@unmanaged
export class Place {
  next: Handle;
  previous: Handle;
  /** The level's leaf in the state tree: bid level slots first, then ask level slots. */
  level: Handle;
  /** 1 when the order's digest in the chain (`chainAt`) is up to date. */
  chained: Handle;
}

/** Protocol §6, leaf preimage of a price level. */
@unmanaged
export class Level {
  price: u64;
  volume: u64;
  orderCount: u64;
  reserved: u64;
  // 32 bytes of ordersDigest follow: see `ordersDigestOf`.
}

/** The loaded orders of a level. */
@unmanaged
export class Queue {
  head: Handle;
  tail: Handle;
  /** First order whose chain digest is out of date; all after it are, too. */
  unchained: Handle;
  /** 1 when the level's earlier orders are not loaded (protocol §8). */
  opaque: Handle;
}

/** What is kept for each side of the book. */
@unmanaged
export class BookSide {
  /** Level slots that are taken, where one u64 can say so; else 0, and leaves of their own say it. */
  levels: u64;
  orderCount: u32;
  levelCount: u32;
}

/** Protocol §6, header leaf. */
@unmanaged
export class Header {
  sequence: u64;
  batchNumber: u64;
  bidLevels: u64;
  askLevels: u64;
  orderCount: u64;
  lastTradePrice: u64;
  marketState: u64;
  timestamp: u64;
}

/** Protocol §6, totals leaf. Volumes of 4096 orders fit one u64: the high words are for more. */
@unmanaged
export class Totals {
  bidVolume: u64;
  bidVolumeHigh: u64;
  askVolume: u64;
  askVolumeHigh: u64;
  tradeCount: u64;
  tradedLots: u64;
  tradedLotsHigh: u64;
  reserved: u64;
}

export const LEVEL_BYTES: u32 = 64;
export const ORDER_BYTES: u32 = 64;
export const CONFIG_BYTES: u32 = 64;
export const ORDERS_DIGEST_OFFSET: u32 = 32;
const PLACE_BYTES: u32 = 4 * sizeof<Handle>();
const QUEUE_BYTES: u32 = 4 * sizeof<Handle>();
const SIDE_BYTES: u32 = 16;

export const COMMANDS_BUFFER: u32 = memory.data(MAX_COMMANDS * COMMAND_BYTES, 64) as u32;
export const TRANSITIONS_BUFFER: u32 = memory.data(MAX_TRANSITIONS * TRANSITION_BYTES, 64) as u32;
export const SLOT_BITMAP: u32 = memory.data(ORDERS / 8, 64) as u32;
export const CONFIG: u32 = memory.data(CONFIG_BYTES, 64) as u32;
export const HEADER: u32 = memory.data(64, 64) as u32;
export const TOTALS: u32 = memory.data(64, 64) as u32;
const LEVELS_BUFFER: u32 = memory.data(2 * LEVELS_PER_SIDE * LEVEL_BYTES, 64) as u32;
const QUEUES_BUFFER: u32 = memory.data(2 * LEVELS_PER_SIDE * QUEUE_STRIDE, 64) as u32;
const SIDES_BUFFER: u32 = memory.data(2 * SIDE_BYTES, 64) as u32;
const ORDERS_BUFFER: u32 = memory.data(ORDERS * ORDER_BYTES, 64) as u32;
const PLACES_BUFFER: u32 = memory.data(ORDERS * PLACE_BYTES, 64) as u32;
const CHAIN_BUFFER: u32 = memory.data(ORDERS * DIGEST_BYTES, 64) as u32;

// Checked by the compiler: a struct that does not fill its record is an error, not a surprise.
if (offsetof<Command>() != COMMAND_BYTES) ERROR('a Command is 32 bytes');
if (offsetof<Transition>() != TRANSITION_BYTES) ERROR('a Transition is 64 bytes');
if (offsetof<Order>() != ORDER_BYTES) ERROR('an Order is 64 bytes');
if (offsetof<Level>() != ORDERS_DIGEST_OFFSET) ERROR('a Level is 32 bytes and its ordersDigest');
if (offsetof<Header>() != 64) ERROR('a Header is 64 bytes');
if (offsetof<Totals>() != 64) ERROR('Totals are 64 bytes');
if (offsetof<Place>() != PLACE_BYTES) ERROR('a Place is four handles');
if (offsetof<Queue>() != QUEUE_BYTES || QUEUE_BYTES > QUEUE_STRIDE) ERROR('a Queue is four handles');
if (offsetof<BookSide>() != SIDE_BYTES) ERROR('a BookSide is 16 bytes');

// @ts-ignore: decorator
@inline
export function commandAt(index: u32): Command {
  return changetype<Command>(COMMANDS_BUFFER + index * COMMAND_BYTES);
}

// @ts-ignore: decorator
@inline
export function transitionAt(index: u32): Transition {
  return changetype<Transition>(TRANSITIONS_BUFFER + index * TRANSITION_BYTES);
}

// @ts-ignore: decorator
@inline
export function orderAt(slot: u32): Order {
  return changetype<Order>(ORDERS_BUFFER + slot * ORDER_BYTES);
}

// @ts-ignore: decorator
@inline
export function placeAt(slot: u32): Place {
  return changetype<Place>(PLACES_BUFFER + slot * PLACE_BYTES);
}

/** Address of the chain digest after the order in this slot: `D_k` of protocol §6. */
// @ts-ignore: decorator
@inline
export function chainAt(slot: u32): u32 {
  return CHAIN_BUFFER + slot * DIGEST_BYTES;
}

// @ts-ignore: decorator
@inline
export function levelAt(level: u32): Level {
  return changetype<Level>(LEVELS_BUFFER + level * LEVEL_BYTES);
}

// @ts-ignore: decorator
@inline
export function queueAt(level: u32): Queue {
  return changetype<Queue>(QUEUES_BUFFER + level * QUEUE_STRIDE);
}

// @ts-ignore: decorator
@inline
export function bookSide(side: u32): BookSide {
  return changetype<BookSide>(SIDES_BUFFER + side * SIDE_BYTES);
}

// @ts-ignore: decorator
@inline
export function header(): Header {
  return changetype<Header>(HEADER);
}

// @ts-ignore: decorator
@inline
export function totals(): Totals {
  return changetype<Totals>(TOTALS);
}

/** Address of a level's ordersDigest. */
// @ts-ignore: decorator
@inline
export function ordersDigestOf(level: u32): u32 {
  return LEVELS_BUFFER + level * LEVEL_BYTES + ORDERS_DIGEST_OFFSET;
}
