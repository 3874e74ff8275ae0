import {
  BATCH_COMMANDS_MAX,
  COMMAND_BYTES,
  commandRecordCount,
  encodeCommands,
} from '../../engine/command.ts';
import type { Sequencer, StoredBatch } from '../broker/sequencer.ts';
import type { TimedCommand } from '../order-flow/command-source.ts';

/**
 * Seals commands in batches of `batchSize`, or of fewer where their records would be more than a batch holds. A batch that
 * had no room for all its commands leaves the rest to the next. Its timestamp is that of the last command offered to it.
 */
export function sealInBatches(
  sequencer: Sequencer,
  commands: readonly TimedCommand[],
  batchSize: number,
): readonly StoredBatch[] {
  const batches: StoredBatch[] = [];
  let next = 0;
  while (next < commands.length) {
    const offered = commands.slice(
      next,
      next + commandsWithin(commands, next, batchSize, BATCH_COMMANDS_MAX),
    );
    const records = encodeCommands(offered.map(({ command }) => command));
    const batch = sequencer.seal(records, offered.at(-1)?.timestampNs ?? 0n);
    batches.push(batch);
    next += commandsWithin(commands, next, batchSize, batch.sealed.commands.length / COMMAND_BYTES);
  }
  return batches;
}

/** How many whole commands from `first` on, `commandsMax` at most, `recordsMax` records hold. */
function commandsWithin(
  commands: readonly TimedCommand[],
  first: number,
  commandsMax: number,
  recordsMax: number,
): number {
  let count = 0;
  let records = 0;
  for (const { command } of commands.slice(first, first + commandsMax)) {
    records += commandRecordCount(command);
    if (records > recordsMax) break;
    count += 1;
  }
  return count;
}
