import { describe, expect, it } from 'vitest';
import { isWaitingStop } from '../model/book-order.ts';
import { findOrder, moveToBack } from '../model/book-state.ts';
import type { BookFactory, BookUnderTest } from '../model/compare-books.ts';
import { ModelBook } from '../model/model-book.ts';
import { decodeTransitionList, TRANSITION } from '../model/model-transition.ts';
import { ORDER_FLOWS } from '../model/order-flow.ts';
import { type HistoryPlan, runHistory } from '../model/run-history.ts';
import { TEST_CONFIG } from '../model/scenario.ts';

/** A book with a fault of its own: `spoil` is called after each batch. */
class SpoiledBook implements BookUnderTest {
  readonly #book = new ModelBook(TEST_CONFIG);
  readonly #spoil: (book: ModelBook, transitions: Uint8Array) => void;

  constructor(spoil: (book: ModelBook, transitions: Uint8Array) => void) {
    this.#spoil = spoil;
  }

  applyBatch(commands: Uint8Array, timestamp: bigint) {
    const witness = this.#book.witness(commands, timestamp);
    const batch = this.#book.applyBatch(commands, timestamp);
    this.#spoil(this.#book, batch.transitions);
    return { ...batch, witness };
  }

  stateRoot(): Uint8Array {
    return this.#book.stateRoot();
  }

  snapshot(): Uint8Array {
    return this.#book.snapshot();
  }

  levels(side: 'bid' | 'ask') {
    return this.#book.levels(side);
  }
}

/** Restoring keeps the book as it is: the fault is not about snapshots. */
function factoryOf(spoil: (book: ModelBook, transitions: Uint8Array) => void): BookFactory {
  let book: SpoiledBook;
  return {
    create: () => {
      book = new SpoiledBook(spoil);
      return book;
    },
    restore: () => book,
  };
}

const PLAN: HistoryPlan = {
  name: 'realistic',
  seed: 5n,
  commandCount: 1500,
  batchRecordsMax: 100,
  pickFlow: () => ORDER_FLOWS.realistic,
};

/** A Reduce that gives up its place in the queue: sums and totals stay right, only the order of orders differs. */
function loseQueuePlace(book: ModelBook, transitions: Uint8Array): void {
  for (const { type, orderId } of decodeTransitionList(transitions)) {
    const order = type === TRANSITION.reduced ? findOrder(book.state, orderId) : undefined;
    if (order !== undefined && !isWaitingStop(order)) moveToBack(book.state, order);
  }
}

describe('running a history against the model', () => {
  it('finds nothing when both are the model', async () => {
    expect(
      await runHistory(
        TEST_CONFIG,
        factoryOf(() => {}),
        PLAN,
      ),
    ).toBe(PLAN.commandCount);
  });

  it('finds a lost queue place and shrinks it to two orders and a Reduce, its order id following', async () => {
    let message = '';
    try {
      await runHistory(TEST_CONFIG, factoryOf(loseQueuePlace), PLAN);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('flow realistic, seed 5, batch');
    const commands = message.split('\n').filter((line) => /^ {2}\d+: kind/.test(line));
    expect(commands).toHaveLength(3);
    expect(commands.at(0)).toContain('kind 1');
    expect(commands.at(1)).toContain('kind 1');
    expect(commands.at(2)).toContain('kind 3');
    expect(commands.at(2)).toContain(`id ${1n << 12n} `);
  });
});
