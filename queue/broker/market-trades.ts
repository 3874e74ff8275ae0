import { decodeJournal } from '../../engine/journal.ts';
import type { DataDirectory } from '../store/data-directory.ts';
import type { LiveBook } from './live-book.ts';
import { type Trade, tradesOf } from './trade.ts';

// Trades that are kept at hand; older ones are in the store, batch by batch.
const RECENT_TRADES_MAX = 8192;

/** The trades of a market: the last ones at hand, every one in the store. */
export class MarketTrades {
  readonly #directory: DataDirectory;
  readonly #book: LiveBook;
  readonly #recent: Trade[] = [];

  /** Reads the last trades back from the store and from the open batch. */
  static fromStore(directory: DataDirectory, book: LiveBook): MarketTrades {
    const trades = new MarketTrades(directory, book);
    const parts: (readonly Trade[])[] = [trades.#openTrades()];
    let count = parts[0]?.length ?? 0;
    for (let number = directory.batches.lastStored(); number > 0 && count < RECENT_TRADES_MAX; number--) {
      const part = trades.#batchTrades(number);
      parts.unshift(part);
      count += part.length;
    }
    trades.add(parts.flat());
    return trades;
  }

  private constructor(directory: DataDirectory, book: LiveBook) {
    this.#directory = directory;
    this.#book = book;
  }

  add(trades: readonly Trade[]): void {
    if (trades.length === 0) return;
    this.#recent.push(...trades);
    // Not every time: moving the rest down costs as much as they are.
    if (this.#recent.length > 2 * RECENT_TRADES_MAX)
      this.#recent.splice(0, this.#recent.length - RECENT_TRADES_MAX);
  }

  /** The last trades, newest first, at most `limit`. */
  recent(limit: number): readonly Trade[] {
    return this.#recent.slice(-limit).reverse();
  }

  /** Trades behind a sequence, oldest first, from the store where they are no longer at hand; at most `limit`. */
  after(sequence: bigint, limit: number): readonly Trade[] {
    const [oldest] = this.#recent;
    const isBehind = (trade: Trade): boolean => trade.sequence > sequence;
    if (oldest === undefined || oldest.sequence <= sequence)
      return this.#recent.filter(isBehind).slice(0, limit);
    const trades: Trade[] = [];
    for (let number = this.batchOfSequence(sequence + 1n); trades.length < limit; number++) {
      if (this.#directory.batches.find(number) === undefined) break;
      trades.push(...this.#batchTrades(number).filter(isBehind));
    }
    const last = trades.at(-1)?.sequence ?? sequence;
    return [...trades, ...this.#recent.filter((trade) => trade.sequence > last)].slice(0, limit);
  }

  /** The stored batch that a sequence is in; the one behind the last for a later one. */
  batchOfSequence(sequence: bigint): number {
    const { batches } = this.#directory;
    let low = 1;
    let high = batches.lastStored() + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = batches.find(middle);
      if (row !== undefined && decodeJournal(row.journal).lastSequence < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #batchTrades(batchNumber: number): readonly Trade[] {
    const row = this.#directory.batches.find(batchNumber);
    if (row === undefined) return [];
    const { timestamp } = decodeJournal(row.journal);
    return tradesOf(this.#directory.content.get(row.transitionsDigest), BigInt(batchNumber), timestamp);
  }

  #openTrades(): readonly Trade[] {
    const { open } = this.#book;
    return open === undefined ? [] : tradesOf(open.transitions(), open.batchNumber, open.timestampNs);
  }
}
