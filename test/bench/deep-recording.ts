import { COMMAND_BYTES } from '../../engine/command.ts';
import type { DeepEngineExports } from '../../engine/engine-module.ts';
import { TRANSITION_BYTES } from '../../engine/transition.ts';
import { IntegerRandom } from '../../queue/order-flow/integer-random.ts';
import { openMarket } from '../support/market-module.ts';
import { CommandWriter } from './command-writer.ts';
import type { Market, Scenario } from './deep-scenarios.ts';
import { LiveSlots } from './live-slots.ts';

const BATCH = 1024;
const START_MID = 1_000_000;
const SEED = 1n;

/** The packed commands of a scenario, and how many of them come before what is measured. */
export interface Recording {
  readonly commands: Uint8Array;
  readonly preload: number;
}

/** The default market in the deep geometry, with every page of its pools in place. */
export function openDeepModule(): DeepEngineExports {
  const module = openMarket('deep');
  module.warmUp();
  return module;
}

/** Plays a scenario against a book, batch by batch, and keeps what it sent: its cancels name real orders. */
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

/**
 * Returns the nanoseconds that the commands behind the preload took, in batches of 1024. They are copied in, which counts;
 * transitions stay in linear memory.
 */
export function replayNs(module: DeepEngineExports, { commands, preload }: Recording): number {
  const start = preload * COMMAND_BYTES;
  replay(module, commands.subarray(0, start));
  const from = process.hrtime.bigint();
  replay(module, commands.subarray(start));
  return Number(process.hrtime.bigint() - from);
}

/** Applies packed commands in batches of 1024, or of fewer where a batch ends before. */
export function replay(module: DeepEngineExports, commands: Uint8Array): void {
  for (let at = 0; at < commands.length; ) {
    at += apply(module, commands.subarray(at, at + BATCH * COMMAND_BYTES)) * COMMAND_BYTES;
  }
}

/** Returns how many records the batch took. */
function apply(module: DeepEngineExports, batch: Uint8Array): number {
  new Uint8Array(module.memory.buffer).set(batch, module.commandsPointer());
  return module.applyBatch(batch.length / COMMAND_BYTES, 1n);
}
