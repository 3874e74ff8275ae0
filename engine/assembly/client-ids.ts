// Which resting order has a client's id. Not consensus: the protocol does not look at a clientOrderId, and only the
// message stream (stream.ts) asks for orders by it.
//
// Orders whose ids share a bucket form a list through their slots, so an order that leaves is unlinked at once: nothing
// decays, and the table never fills before the book does. The id itself is read from the order record.

import { ORDERS } from './geometry';
import { orderAt } from './records';

/** Said by `linkToId` when no resting order has the id. */
export const NO_LINK: u32 = 0;

const BUCKETS: u32 = 2 * ORDERS;
const LINK_BYTES: u32 = 4;
/** One link a bucket: the slot of its newest order, plus 1; 0 when it has none. */
const BUCKETS_BUFFER: u32 = memory.data(BUCKETS * LINK_BYTES, 64) as u32;
/** One link an order slot, to the next older order of its bucket. */
const OLDER_BUFFER: u32 = memory.data(ORDERS * LINK_BYTES, 64) as u32;

/** Ids of one block of 2^16 have neighboring buckets: clients count upwards, and neighbors share cache lines. */
const BLOCK_BITS: u64 = 16;
const GOLDEN_RATIO: u64 = 0x9e3779b97f4a7c15;
const MIXED_BITS: u64 = 32;

/** Address of the first link of the id's bucket. Each block begins at a bucket of its own. */
// @ts-ignore: decorator
@inline
export function bucketOf(id: u64): u32 {
  const blockStart = ((id >> BLOCK_BITS) * GOLDEN_RATIO) >> MIXED_BITS;
  return BUCKETS_BUFFER + (((id + blockStart) as u32) & (BUCKETS - 1)) * LINK_BYTES;
}

// @ts-ignore: decorator
@inline
function linkBehind(slot: u32): u32 {
  return OLDER_BUFFER + slot * LINK_BYTES;
}

/** Address of the link to the order with this id, or NO_LINK. */
// @ts-ignore: decorator
@inline
export function linkToId(id: u64): u32 {
  let link = bucketOf(id);
  while (true) {
    const next = load<u32>(link);
    if (next == 0) return NO_LINK;
    if (orderAt(next - 1).clientOrderId == id) return link;
    link = linkBehind(next - 1);
  }
}

/** Address of the link to the order in `slot`. It is linked, and its record still readable. */
// @ts-ignore: decorator
@inline
export function linkToSlot(slot: u32): u32 {
  let link = bucketOf(orderAt(slot).clientOrderId);
  while (load<u32>(link) != slot + 1) link = linkBehind(load<u32>(link) - 1);
  return link;
}

/** The slot of the order that a link leads to. */
// @ts-ignore: decorator
@inline
export function slotOfLink(link: u32): u32 {
  return load<u32>(link) - 1;
}

/** Makes the order in `slot` known by its id. */
// @ts-ignore: decorator
@inline
export function linkOrder(id: u64, slot: u32): void {
  const bucket = bucketOf(id);
  store<u32>(linkBehind(slot), load<u32>(bucket));
  store<u32>(bucket, slot + 1);
}

/** Makes the order that `link` leads to unknown. */
// @ts-ignore: decorator
@inline
export function unlinkOrder(link: u32): void {
  store<u32>(link, load<u32>(linkBehind(slotOfLink(link))));
}

/** Touches the table's pages: no order is known yet. */
export function warmClientIds(): void {
  memory.fill(BUCKETS_BUFFER, 0, BUCKETS * LINK_BYTES);
  memory.fill(OLDER_BUFFER, 0, ORDERS * LINK_BYTES);
}

if (BUCKETS & (BUCKETS - 1)) ERROR('buckets are chosen by the low bits of a number');
