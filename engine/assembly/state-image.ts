// State images (protocol §8): what a snapshot and a witness say about the book. Everything is checked before
// it is used, in the order of the bytes, so that a forged image ends in a status and never in a book that
// could not exist.

import { hashKeyed, sameDigest } from './blake3';
import { Side, Status } from './codes';
import { Handle, LEVEL_ORDERS_SAFE, LEVELS_PER_SIDE, NIL, ORDERS, SEQUENCE_LIMIT, SLOT_BITS, SLOT_MASK, VALUE_LIMIT } from './geometry';
import { CONFIG_DIGEST, checkConfig } from './market-config';
import { appendToQueue } from './order-book';
import { indexSlots, isSlotTaken } from './order-slots';
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
  TOTALS,
  totals,
} from './records';
import { noteVolume, sideVolume, sideVolumeHigh } from './side-volumes';
import { stateRoot, updateStateRoot } from './state-tree';
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
  openedOrderCount: u32;
  reserved: u32;
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
  if (head.reserved | anyBits(at + STOPS_OFFSET)) return Status.Reserved;
  if (head.bidLevelCount > LEVELS_PER_SIDE || head.askLevelCount > LEVELS_PER_SIDE) return Status.Level;
  if (head.openedOrderCount > ORDERS) return Status.Order;
  const ordersOffset = LEVELS_OFFSET + (head.bidLevelCount + head.askLevelCount) * LEVEL_ENTRY_BYTES;
  imageBytes = ordersOffset + head.openedOrderCount * ORDER_BYTES;
  if (available < imageBytes) return Status.Truncated;

  memory.copy(CONFIG, at + CONFIG_OFFSET, CONFIG_BYTES);
  memory.copy(HEADER, at + HEADER_OFFSET, LEVEL_BYTES);
  memory.copy(TOTALS, at + TOTALS_OFFSET, LEVEL_BYTES);
  memory.copy(SLOT_BITMAP, at + SLOTS_OFFSET, ORDERS / 8);
  let status = checkConfig();
  if (status == Status.Ok && head.configCheck != load<u64>(CONFIG_DIGEST)) status = Status.Config;
  if (status == Status.Ok) status = checkHeader();
  const asks = at + LEVELS_OFFSET + head.bidLevelCount * LEVEL_ENTRY_BYTES;
  if (status == Status.Ok) status = readLevels(Side.Bid, at + LEVELS_OFFSET, head.bidLevelCount);
  if (status == Status.Ok) status = readLevels(Side.Ask, asks, head.askLevelCount);
  if (status == Status.Ok) status = checkSides();
  orderCursor = at + ordersOffset;
  if (status == Status.Ok) status = readOrders(Side.Bid, at + imageBytes);
  if (status == Status.Ok) status = readOrders(Side.Ask, at + imageBytes);
  if (status != Status.Ok) return status;
  if (orderCursor != at + imageBytes) return Status.OrdersDigest;
  updateStateRoot();
  return sameDigest(stateRoot(), at + ROOT_OFFSET) ? Status.Ok : Status.StateRoot;
}

function anyBits(at: u32): u64 {
  let bits: u64 = 0;
  for (let offset: u32 = 0; offset < LEVEL_BYTES; offset += 8) bits |= load<u64>(at + offset);
  return bits;
}

function checkHeader(): Status {
  const head = header();
  if (head.marketState != 0 || head.sequence >= SEQUENCE_LIMIT || head.lastTradePrice >= VALUE_LIMIT) {
    return Status.Header;
  }
  return head.orderCount == indexSlots() ? Status.Ok : Status.Header;
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
    if (level.reserved != 0) return Status.Reserved;
    if (level.price - 1 >= VALUE_LIMIT - 1 || level.orderCount - 1 >= ORDERS) return Status.Level;
    if (level.volume < level.orderCount || isVolumeTooLarge(level)) return Status.Level;
    if (rank != 0 && betterness(side, level.price) <= betterness(side, worse)) return Status.Level;
    worse = level.price;
    memory.copy(changetype<u32>(levelAt(index)), entry, LEVEL_BYTES);
    const queue = queueAt(index);
    queue.head = NIL as Handle;
    queue.tail = NIL as Handle;
    queue.unchained = NIL as Handle;
    queue.opaque = (1 - opened) as Handle;
    loadLevel(index);
    markDirty(index);
    noteVolume(index);
    half.orderCount += level.orderCount as u32;
  }
  return Status.Ok;
}

/** More than as many orders can have. The volume of still more orders may be all that a u64 can hold. */
// @ts-ignore: decorator
@inline
function isVolumeTooLarge(level: Level): bool {
  return (
    (ORDERS <= LEVEL_ORDERS_SAFE || level.orderCount <= LEVEL_ORDERS_SAFE) && level.volume > level.orderCount * (VALUE_LIMIT - 1)
  );
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
  if ((end - orderCursor) / ORDER_BYTES < (level.orderCount as u32)) return Status.OrdersDigest;
  let link = zeroSubtree(0);
  let volume: u64 = 0;
  let lastId: u64 = 0;
  for (let left = level.orderCount; left != 0; --left) {
    const order = changetype<Order>(orderCursor);
    if (!isOrderSound(order, side) || order.orderId <= lastId) return Status.Order;
    lastId = order.orderId;
    volume += order.remaining;
    const slot = (order.orderId & SLOT_MASK) as u32;
    memory.copy(changetype<u32>(orderAt(slot)), orderCursor, ORDER_BYTES);
    appendToQueue(slot, index);
    hashKeyed(link, orderCursor, chainAt(slot));
    placeAt(slot).chained = 1;
    link = chainAt(slot);
    orderCursor += ORDER_BYTES;
  }
  queueAt(index).unchained = NIL as Handle;
  return volume == level.volume && sameDigest(link, ordersDigestOf(index)) ? Status.Ok : Status.OrdersDigest;
}

function isOrderSound(order: Order, side: u32): bool {
  const slot = (order.orderId & SLOT_MASK) as u32;
  const sequence = order.orderId >> SLOT_BITS;
  if (!isSlotTaken(slot) || orderAt(slot).orderId != 0) return false;
  if (sequence == 0 || sequence > header().sequence) return false;
  if (order.head != side || order.remaining - 1 >= VALUE_LIMIT - 1) return false;
  return (order.hiddenRemaining | order.displaySize | order.expiry | order.reserved) == 0;
}

/** Writes the image of a state whose root is up to date, with every level opened, to `at`. Returns its length. */
export function writeStateImage(at: u32): u32 {
  const head = changetype<ImageHead>(at);
  head.magic = MAGIC;
  head.version = VERSION;
  head.bidLevelCount = bookSide(Side.Bid).levelCount;
  head.askLevelCount = bookSide(Side.Ask).levelCount;
  head.openedOrderCount = header().orderCount as u32;
  head.reserved = 0;
  head.configCheck = load<u64>(CONFIG_DIGEST);
  memory.copy(at + CONFIG_OFFSET, CONFIG, CONFIG_BYTES);
  copyDigest(at + ROOT_OFFSET, stateRoot());
  memory.copy(at + HEADER_OFFSET, HEADER, LEVEL_BYTES);
  memory.copy(at + TOTALS_OFFSET, TOTALS, LEVEL_BYTES);
  memory.fill(at + STOPS_OFFSET, 0, LEVEL_BYTES);
  memory.copy(at + SLOTS_OFFSET, SLOT_BITMAP, ORDERS / 8);
  const asks = at + LEVELS_OFFSET + head.bidLevelCount * LEVEL_ENTRY_BYTES;
  orderCursor = asks + head.askLevelCount * LEVEL_ENTRY_BYTES;
  writeLevels(Side.Bid, at + LEVELS_OFFSET);
  writeLevels(Side.Ask, asks);
  return orderCursor - at;
}

function writeLevels(side: u32, entries: u32): void {
  let entry = entries;
  for (let cursor = worstCursor(side); cursor != NO_CURSOR; cursor = betterCursor(side, cursor)) {
    const index = levelAtCursor(side, cursor);
    memory.copy(entry, changetype<u32>(levelAt(index)), LEVEL_BYTES);
    store<u32>(entry + LEVEL_BYTES, index & (LEVELS_PER_SIDE - 1));
    store<u32>(entry + LEVEL_BYTES + 4, 1);
    for (let slot = queueAt(index).head as u32; slot != NIL; slot = placeAt(slot).next as u32) {
      memory.copy(orderCursor, changetype<u32>(orderAt(slot)), ORDER_BYTES);
      orderCursor += ORDER_BYTES;
    }
    entry += LEVEL_ENTRY_BYTES;
  }
}
