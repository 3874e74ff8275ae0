import { COMMAND_BYTES } from '../../engine/command.ts';
import { type DeepEngineExports, instantiateDeepEngine } from '../../engine/engine-module.ts';
import { DEFAULT_MARKET_CONFIG, encodeMarketConfig } from '../../engine/market-config.ts';
import { TRANSITION_BYTES } from '../../engine/transition.ts';
import { IntegerRandom } from '../../queue/order-flow/integer-random.ts';
import { median } from './bench-result.ts';
import { CommandWriter } from './command-writer.ts';
import { DEEP_SCENARIOS, type DeepScenarioName, type Market, type Scenario } from './deep-scenarios.ts';
import { LiveSlots } from './live-slots.ts';

const COMMANDS = 400_000;
const BATCH = 1024;
const ROUNDS = 7;
const START_MID = 1_000_000;
const SEED = 1n;

/** The packed commands of a scenario, and how many of them come before what is measured. */
export interface Recording {
  readonly commands: Uint8Array;
  readonly preload: number;
}

/**
 * Matching alone in the deep geometry, one thread: each scenario's commands are recorded once against a live book, so
 * that cancels name real orders, and replayed in batches of 1024. Commands are copied in and transitions stay in linear memory.
 */
export function deepBench(): Readonly<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const name of Object.keys(DEEP_SCENARIOS) as DeepScenarioName[]) {
    const recording = record(DEEP_SCENARIOS[name], COMMANDS);
    const ns: number[] = [];
    let module = openDeepModule();
    for (let round = 0; round < ROUNDS; round++) {
      module = openDeepModule();
      ns.push(replay(module, recording));
    }
    figures[`${name}_commands_per_second`] = (COMMANDS / median(ns)) * 1e9;
    const hits = [module.hotHitCount(), module.warmHitCount(), module.coldHitCount()].map(Number);
    const lookUps = hits.reduce((sum, count) => sum + count, 0);
    figures[`${name}_hot_share`] = (hits[0] ?? 0) / lookUps;
    figures[`${name}_warm_share`] = (hits[1] ?? 0) / lookUps;
    figures[`${name}_resting_orders`] = module.ordersInUse();
    figures[`${name}_levels`] = module.levelCount(0) + module.levelCount(1);
  }
  return figures;
}

export function openDeepModule(): DeepEngineExports {
  const module = instantiateDeepEngine();
  module.warmUp();
  const config = encodeMarketConfig(DEFAULT_MARKET_CONFIG, 'deep');
  new Uint8Array(module.memory.buffer).set(config, module.inputPointer());
  if (module.openGenesis() !== 0) throw new Error('the default market does not open');
  return module;
}

/** Plays a scenario against a book, batch by batch, and keeps what it sent. */
export function record(scenario: Scenario, commandCount: number): Recording {
  const module = openDeepModule();
  const total = scenario.preload + commandCount;
  const out = new CommandWriter(total + BATCH);
  const live = new LiveSlots();
  const market: Market = { random: new IntegerRandom(SEED), live, out, index: 0, mid: START_MID };
  while (out.count < total) {
    const first = out.count;
    for (let index = 0; index < BATCH; index++) {
      scenario.next(market);
      market.index += 1;
    }
    const taken = apply(module, out.from(first));
    out.truncate(first + taken);
    const transitions = new Uint8Array(module.memory.buffer, module.transitionsPointer());
    live.observe(transitions.subarray(0, module.transitionCount() * TRANSITION_BYTES));
  }
  out.truncate(total);
  return { commands: out.from(0), preload: scenario.preload };
}

/** Returns the nanoseconds that the commands behind the preload took. */
function replay(module: DeepEngineExports, { commands, preload }: Recording): number {
  const start = preload * COMMAND_BYTES;
  for (let at = 0; at < start; ) {
    at += apply(module, commands.subarray(at, Math.min(start, at + BATCH * COMMAND_BYTES))) * COMMAND_BYTES;
  }
  const from = process.hrtime.bigint();
  for (let at = start; at < commands.length; ) {
    at += apply(module, commands.subarray(at, at + BATCH * COMMAND_BYTES)) * COMMAND_BYTES;
  }
  return Number(process.hrtime.bigint() - from);
}

/** Returns how many records the batch took. */
function apply(module: DeepEngineExports, batch: Uint8Array): number {
  new Uint8Array(module.memory.buffer).set(batch, module.commandsPointer());
  return module.applyBatch(batch.length / COMMAND_BYTES, 1n);
}
