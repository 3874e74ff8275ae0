import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileModule, MODULES } from '../../engine/build.ts';
import { COMMAND_BYTES } from '../../engine/command.ts';
import type { EngineExports } from '../../engine/engine-module.ts';
import { DEFAULT_MARKET_CONFIG, type MarketConfig } from '../../engine/market-config.ts';
import { TRANSITION_BYTES } from '../../engine/transition.ts';
import { LiveOrders } from '../model/live-orders.ts';
import { configOfFlow, ORDER_FLOW_NAMES, ORDER_FLOWS } from '../model/order-flow.ts';
import { Random } from '../model/random.ts';
import { applyPacked, GEOMETRIES, levelsOf, openGenesis, openMarket } from '../support/market-module.ts';
import { SEED } from '../support/seed.ts';

/*
 * Both geometries are one source. While no book is full they agree in every transition, but for the slot bits of order
 * ids: the circuit, which the model is compared with, vouches for the deep one.
 */

/** All but the one that is there to fill the book. */
const FLOWS = ORDER_FLOW_NAMES.filter((name) => name !== 'pressure');
const BATCHES = 60;
/** No flow fills the circuit sooner. */
const BATCHES_MIN = 2;
const BATCH_RECORDS_MAX = 300;
const CIRCUIT_NO_SLOT = 4095n;
const DEEP_NO_SLOT = 0xfffffn;

const KIND = { place: 1, cancel: 2, reduce: 3, replace: 4 } as const;
const EXTENDED = 8;
const FILLED = 2;
const REJECTED = 6;
const EVICTED = 9;
const BOOK_FULL = 15;
const STOP_BOOK_FULL = 22;
/** Between batches, so that orders expire. */
const BATCH_INTERVAL_NS = 2_000_000_000n;

/** The id that the deep geometry gives the same order. What no order can have for an id, stays so: the upper bits are kept. */
function deepId(id: bigint): bigint {
  const slot = id & CIRCUIT_NO_SLOT;
  const sequence = id >> GEOMETRIES.circuit.slotBits;
  const moved = (sequence << GEOMETRIES.deep.slotBits) | (slot === CIRCUIT_NO_SLOT ? DEEP_NO_SLOT : slot);
  return BigInt.asUintN(64, moved) | ((id >> 56n) << 56n);
}

/** The same commands, naming orders as the deep geometry does. */
function deepCommands(commands: Uint8Array): Uint8Array {
  const translated = commands.slice();
  const view = new DataView(translated.buffer);
  for (let at = 0; at < translated.length; at += COMMAND_BYTES) {
    const kind = view.getUint8(at);
    const isExtended = (view.getUint8(at + 3) & EXTENDED) !== 0;
    if (namesOrder(kind)) translateId(view, at + 8);
    if ((kind === KIND.place || kind === KIND.replace) && isExtended) at += COMMAND_BYTES;
  }
  return translated;
}

function namesOrder(kind: number | undefined): boolean {
  return kind === KIND.cancel || kind === KIND.reduce || kind === KIND.replace;
}

function deepTransitions(transitions: Uint8Array, commands: Uint8Array): Uint8Array {
  const translated = transitions.slice();
  const view = new DataView(translated.buffer);
  for (let at = 0; at < translated.length; at += TRANSITION_BYTES) {
    const type = view.getUint8(at);
    translateId(view, at + 16);
    const kind = commands[view.getUint32(at + 60, true) * COMMAND_BYTES];
    // A rejected command says its id again, in the one word or in the other.
    if (type === FILLED || (type === REJECTED && namesOrder(kind))) translateId(view, at + 24);
  }
  return translated;
}

/** True when the circuit ran out of a pool, of which the deep geometry has more: from there on they are two books. */
function filledBook(transitions: Uint8Array): boolean {
  for (let at = 0; at < transitions.length; at += TRANSITION_BYTES) {
    const reason = transitions[at + 2];
    if (transitions[at] === EVICTED || reason === BOOK_FULL || reason === STOP_BOOK_FULL) return true;
  }
  return false;
}

function translateId(view: DataView, at: number): void {
  view.setBigUint64(at, deepId(view.getBigUint64(at, true)), true);
}

/** The circuit's 64 levels a side are all hot in the deep geometry; with eight hot ones at most, most are in the tree. */
const FEW_HOT: ReadonlyMap<string, number> = new Map([
  ['HOT_MAX', 8],
  ['DEMOTED', 4],
  ['HOT_MIN', 2],
  ['PROMOTED', 6],
]);

async function compileWithFewHot(): Promise<WebAssembly.Module> {
  const path = new URL('../../engine/assembly/price-index-deep.ts', import.meta.url);
  let text = readFileSync(path, 'utf8');
  for (const [name, value] of FEW_HOT) {
    const parts = text.split(new RegExp(`(?<=const ${name}: u32 = )\\d+(?=;)`));
    expect(parts, name).toHaveLength(2);
    text = parts.join(String(value));
  }
  const bytes = await compileModule(MODULES.deep, new Map([['price-index.ts', text]]));
  return new WebAssembly.Module(Uint8Array.from(bytes));
}

describe.each(['as it is', 'with few hot levels'])('the deep geometry %s against the circuit', (form) => {
  let fewHot: WebAssembly.Module | undefined;
  beforeAll(async () => {
    if (form !== 'as it is') fewHot = await compileWithFewHot();
  }, 60_000);

  function openDeep(config: MarketConfig): EngineExports {
    if (fewHot === undefined) return openMarket('deep', config);
    const module = new WebAssembly.Instance(fewHot, {}).exports as unknown as EngineExports;
    openGenesis(module, 'deep', config);
    return module;
  }

  test.each(FLOWS)('agrees in every transition and level under %s flow', (name) => {
    const random = new Random(BigInt(SEED));
    const live = new LiveOrders();
    const config = configOfFlow(DEFAULT_MARKET_CONFIG, name);
    const circuit = openMarket('circuit', config);
    const deep = openDeep(config);
    for (let batch = 0; batch < BATCHES; batch++) {
      const commands = ORDER_FLOWS[name](random, live, random.between(1, BATCH_RECORDS_MAX));
      const timestamp = BigInt(batch) * BATCH_INTERVAL_NS;
      for (let at = 0; at < commands.length; ) {
        const rest = commands.subarray(at);
        new Uint8Array(circuit.memory.buffer).set(rest, circuit.commandsPointer());
        const taken = circuit.applyBatch(rest.length / COMMAND_BYTES, timestamp) * COMMAND_BYTES;
        const transitions = new Uint8Array(
          circuit.memory.buffer,
          circuit.transitionsPointer(),
          circuit.transitionCount() * TRANSITION_BYTES,
        ).slice();
        if (filledBook(transitions)) {
          console.log(`${name}: the circuit is full in batch ${batch}`);
          expect(batch).toBeGreaterThan(BATCHES_MIN);
          return;
        }
        const part = deepCommands(rest.subarray(0, taken));
        const found = applyPacked(deep, part, timestamp);
        const where = `batch ${batch} from record ${at / COMMAND_BYTES}`;
        expect(Buffer.compare(found, deepTransitions(transitions, part)), where).toBe(0);
        live.observe(transitions, timestamp);
        at += taken;
      }
      for (const side of [0, 1]) expect(levelsOf(deep, side)).toEqual(levelsOf(circuit, side));
    }
    expect(live.sequence).toBeGreaterThan(BigInt(BATCHES));
  });
});
