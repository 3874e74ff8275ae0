import { COMMAND_BYTES } from './command.ts';
import { copyBytes } from './copy-bytes.ts';
import { ProofbookError } from './proofbook-error.ts';
import { type ImageLevel, readWitness, type WitnessView } from './witness-view.ts';

/** Most batches that one run may have: leaves of the journal tree (docs/aggregation.md). */
export const RUN_BATCHES_MAX = 256;

const BATCH_HEAD_BYTES = 16;
const ORDER_BYTES = 64;

/**
 * The inputs of the aggregation guest for consecutive batches, made of nothing but their witnesses (docs/aggregation.md): how many
 * there are; the first witness, with everything opened that any of the batches opens; then time and records of each further batch.
 *
 * @param witnesses as the engine gave them (protocol §8), in batch order, 1 .. 256
 * @throws INVALID_FIELD for their count, WITNESS_REFUSED naming the batch for what is no witness or does not belong to this run.
 * Whether they really follow each other is for the guest to say.
 */
export function buildRunInputs(witnesses: readonly Uint8Array[]): readonly Uint8Array[] {
  const [first, ...others] = witnesses.map((witness, index) => readWitness(witness, index));
  if (first === undefined || witnesses.length > RUN_BATCHES_MAX) {
    const reason = `a run has 1 .. ${RUN_BATCHES_MAX} batches`;
    throw new ProofbookError('INVALID_FIELD', { field: 'batches', value: witnesses.length, reason });
  }
  const count = new Uint8Array(4);
  new DataView(count.buffer).setUint32(0, witnesses.length, true);
  return [count, openAll(first, others), ...others.map(batchInput)];
}

function batchInput({ timestamp, commands }: WitnessView): Uint8Array {
  const input = new Uint8Array(BATCH_HEAD_BYTES + commands.length);
  const view = new DataView(input.buffer);
  view.setBigUint64(0, timestamp, true);
  view.setUint32(8, commands.length / COMMAND_BYTES, true);
  input.set(commands, BATCH_HEAD_BYTES);
  return input;
}

/**
 * The first witness, with the levels and the stop book opened that a later one opens. A level that stayed closed until batch k kept all
 * its orders until then, for whatever takes one away uses the level and opens it: at most, orders joined its end. So its records at
 * the start are the first of those in witness k. The guest checks all of it against the root.
 */
function openAll(first: WitnessView, others: readonly WitnessView[]): Uint8Array {
  const openedLater = new Map<string, Uint8Array>();
  for (const { levels } of others) {
    for (const level of levels) {
      if (level.orders !== undefined && !openedLater.has(level.key)) openedLater.set(level.key, level.orders);
    }
  }
  const levels = first.levels.map((level): ImageLevel => {
    const later = level.orders === undefined ? openedLater.get(level.key) : undefined;
    if (later === undefined) return level;
    return { ...level, orders: ordersAtStart(later, level.orderCount, level.key) };
  });
  const laterStops = first.stops ?? others.find(({ stops }) => stops !== undefined)?.stops;
  const stops = first.stops ?? (laterStops && ordersAtStart(laterStops, first.stopCount, 'stop book'));
  return first.withOpened(levels, stops);
}

/** Who joined later stands behind: a queue is in the order of joining, and the stop book in the order of sequences. */
function ordersAtStart(records: Uint8Array, count: number, field: string): Uint8Array {
  const bytes = count * ORDER_BYTES;
  if (records.length < bytes) {
    const reason = `a later witness opens ${records.length / ORDER_BYTES} of the ${count} orders that it had at the start`;
    throw new ProofbookError('WITNESS_REFUSED', { field, reason });
  }
  return copyBytes(records, 0, bytes);
}
