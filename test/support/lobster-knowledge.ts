import type { LobsterBook, LobsterEvent, LobsterLevel } from '../../queue/order-flow/lobster-file.ts';

type Side = 'bid' | 'ask';

const LEVELS_OF_ROW = 10;

/**
 * What a LOBSTER sample determines on one side of the book. It reads the two files alone, so it can't take an error of
 * our reader or engine for truth.
 *
 * A row shows the ten best levels and the messages are those within them: what happens at a price is known while the price
 * is *in view* (no worse than the row's last level, whether or not an order rests there), and not at all while it is out
 * of view, when orders come and go there without a message. So a price is determined
 * - from a row on at which it is in view and its size in the row is exactly what the sample accounts for there: the orders
 *   that its messages placed, and the first row's volume, less what its messages took off them (0 where no level is),
 * - until it goes out of view.
 * The first row's prices and all better ones are so from the start. A price that comes into view later is from its first row
 * if nothing unseen happened to it, or else from when the unseen orders and those that vanished unseen are gone.
 * Once determined a price is held to its row whatever the accounts say: they only let prices in.
 */
export class LobsterKnowledge {
  readonly side: Side;
  /** Every price that either file names on this side. */
  readonly #prices: ReadonlySet<bigint>;
  readonly #determined = new Set<bigint>();
  readonly #placedIds = new Set<bigint>();
  /** Volume that the sample's own orders still have at a price, and what is left of the first row's. */
  readonly #placedAt = new Map<bigint, bigint>();
  readonly #seededAt: Map<bigint, bigint>;

  constructor(
    side: Side,
    before: LobsterBook,
    events: readonly LobsterEvent[],
    rows: readonly LobsterBook[],
  ) {
    this.side = side;
    this.#seededAt = new Map(levelsOf(before, side).map(({ price, size }) => [price, size]));
    const named = rows.flatMap((row) => levelsOf(row, side)).concat(events.filter((e) => e.side === side));
    this.#prices = new Set([...named.map(({ price }) => price), ...this.#seededAt.keys()]);
  }

  /** Takes an event and the row after it. */
  take(event: LobsterEvent, row: LobsterBook): void {
    if (event.side === this.side) this.#account(event);
    const levels = levelsOf(row, this.side);
    const sizes = new Map(levels.map(({ price, size }) => [price, size]));
    for (const price of this.#prices) {
      const accounted = at(this.#placedAt, price) + at(this.#seededAt, price);
      if (!this.isInView(price, levels)) this.#determined.delete(price);
      else if (accounted === at(sizes, price)) this.#determined.add(price);
    }
  }

  /** Whether the last row taken is the truth at this price. A price that neither file names has no level, for sure. */
  isDetermined(price: bigint): boolean {
    return this.#determined.has(price) || !this.#prices.has(price);
  }

  /** Whether a level at this price would be among the row's ten. A row of fewer shows all there is. */
  isInView(price: bigint, levels: readonly LobsterLevel[]): boolean {
    const worst = levels.length < LEVELS_OF_ROW ? undefined : levels.at(-1)?.price;
    return worst === undefined || (this.side === 'bid' ? price >= worst : price <= worst);
  }

  #account({ kind, lobsterId, price, size }: LobsterEvent): void {
    if (kind === 'new') {
      this.#placedIds.add(lobsterId);
      this.#placedAt.set(price, at(this.#placedAt, price) + size);
    } else if (kind === 'partialCancel' || kind === 'delete' || kind === 'visibleExecution') {
      // An id that no message placed is of an order of the first row, or of one that came unseen.
      const volumes = this.#placedIds.has(lobsterId) ? this.#placedAt : this.#seededAt;
      const left = at(volumes, price) - size;
      volumes.set(price, left > 0n ? left : 0n);
    }
  }
}

/** One side of a row, best first. */
export function levelsOf(book: LobsterBook, side: Side): readonly LobsterLevel[] {
  return side === 'bid' ? book.bids : book.asks;
}

function at(volumes: ReadonlyMap<bigint, bigint>, price: bigint): bigint {
  return volumes.get(price) ?? 0n;
}
