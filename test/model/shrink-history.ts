import { type BookState, emptyBookState } from './book-state.ts';
import type { HistoryBatch } from './compare-books.ts';
import { executeCommand } from './execute-command.ts';
import { KIND, RECORD_BYTES, readCommand } from './model-command.ts';
import type { ModelConfig } from './model-config.ts';
import { type ModelTransition, TRANSITION } from './model-transition.ts';
import { concatBytes, packWords } from './words.ts';

/** A history with the count of records that each batch took. */
export type TakenBatch = HistoryBatch & { readonly taken: number };

/** One command of a history that is being shrunk. */
interface Step {
  /** One record, or two. */
  readonly records: Uint8Array;
  readonly timestamp: bigint;
  readonly batch: number;
  /** The step that made the order which this Cancel, Reduce or Replace names. */
  readonly maker: Step | undefined;
}

/**
 * A shorter history for which `fails` is still true: deletes ever smaller runs of commands while it can,
 * until it has replayed `commandCountMax` commands. Order ids are rewritten as commands before them go, so
 * that cancels keep their targets.
 */
export function shrinkHistory(
  config: ModelConfig,
  history: readonly TakenBatch[],
  fails: (history: readonly HistoryBatch[]) => boolean,
  commandCountMax: number,
  start: BookState = emptyBookState(),
): readonly HistoryBatch[] {
  const historyOf = (candidate: readonly Step[]) => historyFrom(config, start, candidate);
  let steps = stepsFrom(config, start, history);
  if (!fails(historyOf(steps))) return history;
  let replayedCount = 0;
  let runLength = Math.ceil(steps.length / 2);
  while (replayedCount < commandCountMax) {
    let hasShrunk = false;
    for (let at = 0; at < steps.length && replayedCount < commandCountMax; ) {
      const fewer = [...steps.slice(0, at), ...steps.slice(at + runLength)];
      replayedCount += fewer.length;
      if (fewer.length > 0 && fails(historyOf(fewer))) {
        steps = fewer;
        hasShrunk = true;
      } else {
        at += runLength;
      }
    }
    if (runLength === 1 && !hasShrunk) break;
    if (!hasShrunk || runLength > steps.length) runLength = Math.max(1, Math.ceil(runLength / 2));
  }
  const inOneBatch = steps.map((step) => ({ ...step, batch: 0, timestamp: start.timestamp + 1n }));
  return steps.length <= 512 && fails(historyOf(inOneBatch)) ? historyOf(inOneBatch) : historyOf(steps);
}

function stepsFrom(config: ModelConfig, start: BookState, history: readonly TakenBatch[]): Step[] {
  const state = structuredClone(start);
  const makers = new Map<bigint, Step>();
  const steps: Step[] = [];
  history.forEach(({ commands, timestamp, taken }, batch) => {
    state.timestamp = timestamp;
    const takenCommands = commands.subarray(0, taken * RECORD_BYTES);
    for (let index = 0; index < taken; ) {
      const command = readCommand(takenCommands, index);
      const next = index + (command.extension === undefined ? 1 : 2);
      const namesOrder = [KIND.cancel, KIND.reduce, KIND.replace].some((kind) => kind === command.kind);
      const records = takenCommands.slice(index * RECORD_BYTES, next * RECORD_BYTES);
      const step = { records, timestamp, batch, maker: namesOrder ? makers.get(command.id) : undefined };
      const accepted = executeCommand(config, state, command, index).find(makesOrder);
      if (accepted !== undefined) makers.set(accepted.orderId, step);
      steps.push(step);
      index = next;
    }
  });
  return steps;
}

/**
 * Order ids do not depend on where batches end, so one pass of the rules over the steps finds the new ids.
 */
function historyFrom(config: ModelConfig, start: BookState, steps: readonly Step[]): readonly HistoryBatch[] {
  const state = structuredClone(start);
  // A step that was copied keeps its records, which serve to tell it.
  const orderIds = new Map<Uint8Array, bigint>();
  const batches = new Map<number, { timestamp: bigint; records: Uint8Array[] }>();
  for (const step of steps) {
    const orderId = step.maker && orderIds.get(step.maker.records);
    const records = orderId === undefined ? step.records : withId(step.records, orderId);
    state.timestamp = step.timestamp;
    const accepted = executeCommand(config, state, readCommand(records, 0), 0).find(makesOrder);
    if (accepted !== undefined) orderIds.set(step.records, accepted.orderId);
    const batch = batches.get(step.batch) ?? { timestamp: step.timestamp, records: [] };
    batch.records.push(records);
    batches.set(step.batch, batch);
  }
  return [...batches.values()].map(({ timestamp, records }) => ({
    timestamp,
    commands: concatBytes(records),
  }));
}

function makesOrder({ type }: ModelTransition): boolean {
  return type === TRANSITION.accepted || type === TRANSITION.replaced;
}

function withId(record: Uint8Array, orderId: bigint): Uint8Array {
  const copy = record.slice();
  copy.set(packWords([orderId]), 8);
  return copy;
}
