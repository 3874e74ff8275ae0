import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import type { BookState } from './book-state.ts';
import {
  type BookFactory,
  BookPair,
  type Difference,
  differenceOf,
  type HistoryBatch,
} from './compare-books.ts';
import { LiveOrders } from './live-orders.ts';
import { RECORD_BYTES, readCommand } from './model-command.ts';
import type { ModelConfig } from './model-config.ts';
import type { OrderFlow } from './order-flow.ts';
import { Random } from './random.ts';
import { shrinkHistory, type TakenBatch } from './shrink-history.ts';

/** A seeded history of batches: `makeFlow` picks the flow of each batch. */
export interface HistoryPlan {
  readonly name: string;
  readonly seed: bigint;
  readonly commandCount: number;
  /** Batches have 1 .. this many records. */
  readonly batchRecordsMax: number;
  readonly pickFlow: (random: Random) => OrderFlow;
  /** The state that the history starts from; genesis when it is left out. */
  readonly start?: BookState;
}

/** A few minutes of shrinking at most: a history that fills the book replays slowly. */
const SHRINK_COMMANDS_MAX = 200_000;
/** Whoever only wants to know that there is a difference does without. */
const IS_SHRINKING = process.env.PROOFBOOK_CONFORMANCE_SHRINK !== '0';

/**
 * Runs a plan on the model and on the book that `factory` makes. Rejects at the first difference, with the
 * seed and the shortest failing history that shrinking finds. Returns how many command records were compared.
 */
export async function runHistory(
  config: ModelConfig,
  factory: BookFactory,
  plan: HistoryPlan,
): Promise<number> {
  const random = new Random(plan.seed);
  const live = new LiveOrders();
  const pair = new BookPair(config, factory, plan.start);
  const history: TakenBatch[] = [];
  let timestamp = plan.start?.timestamp ?? 0n;
  live.sequence = plan.start?.sequence ?? 0n;
  let recordCount = 0;
  while (recordCount < plan.commandCount) {
    // A long run must not keep the test runner's worker from answering.
    await setImmediate();
    const count = random.between(1, Math.min(plan.batchRecordsMax, plan.commandCount - recordCount));
    let rest: Uint8Array = plan
      .pickFlow(random)(random, live, count)
      .slice(0, 1024 * RECORD_BYTES);
    while (rest.length > 0) {
      // Timestamps may stay the same from batch to batch.
      timestamp += BigInt(random.below(3)) * 1_000_000_007n;
      const { taken, transitions, difference } = pair.apply({ commands: rest, timestamp });
      history.push({ commands: rest, timestamp, taken });
      if (difference !== undefined)
        throw new Error(reportDifference(config, factory, plan, history, difference));
      live.observe(transitions, timestamp);
      recordCount += taken;
      rest = rest.slice(taken * RECORD_BYTES);
    }
  }
  return recordCount;
}

function reportDifference(
  config: ModelConfig,
  factory: BookFactory,
  plan: HistoryPlan,
  history: readonly TakenBatch[],
  difference: Difference,
): string {
  const found = `flow ${plan.name}, seed ${plan.seed}, batch ${history.length}: ${describeDifference(difference)}`;
  if (!IS_SHRINKING) return found;
  const fails = (candidate: readonly HistoryBatch[]) =>
    differenceOf(config, factory, candidate, plan.start) !== undefined;
  const shrunk = shrinkHistory(config, history, fails, SHRINK_COMMANDS_MAX, plan.start);
  const atShrunk = differenceOf(config, factory, shrunk, plan.start) ?? difference;
  return [
    found,
    `shrunk: ${describeDifference(atShrunk)}`,
    ...shrunk.flatMap(({ commands, timestamp }) => [`batch at ${timestamp}:`, ...describeCommands(commands)]),
  ].join('\n');
}

function describeDifference({ field, expected, got }: Difference): string {
  return `${field} differs\n  expected ${expected}\n  got      ${got}`;
}

function describeCommands(records: Uint8Array): string[] {
  const lines: string[] = [];
  for (let index = 0; index < records.length / RECORD_BYTES; ) {
    const { extension, ...command } = readCommand(records, index);
    const fields = Object.entries({ ...command, ...(extension && { extension }) });
    lines.push(`  ${index}: ${fields.map(([name, value]) => `${name} ${value}`).join(' ')}`);
    index += extension === undefined ? 1 : 2;
  }
  return lines;
}
