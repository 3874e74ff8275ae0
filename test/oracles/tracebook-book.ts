import { createHash } from 'node:crypto';
import type { SelfTradeModeName, SideName } from '../../engine/protocol-codes.ts';
import { NamedBook, type NamedFill, type NamedOutcome } from './named-book.ts';

/** What tracebook's runner says about a comparison: its protocol `tracebook.conformance`, version 1. */
export interface TracebookConfig {
  readonly matching_algorithm: string;
  readonly tick_size: string;
  readonly self_trade_policy: string;
  readonly quantity_decimal_places: number;
}

export interface TracebookEvent {
  readonly op: 'new' | 'cancel' | 'reduce' | 'replace' | 'clear';
  readonly symbol: string;
  readonly order_id: number;
  readonly side: 'BUY' | 'SELL';
  readonly order_type: 'LIMIT' | 'MARKET' | 'IOC' | 'FOK';
  readonly price: number | null;
  readonly quantity: number | null;
  readonly owner: number;
}

interface Observed {
  readonly outcome: {
    readonly status: 'applied' | 'rejected';
    readonly reason: string | null;
    readonly message: null;
  };
  readonly trades: readonly object[];
}

const SELF_TRADE: Readonly<Record<string, SelfTradeModeName>> = {
  NONE: 'none',
  CANCEL_RESTING: 'cancelMaker',
  CANCEL_INCOMING: 'cancelTaker',
};
/** An order without an owner never meets its own. */
const NO_OWNER = -1;
/** Accounts are u32: this one stands for nobody. */
const NOBODY = 0xffff_ffff;
/** 2^48 lots of 10^-12 are 281 units: tracebook's quantities are at most a few times 10. */
const QUANTITY_DECIMALS_MAX = 12;

/** The engine as a candidate of tracebook: one book for each symbol, decimal numbers made ticks and lots. */
export class TracebookBooks {
  readonly #books = new Map<string, NamedBook>();
  readonly #selfTradeMode: SelfTradeModeName;
  readonly #priceDecimals: number;
  readonly #tickSize: number;
  readonly #quantityDecimals: number;

  constructor(config: TracebookConfig) {
    if (config.matching_algorithm !== 'fifo')
      throw new Error(`${config.matching_algorithm} is not price-time priority`);
    const mode = SELF_TRADE[config.self_trade_policy];
    if (mode === undefined) throw new Error(`no self-trade policy ${config.self_trade_policy}`);
    this.#selfTradeMode = mode;
    this.#tickSize = Number(config.tick_size);
    this.#priceDecimals = config.tick_size.split('.')[1]?.length ?? 0;
    if (this.#ticks(this.#tickSize) !== 1n)
      throw new Error(`a tick of ${config.tick_size} is no power of 10`);
    this.#quantityDecimals = Math.min(config.quantity_decimal_places, QUANTITY_DECIMALS_MAX);
  }

  apply(event: TracebookEvent): Observed {
    const { symbol, op } = event;
    if (!this.#books.has(symbol) && (op === 'new' || op === 'clear'))
      this.#books.set(symbol, new NamedBook());
    const book = this.#books.get(symbol);
    if (book === undefined) return rejected('ORDER_NOT_ACTIVE');
    if (op === 'clear') {
      for (const { id } of allResting(book)) book.cancel(id);
      return applied([]);
    }
    const resting = allResting(book).find(({ id }) => id === BigInt(event.order_id));
    if (op === 'new')
      return resting === undefined ? this.#place(book, event) : rejected('DUPLICATE_ORDER_ID');
    if (resting === undefined) return rejected('ORDER_NOT_ACTIVE');
    const { id } = resting;
    const quantity = event.quantity === null ? resting.quantity : this.#lots(event.quantity);
    switch (op) {
      case 'cancel':
        return this.#observe(symbol, book.cancel(id), 'INVALID_CANCEL');
      case 'reduce':
        // The protocol takes a reduction by more than what remains as a cancel.
        if (quantity > resting.quantity) return rejected('INVALID_ORDER');
        return this.#observe(symbol, book.reduce(id, quantity), 'INVALID_ORDER');
      case 'replace': {
        const price = event.price === null ? resting.price : this.#ticks(event.price);
        const selfTradeMode = resting.account === NOBODY ? 'none' : this.#selfTradeMode;
        const outcome = isPositive(price, quantity)
          ? book.replace(id, price, quantity, { selfTradeMode })
          : undefined;
        return this.#observe(symbol, outcome, 'INVALID_REPLACEMENT', resting.side);
      }
    }
  }

  /** Every book in the form, and with the hash, that the runner compares. */
  state(): { readonly books: readonly object[]; readonly hash: string; readonly orderCount: number } {
    const symbols = [...this.#books.keys()].sort();
    let orderCount = 0;
    const books = symbols.map((symbol) => {
      const book = this.#books.get(symbol);
      const queue = (side: SideName) =>
        (book?.resting(side) ?? []).map(({ id, price, quantity, account }) => ({
          order_id: Number(id),
          order_type: 'LIMIT',
          owner: account === NOBODY ? NO_OWNER : account,
          price: decimalText(price, this.#priceDecimals),
          remaining_quantity: decimalText(quantity, this.#quantityDecimals),
        }));
      const [asks, bids] = [queue('ask'), queue('bid')];
      orderCount += asks.length + bids.length;
      return { asks, bids, symbol };
    });
    // Their hash is over JSON with sorted keys and no spaces: the objects above are written in that order.
    const hash = createHash('sha256').update(JSON.stringify({ books })).digest('hex');
    return { books, hash, orderCount };
  }

  #place(book: NamedBook, event: TracebookEvent): Observed {
    const isMarket = event.order_type === 'MARKET';
    const price = isMarket ? 0n : this.#ticks(event.price ?? 0);
    const quantity = this.#lots(event.quantity ?? 0);
    if (!isMarket && !isPositive(price)) return rejected('INVALID_ORDER');
    if (!isPositive(quantity)) return rejected('INVALID_ORDER');
    const isOwned = event.owner !== NO_OWNER;
    const timeInForce = event.order_type === 'LIMIT' ? 'GTC' : event.order_type === 'FOK' ? 'FOK' : 'IOC';
    const side = event.side === 'BUY' ? 'bid' : 'ask';
    const outcome = book.place({
      id: BigInt(event.order_id),
      side,
      timeInForce,
      price,
      quantity,
      account: isOwned ? event.owner : NOBODY,
      selfTradeMode: isOwned ? this.#selfTradeMode : 'none',
    });
    // To tracebook an FOK order that is not filled was still accepted.
    if (timeInForce === 'FOK' && (outcome.rejected === 'unfillable' || outcome.rejected === 'selfTrade'))
      return applied([]);
    return this.#observe(event.symbol, outcome, 'INVALID_ORDER', side);
  }

  #observe(
    symbol: string,
    outcome: NamedOutcome | undefined,
    reason: string,
    side: SideName = 'bid',
  ): Observed {
    if (outcome === undefined || outcome.rejected !== undefined) return rejected(reason);
    return applied(outcome.fills.map((fill) => this.#trade(symbol, fill, side)));
  }

  #trade(symbol: string, { maker, taker, price, quantity }: NamedFill, side: SideName): object {
    return {
      symbol,
      buy_order_id: Number(side === 'bid' ? taker : maker),
      sell_order_id: Number(side === 'bid' ? maker : taker),
      price: decimalText(price, this.#priceDecimals),
      quantity: decimalText(quantity, this.#quantityDecimals),
    };
  }

  /** The nearest tick: tracebook moves prices onto the grid, the protocol refuses what is not on it. */
  #ticks(price: number): bigint {
    return BigInt(Math.round(price / this.#tickSize));
  }

  #lots(quantity: number): bigint {
    return BigInt(Math.round(quantity * 10 ** this.#quantityDecimals));
  }
}

function allResting(book: NamedBook) {
  return (['bid', 'ask'] as const).flatMap((side) => book.resting(side).map((order) => ({ ...order, side })));
}

function isPositive(...values: readonly bigint[]): boolean {
  return values.every((value) => value > 0n);
}

function applied(trades: readonly object[]): Observed {
  return { outcome: { status: 'applied', reason: null, message: null }, trades };
}

function rejected(reason: string): Observed {
  return { outcome: { status: 'rejected', reason, message: null }, trades: [] };
}

/** A number of 10^-decimals as a decimal text without trailing zeros. */
function decimalText(value: bigint, decimals: number): string {
  const digits = value.toString().padStart(decimals + 1, '0');
  const fraction = decimals === 0 ? '' : digits.slice(-decimals).replace(/0+$/, '');
  const whole = decimals === 0 ? digits : digits.slice(0, -decimals);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
