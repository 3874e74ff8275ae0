import type { Digest, Lots, OrderId, Ticks } from './brands.ts';
import { Engine } from './engine.ts';
import { MARKET_STATE_CODES, type MarketStateName, nameOfCode, type SideName } from './protocol-codes.ts';

// The state image of the circuit's geometry, protocol §8; the preimages in it, §6.
const HEADER_OFFSET = 128;
const TOTALS_OFFSET = 192;
const STOPS_OFFSET = 256;
const LEVELS_OFFSET = 832;
const LEVEL_ENTRY_BYTES = 72;
const ORDER_BYTES = 64;
const TIME_IN_FORCE_GTD = 3;
const MARKET_FLAG = 4;

/** An order that rests, in the place that it has in its level's queue. */
export interface RestingOrder {
  readonly orderId: OrderId;
  readonly account: number;
  readonly clientOrderId: bigint;
  readonly remaining: Lots;
  readonly hiddenRemaining: Lots;
  /** 0 unless it is an iceberg. */
  readonly displayQuantity: Lots;
  /** ns since epoch; 0: good till canceled. */
  readonly expiry: bigint;
}

/** A price and the orders that rest there, those first in the queue first. */
export interface BookLevel {
  readonly price: Ticks;
  readonly orders: readonly RestingOrder[];
}

/** A stop that waits for its trigger price. */
export interface WaitingStop {
  readonly side: SideName;
  readonly orderId: OrderId;
  readonly account: number;
  readonly clientOrderId: bigint;
  readonly triggerPrice: Ticks;
  /** 0 of a market order. */
  readonly price: Ticks;
  readonly isMarket: boolean;
  readonly remaining: Lots;
  readonly displayQuantity: Lots;
  readonly isGoodTillDate: boolean;
  readonly expiry: bigint;
}

/** A whole book as it was after a batch. Levels and queues are in the order in which they would be met. */
export interface Book {
  readonly batchNumber: bigint;
  readonly sequence: bigint;
  readonly timestamp: bigint;
  readonly stateRoot: Digest;
  readonly marketState: MarketStateName;
  readonly lastTradePrice: Ticks;
  readonly tradeCount: bigint;
  readonly tradedLots: bigint;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
  readonly stops: readonly WaitingStop[];
}

/**
 * Reads a snapshot of the `circuit` geometry as a book. The engine opens it first, so that every byte is sound and gives `stateRoot`.
 *
 * @throws SNAPSHOT_REFUSED
 */
export function decodeSnapshot(snapshot: Uint8Array): Book {
  const engine = Engine.restore(snapshot);
  const view = new DataView(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
  const header = (word: number): bigint => view.getBigUint64(HEADER_OFFSET + word * 8, true);
  const totals = (word: number): bigint => view.getBigUint64(TOTALS_OFFSET + word * 8, true);
  const bidLevels = view.getUint32(8, true);
  const levelCount = bidLevels + view.getUint32(12, true);
  let orderAt = LEVELS_OFFSET + levelCount * LEVEL_ENTRY_BYTES;
  const levels = Array.from({ length: levelCount }, (_, index): BookLevel => {
    const at = LEVELS_OFFSET + index * LEVEL_ENTRY_BYTES;
    const first = orderAt;
    const orderCount = Number(view.getBigUint64(at + 16, true));
    orderAt += orderCount * ORDER_BYTES;
    const orders = Array.from({ length: orderCount }, (_, order) =>
      restingAt(view, first + order * ORDER_BYTES),
    );
    return { price: view.getBigUint64(at, true) as Ticks, orders };
  });
  const stopCount = Number(view.getBigUint64(STOPS_OFFSET + 16, true));
  return {
    batchNumber: header(1),
    sequence: header(0),
    timestamp: header(7),
    stateRoot: engine.stateRoot(),
    marketState: nameOfCode(MARKET_STATE_CODES, Number(header(6))) ?? 'halted',
    lastTradePrice: header(5) as Ticks,
    tradeCount: totals(4),
    tradedLots: totals(5) + (totals(6) << 64n),
    bids: levels.slice(0, bidLevels).reverse(),
    asks: levels.slice(bidLevels).reverse(),
    stops: Array.from({ length: stopCount }, (_, index) => stopAt(view, orderAt + index * ORDER_BYTES)),
  };
}

function restingAt(view: DataView, at: number): RestingOrder {
  const word = (number: number): bigint => view.getBigUint64(at + number * 8, true);
  return {
    orderId: word(0) as OrderId,
    account: view.getUint32(at + 12, true),
    clientOrderId: word(6),
    remaining: word(2) as Lots,
    hiddenRemaining: word(3) as Lots,
    displayQuantity: word(4) as Lots,
    expiry: word(5),
  };
}

function stopAt(view: DataView, at: number): WaitingStop {
  const { orderId, account, clientOrderId, remaining, displayQuantity, expiry } = restingAt(view, at);
  return {
    side: view.getUint8(at + 8) === 0 ? 'bid' : 'ask',
    orderId,
    account,
    clientOrderId,
    triggerPrice: view.getBigUint64(at + 24, true) as Ticks,
    price: view.getBigUint64(at + 56, true) as Ticks,
    isMarket: (view.getUint8(at + 10) & MARKET_FLAG) !== 0,
    remaining,
    displayQuantity,
    isGoodTillDate: view.getUint8(at + 9) === TIME_IN_FORCE_GTD,
    expiry,
  };
}
