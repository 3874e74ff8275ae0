import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../engine/engine.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { LiveOrders } from '../model/live-orders.ts';
import { configOfFlow, ORDER_FLOW_NAMES, ORDER_FLOWS, type OrderFlowName } from '../model/order-flow.ts';
import { Random } from '../model/random.ts';
import { runHistory } from '../model/run-history.ts';
import { booksOfForms, provenBooks } from '../support/engine-forms.ts';
import { buildNativeEngine, findCompiler } from '../support/native-engine/build-native-engine.ts';
import { nativeBooks, REQUEST } from '../support/native-engine/native-book.ts';
import { NativeProcess } from '../support/native-engine/native-process.ts';
import { outcomeInNode } from '../support/node-outcome.ts';
import { engineOf } from './engine-factory.ts';

/*
 * One engine in four forms: the module in Node, the same module through wasm2c as a native program, the guest made from it in an RV32IM
 * machine, and beside them the model. The same histories, every byte compared; a difference is shrunk and names its seed.
 */

/** Command records for each flow; a long run sets it to millions. */
const COMMAND_COUNT = Number(process.env.PROOFBOOK_CONFORMANCE_COMMANDS ?? 900);
const SEED = BigInt(process.env.PROOFBOOK_CONFORMANCE_SEED ?? 77_001);
/** A history ends here and the next one starts from genesis under the next seed. */
const HISTORY_COMMANDS_MAX = 16_000;
/** Larger batches have fewer roots to compare, and the model takes most of its time for them. */
const BATCH_RECORDS_MAX = Number(process.env.PROOFBOOK_CONFORMANCE_BATCH ?? 300);
const BUILD_MS = 120_000;
const DAYS_MS = 10 * 24 * 60 * 60 * 1000;

const compiler = findCompiler();
if (compiler === undefined) console.log('skipped: no C compiler (clang-19, clang, cc or gcc) is here');

it('has the C compiler that CI promises', () => {
  if (process.env.PROOFBOOK_REQUIRE_GUEST_TOOLCHAIN === '1') expect(compiler).toBeDefined();
});

describe.skipIf(compiler === undefined)('the engine as a native program', () => {
  const directory = mkdtempSync(join(tmpdir(), 'proofbook-native-'));
  let native: NativeProcess;
  beforeAll(() => {
    if (compiler !== undefined) native = new NativeProcess(buildNativeEngine(compiler, directory));
  }, BUILD_MS);
  afterAll(() => {
    native?.close();
    rmSync(directory, { recursive: true });
  });

  it.each([...ORDER_FLOW_NAMES, 'mixed' as const])(
    'gives every byte that Node, the guest and the model give, under %s flow',
    async (name) => {
      const config = configOfFlow(DEFAULT_MARKET_CONFIG, name);
      const genesis = Engine.create(config).snapshot();
      const forms = booksOfForms({
        'the guest': provenBooks(engineOf(config)),
        'the native program': nativeBooks(native, config, genesis),
      });
      const pickFlow = (random: Random) => ORDER_FLOWS[flowOf(name, random)];
      let compared = 0;
      for (let seed = SEED; compared < COMMAND_COUNT; seed += 1n) {
        const commandCount = Math.min(HISTORY_COMMANDS_MAX, COMMAND_COUNT - compared);
        console.log(`flow ${name}, seed ${seed}, ${commandCount} command records`);
        const plan = { name, seed, commandCount, batchRecordsMax: BATCH_RECORDS_MAX, pickFlow };
        compared += await runHistory(config, forms, plan);
      }
      expect(compared).toBeGreaterThanOrEqual(COMMAND_COUNT);
    },
    DAYS_MS,
  );

  it('ends as Node does on witnesses and snapshots with a damaged bit, and reveals nothing', () => {
    const random = new Random(SEED);
    const live = new LiveOrders();
    const engine = Engine.create(configOfFlow(DEFAULT_MARKET_CONFIG, 'everything'));
    const outcomes = new Set<number>();
    for (let batch = 0; batch < 25; batch++) {
      const before = engine.snapshot();
      const sealed = engine.applyBatch(ORDER_FLOWS.everything(random, live, 40), BigInt(batch));
      live.observe(sealed.transitions, BigInt(batch));
      const proven = native.ask(REQUEST.prove, sealed.witness);
      expect(proven.outcome).toBe(0);
      expect(proven.bytes).toEqual(Buffer.from(sealed.journalDigest));
      for (let attempt = 0; attempt < 20; attempt++) {
        const witness = flipBit(random, sealed.witness);
        const { outcome } = native.ask(REQUEST.prove, witness);
        expect(outcome).toBe(outcomeInNode(witness, 'proveBatch'));
        const snapshot = flipBit(random, before);
        expect(native.ask(REQUEST.openState, snapshot).outcome).toBe(outcomeInNode(snapshot, 'openState'));
        outcomes.add(outcome);
      }
    }
    expect(outcomes.has(0)).toBe(false);
    expect(outcomes.size).toBeGreaterThan(7);
  });
});

/** In mixed flow each batch is of another one. */
function flowOf(name: OrderFlowName | 'mixed', random: Random): OrderFlowName {
  if (name !== 'mixed') return name;
  return ORDER_FLOW_NAMES[random.below(ORDER_FLOW_NAMES.length)] ?? 'everything';
}

function flipBit(random: Random, bytes: Uint8Array): Uint8Array {
  const flipped = bytes.slice();
  const at = random.below(random.chance(50) ? Math.min(900, bytes.length) : bytes.length);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
  return flipped;
}
