// The levels of both sides that are not hot, in a radix tree of 4 bits a step: a node has a child for each value of
// its four bits that some level below it has, and a bitmap says which. A node with one child would say nothing, so
// there is none (the path is compressed): there are always fewer nodes than levels, and the pool can't run out.
// Keys are 48 bits, so no path is longer than twelve nodes.
//
// The nodes that lately led to prices are remembered by the prices' upper bits ("warm"): where one is, it is found
// in one step instead of a descent from the root. What is remembered is checked before it is believed.

import { betterness, sideOfLevel } from './book-sides';
import { LEVELS_PER_SIDE } from './geometry';
import { notesOf } from './level-notes';
import { levelAt } from './records';

/** Said when there is no such level. */
export const NO_LEVEL: u32 = 0xffffffff;

const KEY_BITS: u32 = 48;
const KEY_MASK: u64 = (1 << KEY_BITS) - 1;

@unmanaged
class Node {
  /** side in bit 63 | shift in bits 48..55 | the key's bits above those of this node. All ones: the node is free. */
  tag: u64;
  /** The node above, 0 for the root; the next free node of a free one. */
  parent: u32;
  /** Bit n: there is a child for nibble n. */
  children: u32;
}

const NODE_BYTES: u32 = 16;
const CHILDREN_BYTES: u32 = 64;
const SHIFT_POSITION: u64 = 48;
const SIDE_POSITION: u64 = 63;
const PREFIX_MASK: u64 = (1 << 44) - 1;
const FREE_TAG: u64 = u64.MAX_VALUE;
/** A child is a node, or a level with this bit. 0 is neither: node 0 is not used. */
const IS_LEVEL: u32 = 0x8000_0000;

/** A side of n levels has at most n - 1 nodes. */
export const NODES: u32 = 2 * LEVELS_PER_SIDE;
export const NODES_BUFFER: u32 = memory.data(NODES * NODE_BYTES, 64) as u32;
export const CHILDREN_BUFFER: u32 = memory.data(NODES * CHILDREN_BYTES, 64) as u32;
/** The root of each side: a child. */
const ROOTS: u32 = memory.data(2 * 4, 64) as u32;
/** For each side, the node last seen for a run of 16 prices, by the lowest bits of the run. */
const WARM_NODES: u32 = 1024;
const WARM_BUFFER: u32 = memory.data(2 * WARM_NODES * 4, 64) as u32;

if (offsetof<Node>() != NODE_BYTES) ERROR('a Node is 16 bytes');

/** Nodes above this one were never used. */
let lastNode: u32 = 0;
let freeNode: u32 = 0;
let nodeCount: u32 = 0;

/** Where the key that `findInTree` looked for belongs: below this node (0: at the root), beside this child (0: nothing is there). */
let foundNode: u32 = 0;
let foundChild: u32 = 0;

let warmHits: u64 = 0;
let coldHits: u64 = 0;

/** Look-ups that a remembered node answered. */
export function warmHitCount(): u64 {
  return warmHits;
}

/** Look-ups that came down from the root. */
export function coldHitCount(): u64 {
  return coldHits;
}

/** Radix nodes in use. */
export function nodesInUse(): u32 {
  return nodeCount;
}

/** The most radix nodes that were ever in use at once: a node is taken anew only when none is free. */
export function nodesHighWater(): u32 {
  return lastNode;
}

/** 48 bits, greater for a better price. */
// @ts-ignore: decorator
@inline
export function keyOfPrice(side: u32, price: u64): u64 {
  return betterness(side, price) & KEY_MASK;
}

// @ts-ignore: decorator
@inline
function keyOfLevel(side: u32, level: u32): u64 {
  return keyOfPrice(side, levelAt(level).price);
}

// @ts-ignore: decorator
@inline
function nodeAt(node: u32): Node {
  return changetype<Node>(NODES_BUFFER + node * NODE_BYTES);
}

// @ts-ignore: decorator
@inline
function childAt(node: u32, nibble: u32): u32 {
  return CHILDREN_BUFFER + node * CHILDREN_BYTES + (nibble << 2);
}

// @ts-ignore: decorator
@inline
function shiftOf(node: Node): u64 {
  return (node.tag >> SHIFT_POSITION) & 0x7f;
}

// @ts-ignore: decorator
@inline
function nibbleOf(key: u64, shift: u64): u32 {
  return ((key >> shift) & 15) as u32;
}

/** The lowest key that a node may hold. */
// @ts-ignore: decorator
@inline
function firstKeyOf(node: Node): u64 {
  return (node.tag & PREFIX_MASK) << (shiftOf(node) + 4);
}

// @ts-ignore: decorator
@inline
function warmPlace(side: u32, key: u64): u32 {
  return WARM_BUFFER + ((side * WARM_NODES + ((key >> 4) as u32 & (WARM_NODES - 1))) << 2);
}

// @ts-ignore: decorator
@inline
function tagOf(side: u32, key: u64, shift: u64): u64 {
  return (key >> (shift + 4)) | (shift << SHIFT_POSITION) | ((side as u64) << SIDE_POSITION);
}

/** The level with this key, or NO_LEVEL; then `insertInTree` may follow. */
export function findInTree(side: u32, key: u64): u32 {
  const remembered = load<u32>(warmPlace(side, key));
  if (nodeAt(remembered).tag == tagOf(side, key, 0) && remembered) {
    warmHits += 1;
    return findBelow(remembered, nodeAt(remembered), key & 15);
  }
  coldHits += 1;
  return descend(side, key);
}

// @ts-ignore: decorator
@inline
function findBelow(index: u32, node: Node, nibble: u64): u32 {
  foundNode = index;
  foundChild = 0;
  if (((node.children >> (nibble as u32)) & 1) == 0) return NO_LEVEL;
  return load<u32>(childAt(index, nibble as u32)) ^ IS_LEVEL;
}

function descend(side: u32, key: u64): u32 {
  let above: u32 = 0;
  let child = load<u32>(ROOTS + (side << 2));
  while (child != 0 && (child & IS_LEVEL) == 0) {
    const node = nodeAt(child);
    const shift = shiftOf(node);
    if ((node.tag & PREFIX_MASK) != key >> (shift + 4)) break;
    const nibble = nibbleOf(key, shift);
    above = child;
    if (shift == 0) store<u32>(warmPlace(side, key), above);
    child = (node.children >> nibble) & 1 ? load<u32>(childAt(above, nibble)) : 0;
  }
  foundNode = above;
  foundChild = child;
  if ((child & IS_LEVEL) == 0) return NO_LEVEL;
  const level = child ^ IS_LEVEL;
  return keyOfLevel(side, level) == key ? level : NO_LEVEL;
}

/** Puts a level under the key that `findInTree` has just not found. */
export function insertInTree(side: u32, key: u64, level: u32): void {
  if (foundChild == 0) {
    setChild(side, foundNode, key, level | IS_LEVEL);
    return;
  }
  // Something with another key is there: both go below a new node, at the first four bits in which they differ.
  const other = foundChild;
  const otherKey = other & IS_LEVEL ? keyOfLevel(side, other ^ IS_LEVEL) : firstKeyOf(nodeAt(other));
  const shift = (63 - clz<u64>(key ^ otherKey)) & ~3;
  const node = takeNode();
  nodeAt(node).tag = tagOf(side, key, shift);
  nodeAt(node).children = 0;
  setChild(side, foundNode, key, node);
  setChild(side, node, otherKey, other);
  setChild(side, node, key, level | IS_LEVEL);
  if (shift == 0) store<u32>(warmPlace(side, key), node);
}

/** Puts `child`, which holds `key`, below `node`, or at the root if `node` is 0. */
function setChild(side: u32, node: u32, key: u64, child: u32): void {
  if (node == 0) {
    store<u32>(ROOTS + (side << 2), child);
  } else {
    const above = nodeAt(node);
    const nibble = nibbleOf(key, shiftOf(above));
    above.children |= 1 << nibble;
    store<u32>(childAt(node, nibble), child);
  }
  if (child & IS_LEVEL) notesOf(child ^ IS_LEVEL).node = node;
  else nodeAt(child).parent = node;
}

export function removeFromTree(level: u32): void {
  const side = sideOfLevel(level);
  const index = notesOf(level).node;
  if (index == 0) {
    store<u32>(ROOTS + (side << 2), 0);
    return;
  }
  const node = nodeAt(index);
  const key = keyOfLevel(side, level);
  node.children &= ~(1 << nibbleOf(key, shiftOf(node)));
  if (node.children & (node.children - 1)) return;
  // One child is left and takes the node's place.
  setChild(side, node.parent, firstKeyOf(node), load<u32>(childAt(index, ctz<u32>(node.children))));
  giveNode(index);
}

function takeNode(): u32 {
  nodeCount += 1;
  const node = freeNode;
  if (node == 0) return ++lastNode;
  freeNode = nodeAt(node).parent;
  return node;
}

function giveNode(index: u32): void {
  nodeCount -= 1;
  nodeAt(index).tag = FREE_TAG;
  nodeAt(index).parent = freeNode;
  freeNode = index;
}

/** The best level of a child, with the key that is greatest. */
function bestBelow(child: u32): u32 {
  while ((child & IS_LEVEL) == 0) child = load<u32>(childAt(child, 31 - clz<u32>(nodeAt(child).children)));
  return child ^ IS_LEVEL;
}

function worstBelow(child: u32): u32 {
  while ((child & IS_LEVEL) == 0) child = load<u32>(childAt(child, ctz<u32>(nodeAt(child).children)));
  return child ^ IS_LEVEL;
}

/** The best level of the side that is in the tree, or NO_LEVEL. */
export function bestInTree(side: u32): u32 {
  const root = load<u32>(ROOTS + (side << 2));
  return root == 0 ? NO_LEVEL : bestBelow(root);
}

/** The worst level of the side that is in the tree, or NO_LEVEL. */
export function worstInTree(side: u32): u32 {
  const root = load<u32>(ROOTS + (side << 2));
  return root == 0 ? NO_LEVEL : worstBelow(root);
}

/** The level next to this one in the tree on the worse side, or NO_LEVEL. */
export function worseInTree(level: u32): u32 {
  const key = keyOfLevel(sideOfLevel(level), level);
  for (let index = notesOf(level).node; index != 0; index = nodeAt(index).parent) {
    const node = nodeAt(index);
    const lower = node.children & ((1 << nibbleOf(key, shiftOf(node))) - 1);
    if (lower) return bestBelow(load<u32>(childAt(index, 31 - clz<u32>(lower))));
  }
  return NO_LEVEL;
}

/** The level next to this one in the tree on the better side, or NO_LEVEL. */
export function betterInTree(level: u32): u32 {
  const key = keyOfLevel(sideOfLevel(level), level);
  for (let index = notesOf(level).node; index != 0; index = nodeAt(index).parent) {
    const node = nodeAt(index);
    const higher = node.children & ~((2 << nibbleOf(key, shiftOf(node))) - 1);
    if (higher) return worstBelow(load<u32>(childAt(index, ctz<u32>(higher))));
  }
  return NO_LEVEL;
}
