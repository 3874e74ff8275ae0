import type { Taker } from './book-order.ts';
import { otherSide } from './book-order.ts';
import { type BookState, bestLevel, levelsBestFirst, type PriceLevel } from './book-state.ts';

/** What decides whether an order crosses. */
export type Reach = Pick<Taker, 'side' | 'price' | 'isMarket'>;

/** True when an order crosses this level of the other side (protocol §1). */
export function crosses({ side, price, isMarket }: Reach, level: PriceLevel): boolean {
  if (isMarket) return true;
  return side === 'bid' ? price >= level.price : price <= level.price;
}

/** The levels of the other side that an order crosses, best first. */
export function crossedLevels(state: BookState, order: Reach): PriceLevel[] {
  return levelsBestFirst(state, otherSide(order.side)).filter((level) => crosses(order, level));
}

/** The best level of the other side when the order crosses it. */
export function crossedBestLevel(state: BookState, order: Reach): PriceLevel | undefined {
  const best = bestLevel(state, otherSide(order.side));
  return best !== undefined && crosses(order, best) ? best : undefined;
}
