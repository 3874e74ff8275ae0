import { describe, expect, it } from 'vitest';
import { Engine } from '../../engine/engine.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { isProofbookError } from '../../engine/proofbook-error.ts';
import { type BookState, emptyBookState } from '../model/book-state.ts';
import { bid } from '../model/command-builders.ts';
import { ModelBook } from '../model/model-book.ts';
import { encodeCommand } from '../model/model-command.ts';
import { configOfFlow, ORDER_FLOW_NAMES, ORDER_FLOWS, type OrderFlowName } from '../model/order-flow.ts';
import type { Random } from '../model/random.ts';
import { type HistoryPlan, runHistory } from '../model/run-history.ts';
import { ENGINE, engineOf } from './engine-factory.ts';

/** Command records for each flow; a long run sets it to millions. */
const COMMAND_COUNT = process.env.PROOFBOOK_CONFORMANCE_COMMANDS;
const SEED = BigInt(process.env.PROOFBOOK_CONFORMANCE_SEED ?? 20_251);
/** A history ends here and the next one starts from genesis under the next seed. */
const HISTORY_COMMANDS_MAX = 16_000;

/** How many command records of a flow, in batches of how many. */
const SIZES: Readonly<
  Record<OrderFlowName | 'mixed', readonly [commandCount: number, batchRecordsMax: number]>
> = {
  realistic: [4000, 200],
  crossing: [6000, 400],
  // It needs 4096 orders to bite, and batches as large as they get to be there in time.
  pressure: [10_000, 1024],
  garbage: [5000, 200],
  timed: [4000, 200],
  iceberg: [4000, 200],
  stops: [8000, 400],
  'self-trade': [4000, 200],
  replace: [4000, 200],
  'mass-cancel': [5000, 300],
  'post-only-slide': [3000, 200],
  'tick-and-lot': [3000, 200],
  everything: [8000, 300],
  mixed: [5000, 400],
};

const FLOWS = [...ORDER_FLOW_NAMES, 'mixed' as const].map((name): Omit<HistoryPlan, 'seed'> => {
  const [commandCount, batchRecordsMax] = SIZES[name];
  return { name, commandCount, batchRecordsMax, pickFlow: (random) => ORDER_FLOWS[flowOf(name, random)] };
});

/** In mixed flow each batch is of another one. */
function flowOf(name: OrderFlowName | 'mixed', random: Random): OrderFlowName {
  if (name !== 'mixed') return name;
  return ORDER_FLOW_NAMES[random.below(ORDER_FLOW_NAMES.length)] ?? 'everything';
}

describe('engine against model', () => {
  it.each(FLOWS)(
    'agrees in every byte under $name flow',
    async (flow) => {
      const commandCount = Number(COMMAND_COUNT ?? flow.commandCount);
      let compared = 0;
      for (let seed = SEED; compared < commandCount; seed += 1n) {
        const plan = { ...flow, seed, commandCount: Math.min(HISTORY_COMMANDS_MAX, commandCount - compared) };
        console.log(`flow ${flow.name}, seed ${seed}, ${plan.commandCount} command records`);
        const config = configOfFlow(DEFAULT_MARKET_CONFIG, flow.name);
        compared += await runHistory(config, engineOf(config), plan);
      }
      expect(compared).toBeGreaterThanOrEqual(commandCount);
    },
    24 * 60 * 60 * 1000,
  );

  it('agrees when counters pass their edges', async () => {
    const start: BookState = {
      ...emptyBookState(),
      sequence: (1n << 51n) - 10_000n,
      batchNumber: (1n << 32n) - 2n,
      timestamp: (1n << 63n) - 2n,
      lastTradePrice: (1n << 48n) - 1n,
      tradeCount: (1n << 32n) - 2n,
      // A u64 edge: the high word of the total changes within a few fills.
      tradedLots: (1n << 64n) - 10n,
    };
    const plan = { name: 'crossing', seed: SEED, commandCount: 600, batchRecordsMax: 100, start };
    await runHistory(DEFAULT_MARKET_CONFIG, ENGINE, { ...plan, pickFlow: () => ORDER_FLOWS.crossing });
  });

  it('starts from the same genesis state', () => {
    const model = new ModelBook(DEFAULT_MARKET_CONFIG);
    expect(Buffer.from(ENGINE.create().snapshot())).toEqual(Buffer.from(model.snapshot()));
    expect(Buffer.from(ENGINE.create().stateRoot())).toEqual(Buffer.from(model.stateRoot()));
  });

  it.each([
    ['no records', new Uint8Array(0), 5n, 'EMPTY_BATCH'],
    ['a cut record', new Uint8Array(33), 5n, 'INVALID_LENGTH'],
    ['1025 records', new Uint8Array(1025 * 32), 5n, 'BATCH_TOO_LARGE'],
    ['an older timestamp', new Uint8Array(32), 4n, 'TIMESTAMP_REGRESSED'],
  ] as const)('refuses %s as the model does and stays as it was', (_, commands, timestamp, code) => {
    for (const book of [new ModelBook(DEFAULT_MARKET_CONFIG), Engine.create(DEFAULT_MARKET_CONFIG)]) {
      book.applyBatch(encodeCommand(bid(1n, 1n)), 5n);
      const before = Buffer.from(book.snapshot());
      expect(() => book.applyBatch(commands, timestamp)).toSatisfy(throwsCode(code));
      expect(Buffer.from(book.snapshot())).toEqual(before);
    }
  });
});

function throwsCode(code: Parameters<typeof isProofbookError>[1]): (act: () => unknown) => boolean {
  return (act) => {
    try {
      act();
    } catch (error) {
      return isProofbookError(error, code);
    }
    return false;
  };
}
