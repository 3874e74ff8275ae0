import { describeTransitions } from './describe-transition.ts';
import type { ModelBook } from './model-book.ts';
import { encodeCommandList, type ModelCommand } from './model-command.ts';
import type { ModelConfig } from './model-config.ts';

export const TEST_CONFIG: ModelConfig = {
  marketId: 7n,
  tickSize: 1n,
  lotSize: 1n,
  priceDecimals: 2,
  quantityDecimals: 8,
  operatorAccount: 99,
};

/**
 * Applies the commands as one batch, all of which must be taken, one nanosecond after the last batch; returns the
 * lines of its transitions.
 */
export function run(book: ModelBook, ...commands: readonly ModelCommand[]): string[] {
  return runAt(book, book.state.timestamp + 1n, ...commands);
}

/** As {@link run}, at a timestamp. */
export function runAt(book: ModelBook, timestamp: bigint, ...commands: readonly ModelCommand[]): string[] {
  const records = encodeCommandList(commands);
  const batch = book.applyBatch(records, timestamp);
  if (batch.commands.length !== records.length) throw new Error(`${batch.taken} records were taken`);
  return describeTransitions(batch.transitions);
}

/** Applies any number of commands in full batches. */
export function runMany(book: ModelBook, commands: readonly ModelCommand[]): void {
  for (let start = 0; start < commands.length; start += 1024)
    run(book, ...commands.slice(start, start + 1024));
}

/** `price x volume (orders)` of each level, best first. */
export function levelLines(book: ModelBook, side: 'bid' | 'ask'): string[] {
  return book.levels(side).map((level) => `${level.price}x${level.volumeLots} (${level.orderCount})`);
}

/** What `make` makes for 0 .. count-1. */
export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
