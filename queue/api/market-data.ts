import { type Static, Type } from '@sinclair/typebox';
import type { Engine } from '../../engine/engine.ts';
import { decodeTransitions } from '../../engine/transition.ts';
import { Count, SideName, U64 } from './wire-values.ts';

const LevelSchema = Type.Object(
  {
    price: U64,
    volume: Type.String({ pattern: U64.pattern ?? '', description: 'lots that are shown' }),
    orderCount: Count,
  },
  { additionalProperties: false },
);

/** Price levels, best first (L2). */
export const DepthSchema = Type.Object(
  { batchNumber: U64, sequence: U64, bids: Type.Array(LevelSchema), asks: Type.Array(LevelSchema) },
  { $id: 'Depth', additionalProperties: false },
);

export const TradeSchema = Type.Object(
  {
    sequence: U64,
    price: U64,
    quantity: U64,
    takerSide: SideName,
    makerOrderId: U64,
    takerOrderId: U64,
    batchNumber: U64,
    timestampNs: U64,
  },
  { $id: 'Trade', additionalProperties: false },
);

export type Depth = Static<typeof DepthSchema>;
export type Trade = Static<typeof TradeSchema>;

const TRADES_KEPT = 1000;

/** Lots shown and orders of the best `levels` of each side, as of the last sealed batch. */
export function depthOf(engine: Pick<Engine, 'levels' | 'batchNumber' | 'sequence'>, levels: number): Depth {
  const side = (name: 'bid' | 'ask') =>
    engine
      .levels(name)
      .slice(0, levels)
      .map(({ price, displayedLots, orderCount }) => ({
        price: String(price),
        volume: String(displayedLots),
        orderCount,
      }));
  return {
    batchNumber: String(engine.batchNumber()),
    sequence: String(engine.sequence()),
    bids: side('bid'),
    asks: side('ask'),
  };
}

/** The fills of a batch, in order. */
export function tradesOf(batchNumber: number, timestampNs: bigint, transitions: Uint8Array): Trade[] {
  return decodeTransitions(transitions)
    .filter(({ type }) => type === 'filled')
    .map((fill) => ({
      sequence: String(fill.sequence),
      price: String(fill.price),
      quantity: String(fill.quantity),
      takerSide: fill.side === 0 ? 'bid' : 'ask',
      makerOrderId: String(fill.makerOrderId),
      takerOrderId: String(fill.orderId),
      batchNumber: String(batchNumber),
      timestampNs: String(timestampNs),
    }));
}

/** The latest trades of a market, bounded. */
export class TradeTape {
  #trades: Trade[] = [];

  get isFull(): boolean {
    return this.#trades.length >= TRADES_KEPT;
  }

  add(trades: readonly Trade[]): void {
    this.#trades = [...this.#trades, ...trades].slice(-TRADES_KEPT);
  }

  /** Older ones, read back from the store. */
  addBefore(trades: readonly Trade[]): void {
    this.#trades = [...trades, ...this.#trades].slice(-TRADES_KEPT);
  }

  /** The newest `limit`, oldest first. */
  latest(limit: number): readonly Trade[] {
    return limit === 0 ? [] : this.#trades.slice(-limit);
  }
}
