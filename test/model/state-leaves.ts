import { type RestingOrder, type Side, sideCode, slotOf } from './book-order.ts';
import {
  type BookState,
  levelHiddenVolume,
  levelVolume,
  ordersBySlot,
  type PriceLevel,
  restingOrders,
  sideVolume,
} from './book-state.ts';
import { ORDER_SLOTS } from './geometry.ts';
import { FLAG } from './model-command.ts';
import { chainDigest } from './orders-digest.ts';
import { stopBookPreimage } from './stop-book.ts';
import { concatBytes, joinFields, packWords } from './words.ts';

/** Preimages of the state leaves that are not zero by definition, by leaf index (protocol §6). */
export function stateLeafPreimages(state: BookState): Map<number, Uint8Array> {
  const leaves = new Map<number, Uint8Array>();
  for (const level of state.bid.values()) leaves.set(level.slot, levelPreimage(level));
  for (const level of state.ask.values()) leaves.set(64 + level.slot, levelPreimage(level));
  leaves.set(128, headerPreimage(state));
  leaves.set(129, totalsPreimage(state));
  leaves.set(130, stopBookPreimage(state));
  const bitmap = orderSlotBitmap(state);
  for (let leaf = 0; leaf < 8; leaf += 1) leaves.set(136 + leaf, bitmap.subarray(leaf * 64, (leaf + 1) * 64));
  return leaves;
}

export function levelPreimage(level: PriceLevel): Uint8Array {
  const volumes = [levelVolume(level), BigInt(level.orders.length), levelHiddenVolume(level)];
  return concatBytes([packWords([level.price, ...volumes]), ordersDigest(level.orders)]);
}

/** Over the orders of a level in queue order. */
export function ordersDigest(orders: readonly RestingOrder[]): Uint8Array {
  return chainDigest(orders.map(orderRecord));
}

/** One resting order, 64 bytes. */
export function orderRecord(order: RestingOrder): Uint8Array {
  const flags = order.displayQuantity === 0n ? 0n : FLAG.extended;
  return packWords([
    order.orderId,
    joinFields(
      [sideCode(order.side), 8n],
      [order.timeInForce, 8n],
      [flags, 8n],
      [0n, 8n],
      [order.account, 32n],
    ),
    order.remaining,
    order.hidden,
    order.displayQuantity,
    order.expiry,
    order.clientOrderId,
    0n,
  ]);
}

export function headerPreimage(state: BookState): Uint8Array {
  return packWords([
    state.sequence,
    state.batchNumber,
    levelBitmap(state, 'bid'),
    levelBitmap(state, 'ask'),
    BigInt(restingOrders(state).length),
    state.lastTradePrice,
    state.marketState,
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
  const words = Array.from({ length: ORDER_SLOTS / 64 }, () => 0n);
  for (const order of ordersBySlot(state)) {
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
