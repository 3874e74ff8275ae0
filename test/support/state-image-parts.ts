import type { Geometry } from '../../engine/geometry.ts';
import { GEOMETRIES } from './market-module.ts';

/** A level as a state image lists it (PROTOCOL.md §8). */
export interface ImageLevel {
  readonly side: number;
  readonly slot: number;
  readonly price: bigint;
  readonly volume: bigint;
  /** Leaf preimage, 64 bytes. */
  readonly leaf: Uint8Array;
  /** Records of its orders in queue order. */
  readonly orders: readonly Uint8Array[];
}

export interface ImageParts {
  readonly root: Uint8Array;
  readonly header: Uint8Array;
  readonly totals: Uint8Array;
  readonly stops: Uint8Array;
  readonly orderSlots: Uint8Array;
  /** Bids from worst to best, then asks from worst to best. */
  readonly levels: readonly ImageLevel[];
}

const LEVEL_ENTRY_BYTES = 72;
const ORDER_BYTES = 64;

/** Takes a snapshot apart. Every level in it is opened. */
export function imageParts(geometry: Geometry, image: Uint8Array): ImageParts {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const slotsEnd = 320 + GEOMETRIES[geometry].orders / 8;
  const bidLevels = view.getUint32(8, true);
  const count = bidLevels + view.getUint32(12, true);
  let orderAt = slotsEnd + count * LEVEL_ENTRY_BYTES;
  const levels = Array.from({ length: count }, (_, index): ImageLevel => {
    const at = slotsEnd + index * LEVEL_ENTRY_BYTES;
    const orders = Array.from({ length: Number(view.getBigUint64(at + 16, true)) }, (_, order) =>
      image.subarray(orderAt + order * ORDER_BYTES, orderAt + (order + 1) * ORDER_BYTES),
    );
    orderAt += orders.length * ORDER_BYTES;
    return {
      side: index < bidLevels ? 0 : 1,
      slot: view.getUint32(at + 64, true),
      price: view.getBigUint64(at, true),
      volume: view.getBigUint64(at + 8, true),
      leaf: image.subarray(at, at + 64),
      orders,
    };
  });
  return {
    root: image.subarray(96, 128),
    header: image.subarray(128, 192),
    totals: image.subarray(192, 256),
    stops: image.subarray(256, 320),
    orderSlots: image.subarray(320, slotsEnd),
    levels,
  };
}
