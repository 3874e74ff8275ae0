import { describe, expect, it } from 'vitest';
import { lotsOf, slotOf } from '../model/book-order.ts';
import {
  bestLevel,
  levelsWorstFirst,
  levelVolume,
  ordersBySlot,
  restingOrders,
} from '../model/book-state.ts';
import { LiveOrders } from '../model/live-orders.ts';
import { type ModelBatch, ModelBook } from '../model/model-book.ts';
import { RECORD_BYTES } from '../model/model-command.ts';
import { decodeTransitionList, type ModelTransition, TRANSITION } from '../model/model-transition.ts';
import { configOfFlow, ORDER_FLOW_NAMES, ORDER_FLOWS, type OrderFlowName } from '../model/order-flow.ts';
import { Random } from '../model/random.ts';
import { BookRebuilder } from '../model/rebuild-book.ts';
import { TEST_CONFIG } from '../model/scenario.ts';
import { stateRootOf } from '../model/state-tree.ts';
import { TransitionRules } from '../model/transition-rules.ts';
import { readWords } from '../model/words.ts';

const SEED = 4242n;

/** Runs `batchCount` batches of a flow and calls `check` after each. */
function runFlow(
  name: OrderFlowName,
  batchCount: number,
  batchRecords: number,
  check: (book: ModelBook, batch: ModelBatch) => void,
): void {
  console.log(`flow ${name}, seed ${SEED}`);
  const random = new Random(SEED);
  const live = new LiveOrders();
  const book = new ModelBook(configOfFlow(TEST_CONFIG, name));
  for (let batch = 0; batch < batchCount; batch += 1) {
    let rest: Uint8Array = ORDER_FLOWS[name](random, live, batchRecords);
    while (rest.length > 0) {
      const applied = book.applyBatch(rest, BigInt(batch));
      live.observe(applied.transitions, BigInt(batch));
      check(book, applied);
      rest = rest.slice(applied.taken * RECORD_BYTES);
    }
  }
}

const RUNS: Readonly<Record<OrderFlowName, readonly [batches: number, records: number]>> = {
  realistic: [15, 150],
  crossing: [15, 200],
  pressure: [8, 1024],
  garbage: [15, 150],
  timed: [15, 150],
  iceberg: [15, 150],
  stops: [20, 200],
  'self-trade': [15, 150],
  replace: [15, 150],
  'mass-cancel': [15, 200],
  'post-only-slide': [15, 150],
  'tick-and-lot': [15, 150],
  everything: [25, 200],
};

/** Header and totals of the snapshot say what the orders in it add up to. */
function checkSnapshot(book: ModelBook): void {
  const image = book.snapshot();
  const [sequence, , bidBitmap = 0n, askBitmap = 0n, orderCount] = readWords(image.subarray(128, 192));
  const [bidVolume, , askVolume] = readWords(image.subarray(192, 256));
  const slotBits = readWords(image.subarray(320, 832)).reduce((sum, word) => sum + popcount(word), 0n);
  const orders = restingOrders(book.state);
  const volumeOf = (side: string) =>
    orders.reduce((sum, order) => sum + (order.side === side ? lotsOf(order) : 0n), 0n);
  expect(sequence).toBe(book.state.sequence);
  expect(orderCount).toBe(BigInt(orders.length));
  expect(slotBits).toBe(BigInt(orders.length + book.state.stops.length));
  expect(popcount(bidBitmap)).toBe(BigInt(book.levels('bid').length));
  expect(popcount(askBitmap)).toBe(BigInt(book.levels('ask').length));
  expect(bidVolume).toBe(volumeOf('bid'));
  expect(askVolume).toBe(volumeOf('ask'));
  checkHiddenVolumes(book, image);
}

/** Every level entry says what its orders hide, and an order hides lots only when it displays as many as it may. */
function checkHiddenVolumes(book: ModelBook, image: Uint8Array): void {
  const levels = [...levelsWorstFirst(book.state, 'bid'), ...levelsWorstFirst(book.state, 'ask')];
  levels.forEach(({ orders, price }, index) => {
    const words = readWords(image.subarray(832 + 72 * index, 832 + 72 * index + 32));
    const hidden = orders.reduce((sum, order) => sum + order.hidden, 0n);
    const displayed = orders.reduce((sum, order) => sum + order.remaining, 0n);
    expect(words).toEqual([price, displayed + hidden, BigInt(orders.length), hidden]);
    for (const { hidden: part, displayQuantity, remaining } of orders) {
      if (displayQuantity === 0n) expect(part).toBe(0n);
      else expect(remaining <= displayQuantity).toBe(true);
    }
  });
}

/** The book is uncrossed, within its bounds, and every order sits where its own fields say. */
function checkBook(book: ModelBook): void {
  const { state } = book;
  const bestBid = bestLevel(state, 'bid');
  const bestAsk = bestLevel(state, 'ask');
  if (bestBid !== undefined && bestAsk !== undefined) {
    expect(bestBid.price < bestAsk.price, 'best bid below best ask').toBe(true);
  }
  const slots = ordersBySlot(state).map((order) => slotOf(order.orderId));
  expect(new Set(slots).size).toBe(slots.length);
  for (const side of ['bid', 'ask'] as const) {
    const levels = [...state[side].values()];
    expect(levels.length).toBeLessThanOrEqual(64);
    expect(new Set(levels.map((level) => level.slot)).size).toBe(levels.length);
    for (const level of levels) {
      expect(level.orders.length).toBeGreaterThan(0);
      expect(levelVolume(level) > 0n).toBe(true);
      expect(level.orders.every((order) => order.price === level.price && order.remaining > 0n)).toBe(true);
    }
  }
}

/** Lots in = lots resting or waiting + expired + canceled + evicted + reduced + both sides of every fill. */
class LotsLedger {
  #accepted = 0n;
  #gone = 0n;

  add(transitions: readonly ModelTransition[]): void {
    for (const { type, quantity } of transitions) {
      if (type === TRANSITION.accepted || type === TRANSITION.replaced) this.#accepted += quantity;
      if (type === TRANSITION.filled) this.#gone += 2n * quantity;
      if (type === TRANSITION.canceled || type === TRANSITION.reduced) this.#gone += quantity;
      if (type === TRANSITION.evicted || type === TRANSITION.expired) this.#gone += quantity;
    }
  }

  expectConserved(book: ModelBook): void {
    const resting = ordersBySlot(book.state).reduce((sum, order) => sum + lotsOf(order), 0n);
    expect(this.#accepted - this.#gone).toBe(resting);
  }
}

function popcount(word: bigint): bigint {
  return BigInt([...word.toString(2)].filter((bit) => bit === '1').length);
}

describe.each(ORDER_FLOW_NAMES)('model invariants under %s flow', (name) => {
  const [batches, records] = RUNS[name];

  it('keeps sums, bounds and an uncrossed book; lots are conserved; the log alone rebuilds the book', () => {
    const ledger = new LotsLedger();
    const rebuilder = new BookRebuilder();
    let sequence = 0n;
    const rules = new TransitionRules();
    runFlow(name, batches, records, (book, { commands, transitions: packed }) => {
      expect(rules.brokenBy(commands, packed, book.state.timestamp)).toEqual([]);
      const transitions = decodeTransitionList(packed);
      for (const transition of transitions) {
        sequence += 1n;
        expect(transition.sequence).toBe(sequence);
      }
      ledger.add(transitions);
      rebuilder.addBatch(packed, book.state.batchNumber, book.state.timestamp);
      checkBook(book);
      checkSnapshot(book);
      ledger.expectConserved(book);
      expect(Buffer.from(stateRootOf(rebuilder.state))).toEqual(Buffer.from(book.stateRoot()));
    });
  }, 60_000);
});
