// The fixed records of the protocol as structs over linear memory, and the buffers that hold them.
// Every buffer is static: its address is a constant, its size is bounded here, and nothing is allocated at run time.

import {
  COMMAND_BYTES,
  DIGEST_BYTES,
  Handle,
  IS_PROVEN,
  LEVELS_PER_SIDE,
  LevelHandle,
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

/** Protocol §3: the second record of an extended Place or Replace. */
@unmanaged
export class Extension {
  displayQuantity: u64;
  triggerPrice: u64;
  expiry: u64;
  /** Replacement clientOrderId of a Replace. */
  clientOrderId: u64;
}

/**
 * Protocol §6, order record: what the book commits of a resting order or a waiting stop. An order that is being
 * matched has one, too, in the form of a stop's.
 */
@unmanaged
export class Order {
  orderId: u64;
  /** side u8 | timeInForce u8 | flags u8 | 0 u8 */
  head: u32;
  account: u32;
  remaining: u64;
  /** Of a waiting stop: its trigger price (`triggerPriceOf`). */
  hiddenRemaining: u64;
  displaySize: u64;
  expiry: u64;
  clientOrderId: u64;
  /** Price of a waiting stop or a taker, 0 for market. A resting order's is its level's, and this is 0. */
  limitPrice: u64;
}

/** Where an order stands in its level's queue. Layout only: none of it is committed. */
@unmanaged
export class Place {
  next: Handle;
  previous: Handle;
  /** The level's leaf in the state tree: bid level slots first, then ask level slots; `STOPS` for a waiting stop. */
  level: LevelHandle;
  /** 1 when the order's digest in the chain (`chainAt`) is up to date. */
  chained: u8;
}

/** Protocol §6, leaf preimage of a price level. */
@unmanaged
export class Level {
  price: u64;
  volume: u64;
  /** A u64 of the protocol: its high half is always 0. */
  orderCount: u32;
  orderCountHigh: u32;
  hiddenVolume: u64;
  // 32 bytes of ordersDigest follow: see `ordersDigestOf`.
}

/** Protocol §6, leaf preimage of the stop book, which is kept as one more level (`STOPS`). */
@unmanaged
export class StopBook {
  /** Lowest trigger price of the waiting bids, 0 without any. */
  bidTrigger: u64;
  /** Highest trigger price of the waiting asks, 0 without any. */
  askTrigger: u64;
  /** A u64 of the protocol, as in `Level`. */
  count: u32;
  countHigh: u32;
  reserved: u64;
  // The digest of the stops follows: see `ordersDigestOf`.
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

/** The stop book's place among the levels and queues, behind those of both sides. */
export const STOPS: u32 = 2 * LEVELS_PER_SIDE;

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

// What every command uses comes first: an address below 2048 fits into a RISC-V load or store, and needs no register.
const SIDES_BUFFER: u32 = memory.data(2 * SIDE_BYTES, 32) as u32;
export const HEADER: u32 = memory.data(64, 32) as u32;
export const TOTALS: u32 = memory.data(64, 32) as u32;
const QUEUES_BUFFER: u32 = memory.data((STOPS + 1) * QUEUE_STRIDE, 32) as u32;
export const SLOT_BITMAP: u32 = memory.data(ORDERS / 8, 64) as u32;
export const COMMANDS_BUFFER: u32 = memory.data(MAX_COMMANDS * COMMAND_BYTES, 64) as u32;
export const TRANSITIONS_BUFFER: u32 = memory.data(MAX_TRANSITIONS * TRANSITION_BYTES, 64) as u32;
export const CONFIG: u32 = memory.data(CONFIG_BYTES, 64) as u32;
const LEVELS_BUFFER: u32 = memory.data((STOPS + 1) * LEVEL_BYTES, 64) as u32;
const ORDERS_BUFFER: u32 = memory.data((ORDERS + 1) * ORDER_BYTES, 64) as u32;
const PLACES_BUFFER: u32 = memory.data(ORDERS * PLACE_BYTES, 64) as u32;
const CHAIN_BUFFER: u32 = memory.data(ORDERS * DIGEST_BYTES, 64) as u32;

// Checked by the compiler: a struct that does not fill its record is an error, not a surprise.
if (offsetof<Command>() != COMMAND_BYTES) ERROR('a Command is 32 bytes');
if (offsetof<Transition>() != TRANSITION_BYTES) ERROR('a Transition is 64 bytes');
if (offsetof<Extension>() != COMMAND_BYTES) ERROR('an Extension is a command record');
if (offsetof<Order>() != ORDER_BYTES) ERROR('an Order is 64 bytes');
if (offsetof<StopBook>() != ORDERS_DIGEST_OFFSET) ERROR('the stop book leaf is 32 bytes and its digest');
if (offsetof<Level>() != ORDERS_DIGEST_OFFSET) ERROR('a Level is 32 bytes and its ordersDigest');
if (offsetof<Header>() != 64) ERROR('a Header is 64 bytes');
if (offsetof<Totals>() != 64) ERROR('Totals are 64 bytes');
if (offsetof<Place>() > PLACE_BYTES) ERROR('a Place is four handles at most');
if (offsetof<Queue>() != QUEUE_BYTES || QUEUE_BYTES > QUEUE_STRIDE) ERROR('a Queue is four handles');
if (offsetof<BookSide>() != SIDE_BYTES) ERROR('a BookSide is 16 bytes');

/** Where the records of the batch at hand begin: their buffer, or, in the guest, the witness that holds them. */
let commands: u32 = COMMANDS_BUFFER;

export function takeCommandsFrom(address: u32): void {
  commands = address;
}

// @ts-ignore: decorator
@inline
export function commandAt(index: u32): Command {
  return changetype<Command>((IS_PROVEN ? commands : COMMANDS_BUFFER) + index * COMMAND_BYTES);
}

// @ts-ignore: decorator
@inline
export function orderAt(slot: u32): Order {
  return changetype<Order>(ORDERS_BUFFER + slot * ORDER_BYTES);
}

/** The record of an order that takes no slot, while it is matched. */
export const UNSLOTTED: u32 = ORDERS;

/** Trigger price of a waiting stop. */
// @ts-ignore: decorator
@inline
export function triggerPriceOf(stop: Order): u64 {
  return stop.hiddenRemaining;
}

// @ts-ignore: decorator
@inline
export function sideOf(order: Order): u32 {
  return order.head & 0xff;
}

// @ts-ignore: decorator
@inline
export function timeInForceOf(order: Order): u32 {
  return (order.head >> 8) & 0xff;
}

/** True for a resting order that has an expiry or a display size. */
// @ts-ignore: decorator
@inline
export function isSpecial(order: Order): bool {
  return order.head > 1;
}

/** All that remains of a resting order, the hidden part included. */
// @ts-ignore: decorator
@inline
export function totalRemaining(order: Order): u64 {
  return isSpecial(order) ? order.remaining + order.hiddenRemaining : order.remaining;
}

// @ts-ignore: decorator
@inline
export function stopBook(): StopBook {
  return changetype<StopBook>(LEVELS_BUFFER + STOPS * LEVEL_BYTES);
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
