import { blake3 } from '@noble/hashes/blake3.js';
import type { Geometry } from '../../engine/geometry.ts';
import { GEOMETRIES } from './market-module.ts';
import type { ImageParts } from './state-image-parts.ts';

const LEAF_KEY = new Uint8Array(32);
LEAF_KEY.set(new TextEncoder().encode('proofbook/leaf/v1'));
const TREE_DEPTHS: Readonly<Record<Geometry, number>> = { circuit: 8, deep: 18 };
const PREIMAGE_BYTES = 64;

/** The state root of a snapshot, from its leaves alone (PROTOCOL.md §6): nothing of the engine's tree is used. */
export function plainStateRoot(geometry: Geometry, parts: ImageParts): Uint8Array {
  const { levelsPerSide } = GEOMETRIES[geometry];
  const first = 2 * levelsPerSide;
  const leaves = new Map<number, Uint8Array>();
  for (const level of parts.levels) {
    let digest = new Uint8Array(32);
    for (const order of level.orders) digest = Uint8Array.from(blake3(order, { key: digest }));
    const preimage = level.leaf.slice();
    preimage.set(digest, 32);
    leaves.set(level.side * levelsPerSide + level.slot, preimage);
  }
  const fixed = [parts.header, parts.totals, parts.stops];
  fixed.forEach((preimage, index) => {
    leaves.set(first + index, preimage);
  });
  const bitmaps = geometry === 'deep' ? [parts.orderSlots, ...levelBitmaps(parts)] : [parts.orderSlots];
  let leaf = first + 8;
  for (const bitmap of bitmaps) {
    for (let at = 0; at < bitmap.length; at += PREIMAGE_BYTES) {
      leaves.set(leaf, bitmap.subarray(at, at + PREIMAGE_BYTES));
      leaf += 1;
    }
  }
  return rootOf(leaves, TREE_DEPTHS[geometry]);
}

/** The deep geometry's bitmaps of level slots: the bids', then the asks'. */
function levelBitmaps({ levels }: ImageParts): Uint8Array[] {
  return [0, 1].map((side) => {
    const bitmap = new Uint8Array(GEOMETRIES.deep.levelsPerSide / 8);
    for (const level of levels) {
      if (level.side === side)
        bitmap[level.slot >> 3] = (bitmap[level.slot >> 3] ?? 0) | (1 << (level.slot & 7));
    }
    return bitmap;
  });
}

function rootOf(preimages: ReadonlyMap<number, Uint8Array>, depth: number): Uint8Array {
  let nodes = new Map<number, Uint8Array>();
  for (const [index, preimage] of preimages) {
    if (preimage.some((byte) => byte !== 0)) nodes.set(index, blake3(preimage, { key: LEAF_KEY }));
  }
  let empty: Uint8Array = new Uint8Array(32);
  for (let height = 0; height < depth; height++) {
    const above = new Map<number, Uint8Array>();
    for (const index of nodes.keys()) {
      const left = index & ~1;
      if (above.has(left >> 1)) continue;
      above.set(left >> 1, node(nodes.get(left) ?? empty, nodes.get(left | 1) ?? empty));
    }
    nodes = above;
    empty = node(empty, empty);
  }
  return nodes.get(0) ?? empty;
}

function node(left: Uint8Array, right: Uint8Array): Uint8Array {
  return blake3(Uint8Array.from([...left, ...right]));
}
