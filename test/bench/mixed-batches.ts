import { encodeCommands } from '../../engine/command.ts';
import { Engine, type SealedBatch } from '../../engine/engine.ts';
import { seededFlow } from '../../queue/order-flow/seeded-flow.ts';

const SEED = 1n;
/** Commands that are matched first, so that a late batch meets a book with history. */
const HISTORY = 1000;

/** The mixed flow of 45 % cancels, packed. */
export function mixedCommands(commandCount: number): Uint8Array {
  return encodeCommands(seededFlow(SEED, commandCount).commands.map(({ command }) => command));
}

/** The first `batchCount` sealed batches of the mixed flow. */
export function mixedBatches(batchCount: number, batchSize: number): SealedBatch[] {
  const { commands, marketConfig } = seededFlow(SEED, batchCount * batchSize);
  const engine = Engine.create(marketConfig);
  return Array.from({ length: batchCount }, (_, batch) => {
    const slice = commands.slice(batch * batchSize, (batch + 1) * batchSize);
    const timestampNs = slice.at(-1)?.timestampNs ?? 0n;
    return engine.applyBatch(encodeCommands(slice.map(({ command }) => command)), timestampNs);
  });
}

/** The `count` batches of the mixed flow that come after 1000 commands of it. */
export function lateBatches(batchSize: number, count: number): readonly SealedBatch[] {
  return mixedBatches(Math.ceil(HISTORY / batchSize) + count, batchSize).slice(-count);
}
