import { describe, expect, test } from 'vitest';
import { Engine, type SealedBatch } from '../../engine/engine.ts';
import { instantiateEngine } from '../../engine/engine-module.ts';
import { hex } from '../../engine/hex.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { buildRunInputs } from '../../engine/run-witness.ts';
import { LiveOrders } from '../model/live-orders.ts';
import { configOfFlow, ORDER_FLOW_NAMES, ORDER_FLOWS, type OrderFlowName } from '../model/order-flow.ts';
import { Random } from '../model/random.ts';
import { SEED } from '../support/seed.ts';

// Runs of consecutive batches, as the aggregation guest executes them but in Node, on many more books than the guest itself in
// guest-aggregation.test.ts: whatever a batch of the run uses must have been opened at the start, or the engine traps.

const BATCHES = 60;
const RUN_MAX = 12;
const JOURNAL_BYTES = 256;

/** The journals that one engine instance gives for the inputs of a run, in hex. */
function journalsOf(inputs: readonly Uint8Array[]): string[] {
  const [, first = new Uint8Array(0), ...others] = inputs;
  const module = instantiateEngine();
  const journal = () => hex(new Uint8Array(module.memory.buffer, module.journalPointer(), JOURNAL_BYTES));
  new Uint8Array(module.memory.buffer, module.inputPointer(), first.length).set(first);
  expect(module.proveBatch(first.length)).toBe(0);
  const journals = [journal()];
  for (const input of others) {
    const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
    new Uint8Array(module.memory.buffer, module.commandsPointer()).set(input.subarray(16));
    expect(module.applyBatch(view.getUint32(8, true), view.getBigUint64(0, true))).toBe(
      view.getUint32(8, true),
    );
    module.sealBatch();
    journals.push(journal());
  }
  return journals;
}

function batchesOf(flow: OrderFlowName, random: Random, recordsMax: number): SealedBatch[] {
  const live = new LiveOrders();
  const engine = Engine.create(configOfFlow(DEFAULT_MARKET_CONFIG, flow));
  return Array.from({ length: BATCHES }, (_, batch) => {
    const commands = ORDER_FLOWS[flow](random, live, random.between(1, recordsMax)).slice(0, 1024 * 32);
    const sealed = engine.applyBatch(commands, BigInt(batch));
    live.observe(sealed.transitions, BigInt(batch));
    return sealed;
  });
}

describe(`a run of batches from one witness, seed ${SEED}`, () => {
  describe.each([20, 300])('of up to %d records', (recordsMax) => {
    test.each(ORDER_FLOW_NAMES)('gives the journal of every batch under %s flow', (flow) => {
      const random = new Random(BigInt(SEED));
      const batches = batchesOf(flow, random, recordsMax);
      for (let first = 0; first < BATCHES; ) {
        const run = batches.slice(first, first + random.between(1, RUN_MAX));
        const journals = journalsOf(buildRunInputs(run.map(({ witness }) => witness)));
        expect(journals, `${run.length} from ${first}`).toEqual(run.map(({ journal }) => hex(journal)));
        first += run.length;
      }
    });
  });
});
