// State images (protocol §8): what a snapshot and a witness say about the book. Everything is checked before
// it is used, in the order of the bytes, so that a forged image ends in a status and never in a book that
// could not exist.

import { hashKeyed, sameDigest } from './blake3';
import { MarketState, Side, Status } from './codes';
import { clearQueue } from './empty-level';
import { Handle, LEVEL_ORDERS_SAFE, LEVELS_PER_SIDE, MAX_STOPS, NIL, ORDERS, SEQUENCE_LIMIT, SLOT_MASK, VALUE_LIMIT } from './geometry';
import { CONFIG_DIGEST, checkConfig } from './market-config';
import { appendToQueue } from './order-book';
import { isRestingSound, isSlotSound, isStopSound } from './order-record';
import { indexSlots } from './order-slots';
import {
  bestLevel,
  betterCursor,
  betterness,
  isLevelSlotTaken,
  levelAtCursor,
  loadLevel,
  markDirty,
  NO_CURSOR,
  worstCursor,
} from './price-levels';
import {
  bookSide,
  CONFIG,
  CONFIG_BYTES,
  chainAt,
  HEADER,
  header,
  LEVEL_BYTES,
  Level,
  levelAt,
  ORDER_BYTES,
  Order,
  orderAt,
  ordersDigestOf,
  placeAt,
  queueAt,
  SLOT_BITMAP,
  STOPS,
  stopBook,
  TOTALS,
  totalRemaining,
  totals,
} from './records';
import { noteVolume, sideVolume, sideVolumeHigh } from './side-volumes';
import { stateRoot, updateStateRoot } from './state-tree';
import { findTriggers } from './stop-book';
import { copyDigest, zeroSubtree } from './zero-subtrees';

const MAGIC: u32 = 0x54534250; // PBST
const VERSION: u32 = 1;

/** The fixed part of an image. Level entries follow, then orders. */
@unmanaged
class ImageHead {
  magic: u32;
  version: u32;
  bidLevelCount: u32;
  askLevelCount: u32;
  /** Order records that follow, waiting stops included. */
  openedOrderCount: u32;
  stopsOpened: u32;
  /** First 8 bytes of the config digest: the state root does not cover the config. */
  configCheck: u64;
}

const CONFIG_OFFSET: u32 = 32;
const ROOT_OFFSET: u32 = 96;
const HEADER_OFFSET: u32 = 128;
const TOTALS_OFFSET: u32 = 192;
const STOPS_OFFSET: u32 = 256;
const SLOTS_OFFSET: u32 = 320;
const LEVELS_OFFSET: u32 = SLOTS_OFFSET + ORDERS / 8;
/** A level's leaf preimage, its slot u32, opened u32. */
const LEVEL_ENTRY_BYTES: u32 = LEVEL_BYTES + 8;
export const STATE_IMAGE_MAX: u32 =
  LEVELS_OFFSET + 2 * LEVELS_PER_SIDE * LEVEL_ENTRY_BYTES + ORDERS * ORDER_BYTES;

if (offsetof<ImageHead>() != CONFIG_OFFSET) ERROR('the market config of an image begins at 32');

let imageBytes: u32 = 0;
/** Where the next order record is read or written. */
let orderCursor: u32 = 0;

/** How long the image was that `readStateImage` has read. */
export function stateImageBytes(): u32 {
  return imageBytes;
}

/** Loads the image at `at`, of which `available` bytes are there, into a module that holds no state yet. */
export function readStateImage(at: u32, available: u32): Status {
  if (available < LEVELS_OFFSET) return Status.Truncated;
  const head = changetype<ImageHead>(at);
  if (head.magic != MAGIC || head.version != VERSION) return Status.Magic;
  if (head.bidLevelCount > LEVELS_PER_SIDE || head.askLevelCount > LEVELS_PER_SIDE) return Status.Level;
  if (head.openedOrderCount > ORDERS) return Status.Order;
  const ordersOffset = LEVELS_OFFSET + (head.bidLevelCount + head.askLevelCount) * LEVEL_ENTRY_BYTES;
  imageBytes = ordersOffset + head.openedOrderCount * ORDER_BYTES;
  if (available < imageBytes) return Status.Truncated;

  memory.copy(CONFIG, at + CONFIG_OFFSET, CONFIG_BYTES);
  memory.copy(HEADER, at + HEADER_OFFSET, LEVEL_BYTES);
  memory.copy(TOTALS, at + TOTALS_OFFSET, LEVEL_BYTES);
  memory.copy(SLOT_BITMAP, at + SLOTS_OFFSET, ORDERS / 8);
  memory.copy(changetype<u32>(levelAt(STOPS)), at + STOPS_OFFSET, LEVEL_BYTES);
  let status = checkConfig();
  if (status == Status.Ok && head.configCheck != load<u64>(CONFIG_DIGEST)) status = Status.Config;
  if (status == Status.Ok) status = checkHeader();
  if (status == Status.Ok) status = checkStopBook(head.stopsOpened);
  const asks = at + LEVELS_OFFSET + head.bidLevelCount * LEVEL_ENTRY_BYTES;
  if (status == Status.Ok) status = readLevels(Side.Bid, at + LEVELS_OFFSET, head.bidLevelCount);
  if (status == Status.Ok) status = readLevels(Side.Ask, asks, head.askLevelCount);
  if (status == Status.Ok) status = checkSides();
  orderCursor = at + ordersOffset;
  if (status == Status.Ok) status = readOrders(Side.Bid, at + imageBytes);
  if (status == Status.Ok) status = readOrders(Side.Ask, at + imageBytes);
  if (status == Status.Ok && head.stopsOpened) status = readStops(at + imageBytes);
  if (status != Status.Ok) return status;
  if (orderCursor != at + imageBytes) return Status.OrdersDigest;
  updateStateRoot();
  return sameDigest(stateRoot(), at + ROOT_OFFSET) ? Status.Ok : Status.StateRoot;
}

function checkHeader(): Status {
  const head = header();
  if (head.marketState > (MarketState.Halted as u64) || head.sequence >= SEQUENCE_LIMIT || head.lastTradePrice >= VALUE_LIMIT) {
    return Status.Header;
  }
  // `checkStopBook` bounds the count of stops.
  return head.orderCount + stopBook().count == indexSlots() ? Status.Ok : Status.Header;
}

/** The leaf alone; `readStops` compares it with its records. */
function checkStopBook(opened: u32): Status {
  const book = stopBook();
  if (book.count > MAX_STOPS || book.countHigh != 0 || book.bidTrigger >= VALUE_LIMIT || book.askTrigger >= VALUE_LIMIT) {
    return Status.StopBook;
  }
  if (book.reserved != 0 || opened > 1) return Status.StopBook;
  if (book.count == 0 && (opened == 0 || book.bidTrigger | book.askTrigger)) return Status.StopBook;
  if (book.count == 0 && !sameDigest(ordersDigestOf(STOPS), zeroSubtree(0))) return Status.StopBook;
  clearQueue(STOPS);
  queueAt(STOPS).opaque = (1 - opened) as Handle;
  markDirty(STOPS);
  return Status.Ok;
}

function readLevels(side: u32, entries: u32, count: u32): Status {
  const half = bookSide(side);
  let worse: u64 = 0;
  for (let rank: u32 = 0; rank < count; ++rank) {
    const entry = entries + rank * LEVEL_ENTRY_BYTES;
    const slot = load<u32>(entry + LEVEL_BYTES);
    const opened = load<u32>(entry + LEVEL_BYTES + 4);
    const level = changetype<Level>(entry);
    const index = side * LEVELS_PER_SIDE + slot;
    if (slot >= LEVELS_PER_SIDE || opened > 1 || isLevelSlotTaken(index)) return Status.Level;
    if (level.price - 1 >= VALUE_LIMIT - 1 || level.orderCount - 1 >= ORDERS || level.orderCountHigh) return Status.Level;
    if (level.volume < level.orderCount || isVolumeTooLarge(level)) return Status.Level;
    if (level.hiddenVolume > level.volume - level.orderCount) return Status.Level;
    if (rank != 0 && betterness(side, level.price) <= betterness(side, worse)) return Status.Level;
    worse = level.price;
    memory.copy(changetype<u32>(levelAt(index)), entry, LEVEL_BYTES);
    clearQueue(index);
    queueAt(index).opaque = (1 - opened) as Handle;
    loadLevel(index);
    markDirty(index);
    noteVolume(index);
    half.orderCount += level.orderCount;
  }
  return Status.Ok;
}

/** More than as many orders can have. The volume of still more orders may be all that a u64 can hold. */
// @ts-ignore: decorator
@inline
function isVolumeTooLarge(level: Level): bool {
  const isBounded = ORDERS <= LEVEL_ORDERS_SAFE || level.orderCount <= LEVEL_ORDERS_SAFE;
  return isBounded && level.volume > (level.orderCount as u64) * (VALUE_LIMIT - 1);
}

/** What both sides together must agree with. */
function checkSides(): Status {
  const bids = bookSide(Side.Bid);
  const asks = bookSide(Side.Ask);
  const head = header();
  const sums = totals();
  if (head.bidLevels != bids.levels || head.askLevels != asks.levels) return Status.Header;
  if (head.orderCount != bids.orderCount + asks.orderCount) return Status.Header;
  if (sums.bidVolume != sideVolume(Side.Bid) || sums.askVolume != sideVolume(Side.Ask)) return Status.Totals;
  if (sums.bidVolumeHigh != sideVolumeHigh(Side.Bid) || sums.askVolumeHigh != sideVolumeHigh(Side.Ask)) {
    return Status.Totals;
  }
  if (sums.reserved) return Status.Reserved;
  const bothSides = bids.levelCount != 0 && asks.levelCount != 0;
  const crossed = bothSides && levelAt(bestLevel(Side.Bid)).price >= levelAt(bestLevel(Side.Ask)).price;
  return crossed ? Status.Level : Status.Ok;
}

function readOrders(side: u32, end: u32): Status {
  for (let cursor = worstCursor(side); cursor != NO_CURSOR; cursor = betterCursor(side, cursor)) {
    const index = levelAtCursor(side, cursor);
    if (queueAt(index).opaque) continue;
    const status = readQueue(side, index, end);
    if (status != Status.Ok) return status;
  }
  return Status.Ok;
}

/** Loads the orders of one opened level and checks them against its leaf. */
function readQueue(side: u32, index: u32, end: u32): Status {
  const level = levelAt(index);
  if ((end - orderCursor) / ORDER_BYTES < level.orderCount) return Status.OrdersDigest;
  let link = zeroSubtree(0);
  let volume: u64 = 0;
  let hiddenVolume: u64 = 0;
  for (let left = level.orderCount; left != 0; --left) {
    const order = changetype<Order>(orderCursor);
    if (!isSlotSound(order.orderId) || !isRestingSound(order, side)) return Status.Order;
    volume += totalRemaining(order);
    hiddenVolume += order.hiddenRemaining;
    link = loadOrder(index, link);
  }
  queueAt(index).unchained = NIL as Handle;
  const sums = volume == level.volume && hiddenVolume == level.hiddenVolume;
  return sums && sameDigest(link, ordersDigestOf(index)) ? Status.Ok : Status.OrdersDigest;
}

/** Loads the waiting stops and checks them against their leaf. */
function readStops(end: u32): Status {
  const book = stopBook();
  if ((end - orderCursor) / ORDER_BYTES < book.count) return Status.OrdersDigest;
  let link = zeroSubtree(0);
  let lastId: u64 = 0;
  for (let left = book.count; left != 0; --left) {
    const stop = changetype<Order>(orderCursor);
    if (!isSlotSound(stop.orderId) || !isStopSound(stop) || stop.orderId <= lastId) return Status.Order;
    lastId = stop.orderId;
    link = loadOrder(STOPS, link);
  }
  queueAt(STOPS).unchained = NIL as Handle;
  if (!sameDigest(link, ordersDigestOf(STOPS))) return Status.StopBook;
  const bidTrigger = book.bidTrigger;
  const askTrigger = book.askTrigger;
  findTriggers();
  return bidTrigger == book.bidTrigger && askTrigger == book.askTrigger ? Status.Ok : Status.StopBook;
}

/** Puts the record at the cursor, which is sound, at the end of a queue. Returns the address of its chain digest. */
function loadOrder(index: u32, link: u32): u32 {
  const slot = (changetype<Order>(orderCursor).orderId & SLOT_MASK) as u32;
  memory.copy(changetype<u32>(orderAt(slot)), orderCursor, ORDER_BYTES);
  appendToQueue(slot, index);
  hashKeyed(link, orderCursor, chainAt(slot));
  placeAt(slot).chained = 1;
  orderCursor += ORDER_BYTES;
  return chainAt(slot);
}

/** Writes the image of a state whose root is up to date, with every level opened, to `at`. Returns its length. */
export function writeStateImage(at: u32): u32 {
  const head = changetype<ImageHead>(at);
  head.magic = MAGIC;
  head.version = VERSION;
  head.bidLevelCount = bookSide(Side.Bid).levelCount;
  head.askLevelCount = bookSide(Side.Ask).levelCount;
  head.openedOrderCount = (header().orderCount as u32) + stopBook().count;
  head.stopsOpened = 1;
  head.configCheck = load<u64>(CONFIG_DIGEST);
  memory.copy(at + CONFIG_OFFSET, CONFIG, CONFIG_BYTES);
  copyDigest(at + ROOT_OFFSET, stateRoot());
  memory.copy(at + HEADER_OFFSET, HEADER, LEVEL_BYTES);
  memory.copy(at + TOTALS_OFFSET, TOTALS, LEVEL_BYTES);
  memory.copy(at + STOPS_OFFSET, changetype<u32>(stopBook()), LEVEL_BYTES);
  memory.copy(at + SLOTS_OFFSET, SLOT_BITMAP, ORDERS / 8);
  const asks = at + LEVELS_OFFSET + head.bidLevelCount * LEVEL_ENTRY_BYTES;
  orderCursor = asks + head.askLevelCount * LEVEL_ENTRY_BYTES;
  writeLevels(Side.Bid, at + LEVELS_OFFSET);
  writeLevels(Side.Ask, asks);
  writeQueue(STOPS);
  return orderCursor - at;
}

function writeLevels(side: u32, entries: u32): void {
  let entry = entries;
  for (let cursor = worstCursor(side); cursor != NO_CURSOR; cursor = betterCursor(side, cursor)) {
    const index = levelAtCursor(side, cursor);
    memory.copy(entry, changetype<u32>(levelAt(index)), LEVEL_BYTES);
    store<u32>(entry + LEVEL_BYTES, index & (LEVELS_PER_SIDE - 1));
    store<u32>(entry + LEVEL_BYTES + 4, 1);
    writeQueue(index);
    entry += LEVEL_ENTRY_BYTES;
  }
}

function writeQueue(index: u32): void {
  for (let slot = queueAt(index).head as u32; slot != NIL; slot = placeAt(slot).next as u32) {
    memory.copy(orderCursor, changetype<u32>(orderAt(slot)), ORDER_BYTES);
    orderCursor += ORDER_BYTES;
  }
}
