import { keyedHash } from './blake3-hash.ts';
import {
  allOrders,
  type BookState,
  levelVolume,
  type PriceLevel,
  type RestingOrder,
  type Side,
  sideVolume,
  slotOf,
} from './book-state.ts';
import { RESTING_ORDERS_MAX } from './geometry.ts';
import { concatBytes, joinFields, packWords } from './words.ts';

/** Preimages of the state leaves that are not zero by definition, by leaf index (protocol §6). */
export function stateLeafPreimages(state: BookState): Map<number, Uint8Array> {
  const leaves = new Map<number, Uint8Array>();
  for (const level of state.bid.values()) leaves.set(level.slot, levelPreimage(level));
  for (const level of state.ask.values()) leaves.set(64 + level.slot, levelPreimage(level));
  leaves.set(128, headerPreimage(state));
  leaves.set(129, totalsPreimage(state));
  const bitmap = orderSlotBitmap(state);
  for (let leaf = 0; leaf < 8; leaf += 1) leaves.set(136 + leaf, bitmap.subarray(leaf * 64, (leaf + 1) * 64));
  return leaves;
}

export function levelPreimage(level: PriceLevel): Uint8Array {
  const words = packWords([level.price, levelVolume(level), BigInt(level.orders.length), 0n]);
  return concatBytes([words, ordersDigest(level.orders)]);
}

/** The chain over the orders of a level in queue order: each digest is the key of the next. */
export function ordersDigest(orders: readonly RestingOrder[]): Uint8Array {
  return orders.reduce<Uint8Array>(
    (digest, order) => keyedHash(digest, orderRecord(order)),
    new Uint8Array(32),
  );
}

/** One resting order, 64 bytes. */
export function orderRecord(order: RestingOrder): Uint8Array {
  const side = order.side === 'bid' ? 0n : 1n;
  const timeInForce = 0n;
  const flags = 0n;
  const hiddenRemaining = 0n;
  const displaySize = 0n;
  const expiry = 0n;
  return packWords([
    order.orderId,
    joinFields([side, 8n], [timeInForce, 8n], [flags, 8n], [0n, 8n], [order.account, 32n]),
    order.remaining,
    hiddenRemaining,
    displaySize,
    expiry,
    order.clientOrderId,
    0n,
  ]);
}

export function headerPreimage(state: BookState): Uint8Array {
  const marketState = 0n;
  return packWords([
    state.sequence,
    state.batchNumber,
    levelBitmap(state, 'bid'),
    levelBitmap(state, 'ask'),
    BigInt(allOrders(state).length),
    state.lastTradePrice,
    marketState,
    state.timestamp,
  ]);
}

export function totalsPreimage(state: BookState): Uint8Array {
  return packWords([
    ...lowAndHigh(sideVolume(state, 'bid')),
    ...lowAndHigh(sideVolume(state, 'ask')),
    state.tradeCount,
    ...lowAndHigh(state.tradedLots),
    0n,
  ]);
}

/** 4096 bits, 512 bytes: bit s is bit (s mod 64) of word (s / 64). */
export function orderSlotBitmap(state: BookState): Uint8Array {
  const words = Array.from({ length: RESTING_ORDERS_MAX / 64 }, () => 0n);
  for (const order of allOrders(state)) {
    const slot = slotOf(order.orderId);
    const word = Math.floor(slot / 64);
    words[word] = (words[word] ?? 0n) | (1n << BigInt(slot % 64));
  }
  return packWords(words);
}

function levelBitmap(state: BookState, side: Side): bigint {
  return [...state[side].values()].reduce((bits, level) => bits | (1n << BigInt(level.slot)), 0n);
}

function lowAndHigh(value: bigint): [bigint, bigint] {
  return [value & ((1n << 64n) - 1n), value >> 64n];
}
