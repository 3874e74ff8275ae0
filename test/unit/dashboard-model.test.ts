import { describe, expect, test } from 'vitest';
import { progressOf } from '../../queue/dashboard/batch-progress.ts';
import { MarketModel, type Topic } from '../../queue/dashboard/market-model.ts';
import type { Batch, Job, Market } from '../../queue/dashboard/wire.ts';

const market: Market = {
  marketId: 1n,
  priceDecimals: 2,
  quantityDecimals: 0,
  batchNumber: 4n,
  sequence: 40n,
  highestProvenBatch: 1n,
};

const job: Job = {
  jobId: 'a',
  state: 'queued',
  stage: '',
  stageDone: 0,
  stageTotal: 0,
  receiptKind: 'app',
  proveDurationMs: undefined,
  errorCode: undefined,
  createdAtMs: 1_000,
  updatedAtMs: 1_000,
};

function batchOf(batchNumber: bigint, changes: Partial<Job> = {}): Batch {
  const root = '00'.repeat(32);
  return {
    batchNumber,
    commandCount: 10,
    transitionCount: 10,
    firstSequence: batchNumber * 10n - 9n,
    lastSequence: batchNumber * 10n,
    timestampNs: 1n,
    preStateRoot: root,
    postStateRoot: root,
    commandsRoot: root,
    transitionsRoot: root,
    job: { ...job, ...changes },
  };
}

describe('the model of a market', () => {
  test('is proven through the last batch before the first unproven one', () => {
    const model = new MarketModel(market);
    const proven = { state: 'proven', updatedAtMs: 9_000 };
    model.addBatches([batchOf(4n, proven), batchOf(2n, proven), batchOf(3n), batchOf(5n)]);
    expect(model.provenThrough()).toBe(2n);
    expect(model.sealedThrough()).toBe(5n);
    model.setJob(3n, { ...job, ...proven });
    expect(model.provenThrough()).toBe(4n);
  });

  test('keeps the newer word on a job, in whichever order the two arrive', () => {
    const model = new MarketModel(market);
    const later: Job = { ...job, state: 'proving', updatedAtMs: 2_000 };
    model.setJob(1n, later);
    model.addBatches([batchOf(1n)]);
    expect(model.batch(1n)?.job?.state).toBe('proving');
    model.addBatches([batchOf(1n)]);
    expect(model.batch(1n)?.job?.state).toBe('proving');
    model.setJob(1n, { ...later, state: 'proven', updatedAtMs: 3_000 });
    model.setJob(1n, later);
    expect(model.batch(1n)?.job?.state).toBe('proven');
  });

  test('does not go back to an older depth, and counts a replayed trade once', () => {
    const model = new MarketModel(market);
    const topics: Topic[] = [];
    model.watch((topic) => topics.push(topic));
    model.setDepth({ batchNumber: 2n, sequence: 20n, bids: [], asks: [] });
    model.setDepth({ batchNumber: 1n, sequence: 10n, bids: [], asks: [] });
    expect(model.depth?.sequence).toBe(20n);
    const trade = { sequence: 5n, price: 1n, quantity: 1n, batchNumber: 1n, timestampNs: 1n } as const;
    model.addTrades([{ ...trade, takerSide: 'bid' }]);
    model.addTrades([
      { ...trade, takerSide: 'bid' },
      { ...trade, sequence: 6n, takerSide: 'ask' },
    ]);
    expect(model.trades().map(({ sequence }) => sequence)).toEqual([6n, 5n]);
    expect(topics).toEqual(['depth', 'trades', 'trades']);
  });

  test('orders batches by number, beyond what a float can tell apart', () => {
    const model = new MarketModel(market);
    const far = 2n ** 60n;
    model.addBatches([batchOf(far), batchOf(far + 2n), batchOf(far + 1n)]);
    expect(model.batches().map(({ batchNumber }) => batchNumber - far)).toEqual([2n, 1n, 0n]);
  });
});

describe('the progress of a batch', () => {
  const shownOf = (changes: Partial<Job>) => {
    const { tone, stagesDone, stageShare, text } = progressOf(batchOf(1n, changes));
    return [tone, stagesDone, stageShare, text];
  };

  test('is shown stage by stage', () => {
    expect(shownOf({})).toEqual(['waiting', 0, undefined, 'Queued']);
    expect(shownOf({ state: 'executing' })).toEqual(['running', 1, undefined, 'Executing']);
    expect(shownOf({ state: 'proving' })).toEqual(['running', 2, undefined, 'Proving']);
    expect(shownOf({ state: 'proving', stageDone: 3, stageTotal: 8 })).toEqual([
      'running',
      2,
      3 / 8,
      'Proving 3/8',
    ]);
    expect(shownOf({ state: 'verifying', stageDone: 3, stageTotal: 8 })).toEqual([
      'running',
      3,
      undefined,
      'Verifying',
    ]);
    expect(shownOf({ state: 'proven', proveDurationMs: 18_400 })).toEqual([
      'proven',
      5,
      undefined,
      'Proven in 18.4 s',
    ]);
  });

  test('says why there will be no proof', () => {
    expect(shownOf({ state: 'failed', errorCode: 'GUEST_TRAP' })).toEqual([
      'failed',
      0,
      undefined,
      'Failed: GUEST_TRAP',
    ]);
    expect(shownOf({ state: 'timed_out' })).toEqual(['failed', 0, undefined, 'Timed out']);
  });
});
