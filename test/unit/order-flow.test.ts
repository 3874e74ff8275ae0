import { describe, expect, it } from 'vitest';
import { LiveOrders } from '../model/live-orders.ts';
import { ModelBook } from '../model/model-book.ts';
import { RECORD_BYTES, readCommand } from '../model/model-command.ts';
import { decodeTransitionList, REASON, TRANSITION } from '../model/model-transition.ts';
import { configOfFlow, ORDER_FLOWS, type OrderFlowName } from '../model/order-flow.ts';
import { Random } from '../model/random.ts';
import { TEST_CONFIG } from '../model/scenario.ts';

const SEED = 77n;

/** What a flow made happen: each transition type with its reason, and some events that no single one shows. */
function eventsOf(name: OrderFlowName, batchCount: number, batchRecords: number): Map<string, number> {
  console.log(`flow ${name}, seed ${SEED}`);
  const events = new Map<string, number>();
  const count = (event: string) => events.set(event, (events.get(event) ?? 0) + 1);
  const random = new Random(SEED);
  const live = new LiveOrders();
  const book = new ModelBook(configOfFlow(TEST_CONFIG, name));
  for (let batch = 0; batch < batchCount; batch += 1) {
    const records = ORDER_FLOWS[name](random, live, batchRecords);
    const firstSequence = book.state.sequence + 1n;
    const timestamp = BigInt(batch);
    const { transitions, taken } = book.applyBatch(records, timestamp);
    if (taken * RECORD_BYTES < records.length) count('batch stopped early');
    live.observe(transitions, timestamp);
    const evictions = new Map<bigint, number>();
    for (const { type, reason, side, orderId, commandIndex } of decodeTransitionList(transitions)) {
      count(nameOf(TRANSITION, type) + (reason === 0n ? '' : ` ${nameOf(REASON, reason)}`));
      if (reason === REASON.requested && orderId >> 12n >= firstSequence) count('own batch order canceled');
      if (type !== TRANSITION.evicted) continue;
      const taker = readCommand(records, Number(commandIndex));
      count(side === taker.side ? 'own side evicted' : 'other side evicted');
      evictions.set(commandIndex, (evictions.get(commandIndex) ?? 0) + 1);
    }
    for (const evictionCount of evictions.values()) if (evictionCount === 64) count('eviction limit');
  }
  return events;
}

function nameOf(table: Readonly<Record<string, bigint>>, value: bigint): string {
  return Object.keys(table).find((name) => table[name] === value) ?? `unnamed ${value}`;
}

/** A comparison under a flow says nothing about a rule that the flow never meets. */
describe('order flows reach the rules they are for', () => {
  it('realistic: rests, matches, cancels, reduces, orders of its own batch too', () => {
    const events = eventsOf('realistic', 20, 200);
    expect([...events.keys()]).toEqual(
      expect.arrayContaining(['accepted', 'filled', 'reduced', 'canceled requested', 'canceled remainder']),
    );
    expect(events.get('own batch order canceled') ?? 0).toBeGreaterThan(20);
  });

  it('crossing: WouldTake, Unfillable, and the match limit in both its forms', () => {
    expect([...eventsOf('crossing', 20, 300).keys()]).toEqual(
      expect.arrayContaining([
        'rejected wouldTake',
        'rejected unfillable',
        'rejected matchLimit',
        'canceled matchLimit',
        'canceled remainder',
      ]),
    );
  });

  it('pressure: evictions from both sides, their limit, BookFull', () => {
    expect([...eventsOf('pressure', 10, 1024).keys()]).toEqual(
      expect.arrayContaining([
        'own side evicted',
        'other side evicted',
        'eviction limit',
        'rejected bookFull',
        'canceled matchLimit',
      ]),
    );
  }, 60_000);

  it('garbage: every reason of a malformed command', () => {
    const reasons = [
      ...['unknownKind', 'reservedBits', 'invalidSide', 'invalidTimeInForce', 'invalidCombination'],
      ...['invalidPrice', 'invalidQuantity', 'missingExtension', 'unknownOrder', 'notOwner'],
    ];
    expect([...eventsOf('garbage', 40, 150).keys()]).toEqual(
      expect.arrayContaining(reasons.map((reason) => `rejected ${reason}`)),
    );
  });

  it('makes the same commands from the same seed', () => {
    for (const flow of Object.values(ORDER_FLOWS)) {
      const make = () => Buffer.from(flow(new Random(SEED), new LiveOrders(), 100)).toString('hex');
      expect(make()).toBe(make());
    }
  });
});
