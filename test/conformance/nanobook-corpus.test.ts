import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SelfTradeModeName } from '../../engine/protocol-codes.ts';
import { NamedBook } from '../oracles/named-book.ts';
import { isInstalled, NANOBOOK } from '../oracles/oracle-cache.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

/*
 * The golden cases that the Rust crate `nanobook` ships, which two other engines (one in Rust, one in OCaml) agree on: the
 * same trades, byte for byte.
 */

interface CorpusEvent {
  readonly type: 'SubmitLimit' | 'SubmitMarket' | 'Cancel';
  readonly side: 'BUY' | 'SELL';
  readonly price: number | string;
  readonly quantity: number;
  readonly time_in_force: 'GTC' | 'IOC' | 'FOK';
  readonly owner?: number | null;
  readonly stp_policy?: keyof typeof SELF_TRADE;
  readonly order_id: number;
}

const SELF_TRADE = {
  Off: 'none',
  CancelNewest: 'cancelTaker',
  CancelOldest: 'cancelMaker',
  DecrementAndCancel: 'decrement',
} as const satisfies Record<string, SelfTradeModeName>;

/** Prices of these are near the ends of an i64; the protocol has 1 .. 2^48-1. */
const OUT_OF_RANGE = ['17-min-price', '18-max-price'];

const HAS_CORPUS = isInstalled(NANOBOOK.corpus);
const CASES = HAS_CORPUS
  ? readdirSync(NANOBOOK.corpus, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    )
  : [];

function readCase(name: string, file: string): string {
  return readFileSync(join(NANOBOOK.corpus, name, file), 'utf8');
}

/** What the engine trades, in the form of the corpus: orders and ticks of its clock are counted from 1. */
function tradesOf(events: readonly CorpusEvent[]): string {
  const book = new NamedBook();
  let orders = 0;
  let clock = 0;
  let trades = 0;
  let lines = '';
  for (const event of events) {
    if (event.type === 'Cancel') {
      book.cancel(BigInt(event.order_id));
      continue;
    }
    orders += 1;
    clock += 1;
    const isMarket = event.type === 'SubmitMarket';
    const { fills } = book.place({
      id: BigInt(orders),
      side: event.side === 'BUY' ? 'bid' : 'ask',
      timeInForce: isMarket ? 'IOC' : event.time_in_force,
      price: isMarket ? 0n : BigInt(event.price),
      quantity: BigInt(event.quantity),
      // An owner of the corpus is an account; without one it is nobody's, and no order here is of both kinds.
      account: event.owner ?? 0,
      selfTradeMode: SELF_TRADE[event.stp_policy ?? 'Off'],
    });
    for (const { maker, taker, price, quantity } of fills) {
      trades += 1;
      clock += 1;
      lines +=
        `{"id":${trades},"price":${price},"quantity":${quantity},"aggressor_order_id":${taker},` +
        `"passive_order_id":${maker},"aggressor_side":"${event.side}","timestamp":${clock}}\n`;
    }
  }
  return lines;
}

describe.skipIf(!HAS_CORPUS)('golden cases of nanobook (skipped where they were not fetched)', () => {
  test('are all there', () => {
    expect(CASES).toHaveLength(18);
  });

  test.each(CASES)('%s', (name) => {
    const events = readCase(name, 'input.jsonl')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as CorpusEvent);
    if (OUT_OF_RANGE.includes(name)) {
      expectRefusal(() => tradesOf(events), 'INVALID_COMMAND', { field: 'price' });
    } else {
      expect(tradesOf(events)).toBe(readCase(name, 'output.jsonl'));
    }
  });
});
