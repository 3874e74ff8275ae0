// The state tree (protocol §6): nodes numbered like a heap (root 1, children of n at 2n and 2n + 1, leaf i of N
// at N + i). Only what changed is hashed again: a changed leaf marks itself, and one sweep
// carries the marks to the root.

import { hashKeyed, hashNode, LEAF_KEY } from './blake3';
import { DIGEST_BYTES, Handle, LEAF_HEADER, LEAF_SLOT_BITMAP, LEAF_STOPS, LEAF_TOTALS, NIL, STATE_TREE_DEPTH } from './geometry';
import { takeDirtyLevel } from './level-marks';
import { NO_SLOT_LEAF, slotLeafPreimage, takeDirtySlotLeaf } from './order-slots';
import { noteVolume, sideVolume, sideVolumeHigh } from './side-volumes';
import {
  bookSide,
  chainAt,
  HEADER,
  header,
  LEVEL_BYTES,
  levelAt,
  orderAt,
  ordersDigestOf,
  placeAt,
  queueAt,
  STOPS,
  TOTALS,
  totals,
} from './records';
import { copyDigest, zeroSubtree } from './zero-subtrees';

const LEAVES: u32 = 1 << STATE_TREE_DEPTH;
const NODES: u32 = memory.data(2 * LEAVES * DIGEST_BYTES, 64) as u32;
const NODE_WORDS: u32 = (2 * LEAVES) / 64;
/** One bit a node: its digest is out of date. */
const DIRTY: u32 = memory.data(NODE_WORDS * 8, 64) as u32;
/** One bit a node: something below it is not empty. */
const OCCUPIED: u32 = memory.data(NODE_WORDS * 8, 64) as u32;
/** The two children of a node of which one is empty. */
const PAIR: u32 = memory.data(2 * DIGEST_BYTES, 64) as u32;
const ROOT: u32 = 1;

// @ts-ignore: decorator
@inline
function nodeAt(node: u32): u32 {
  return NODES + node * DIGEST_BYTES;
}

// @ts-ignore: decorator
@inline
function isOccupied(node: u32): bool {
  return ((load<u64>(OCCUPIED + ((node >> 6) << 3)) >> (node & 63)) & 1) != 0;
}

function setOccupied(node: u32, occupied: bool): void {
  const word = OCCUPIED + ((node >> 6) << 3);
  const bit = (1 as u64) << (node & 63);
  store<u64>(word, occupied ? load<u64>(word) | bit : load<u64>(word) & ~bit);
}

// @ts-ignore: decorator
@inline
function setDirty(node: u32): void {
  const word = DIRTY + ((node >> 6) << 3);
  store<u64>(word, load<u64>(word) | ((1 as u64) << (node & 63)));
}

/** Address of the state root, as of the last `updateStateRoot`. */
export function stateRoot(): u32 {
  return isOccupied(ROOT) ? nodeAt(ROOT) : zeroSubtree(STATE_TREE_DEPTH);
}

/** Brings every leaf that changed, and the root, up to date. */
export function updateStateRoot(): void {
  updateLevelLeaves();
  updateHeaderLeaves();
  for (let index = takeDirtySlotLeaf(); index != NO_SLOT_LEAF; index = takeDirtySlotLeaf()) {
    setLeaf(LEAF_SLOT_BITMAP + index, slotLeafPreimage(index));
  }
  hashDirtyNodes();
}

function updateLevelLeaves(): void {
  for (let level = takeDirtyLevel(0); level != NIL; level = takeDirtyLevel(level)) {
    if (level != STOPS) noteVolume(level);
    if (levelAt(level).orderCount != 0) {
      chainOrders(level);
      hashLeaf(leafOf(level), changetype<u32>(levelAt(level)));
    } else {
      clearLeaf(leafOf(level));
    }
  }
}

/** The stop book's leaf stands behind the header's. */
// @ts-ignore: decorator
@inline
function leafOf(level: u32): u32 {
  return level == STOPS ? LEAF_STOPS : level;
}

function updateHeaderLeaves(): void {
  const bids = bookSide(0);
  const asks = bookSide(1);
  header().bidLevels = bids.levels;
  header().askLevels = asks.levels;
  header().orderCount = bids.orderCount + asks.orderCount;
  totals().bidVolume = sideVolume(0);
  totals().askVolume = sideVolume(1);
  totals().bidVolumeHigh = sideVolumeHigh(0);
  totals().askVolumeHigh = sideVolumeHigh(1);
  setLeaf(LEAF_HEADER, HEADER);
  setLeaf(LEAF_TOTALS, TOTALS);
}

/** Brings a level's ordersDigest up to date: only the orders behind the first change are hashed. */
function chainOrders(level: u32): void {
  const queue = queueAt(level);
  const digest = ordersDigestOf(level);
  let slot = queue.unchained as u32;
  if (slot == NIL) {
    // The last orders left. A level with none loaded is opaque, and none of its orders changed.
    if (queue.tail != NIL) copyDigest(digest, chainAt(queue.tail as u32));
    return;
  }
  const previous = placeAt(slot).previous as u32;
  let link = previous == NIL ? startOfChain(level) : chainAt(previous);
  while (slot != NIL) {
    hashKeyed(link, changetype<u32>(orderAt(slot)), chainAt(slot));
    link = chainAt(slot);
    const place = placeAt(slot);
    place.chained = 1;
    slot = place.next as u32;
  }
  queue.unchained = NIL as Handle;
  copyDigest(digest, link);
}

/** D_0, or, where earlier orders are not loaded, the digest that the leaf was opened with. */
function startOfChain(level: u32): u32 {
  return queueAt(level).opaque ? ordersDigestOf(level) : zeroSubtree(0);
}

function setLeaf(leaf: u32, preimage: u32): void {
  let bits: u64 = 0;
  for (let offset: u32 = 0; offset < LEVEL_BYTES; offset += 8) bits |= load<u64>(preimage + offset);
  if (bits == 0) clearLeaf(leaf);
  else hashLeaf(leaf, preimage);
}

function hashLeaf(leaf: u32, preimage: u32): void {
  const node = LEAVES + leaf;
  hashKeyed(LEAF_KEY, preimage, nodeAt(node));
  setOccupied(node, true);
  setDirty(node);
}

function clearLeaf(leaf: u32): void {
  const node = LEAVES + leaf;
  setOccupied(node, false);
  setDirty(node);
}

/**
 * Children have greater numbers than their parents, so one sweep from the greatest dirty number down meets
 * them first.
 */
function hashDirtyNodes(): void {
  for (let word: u32 = NODE_WORDS; word != 0; --word) {
    const at = DIRTY + ((word - 1) << 3);
    for (let bits = load<u64>(at); bits != 0; bits = load<u64>(at)) {
      const bit = 63 - (clz<u64>(bits) as u32);
      // A node and its sibling have one parent: both marks go together.
      store<u64>(at, bits & ~((3 as u64) << (bit & ~1)));
      const node = ((word - 1) << 6) | bit;
      if (node == ROOT) return;
      hashParent(node >> 1);
      setDirty(node >> 1);
    }
  }
}

function hashParent(parent: u32): void {
  const left = parent << 1;
  const hasLeft = isOccupied(left);
  const hasRight = isOccupied(left | 1);
  setOccupied(parent, hasLeft || hasRight);
  if (hasLeft && hasRight) {
    hashNode(nodeAt(left), nodeAt(parent));
  } else if (hasLeft || hasRight) {
    const zero = zeroSubtree(heightOf(left));
    copyDigest(PAIR, hasLeft ? nodeAt(left) : zero);
    copyDigest(PAIR + DIGEST_BYTES, hasRight ? nodeAt(left | 1) : zero);
    hashNode(PAIR, nodeAt(parent));
  }
}

/** Levels between a node and the leaves. */
function heightOf(node: u32): u32 {
  return clz<u32>(node) - clz<u32>(2 * LEAVES - 1);
}
