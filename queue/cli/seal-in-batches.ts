import { encodeCommands } from '../../engine/command.ts';
import type { Sequencer, StoredBatch } from '../broker/sequencer.ts';
import type { TimedCommand } from '../order-flow/command-source.ts';

const COMMAND_BYTES = 32;

/**
 * Seals commands in batches of `batchSize`. A batch that had no room for all its commands leaves the rest to the next. Its
 * timestamp is that of the last command offered to it.
 */
export function sealInBatches(
  sequencer: Sequencer,
  commands: readonly TimedCommand[],
  batchSize: number,
): readonly StoredBatch[] {
  const batches: StoredBatch[] = [];
  let next = 0;
  while (next < commands.length) {
    const offered = commands.slice(next, next + batchSize);
    const records = encodeCommands(offered.map(({ command }) => command));
    const batch = sequencer.seal(records, offered.at(-1)?.timestampNs ?? 0n);
    batches.push(batch);
    next += batch.sealed.commands.length / COMMAND_BYTES;
  }
  return batches;
}
