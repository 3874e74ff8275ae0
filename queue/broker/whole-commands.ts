import { BATCH_COMMANDS_MAX, COMMAND_BYTES, countCommands } from '../../engine/command.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { recordCountAt } from './command-acks.ts';

/**
 * Checks that packed records are whole commands: an extended one without its second record would take the first record of
 * whoever comes next. What else is wrong with a command the engine rejects, on record.
 *
 * @returns how many records
 * @throws EMPTY_BATCH, BATCH_TOO_LARGE, INVALID_LENGTH, INVALID_COMMAND
 */
export function requireWholeCommands(records: Uint8Array): number {
  const count = countCommands(records);
  if (count === 0) throw new ProofbookError('EMPTY_BATCH');
  if (count > BATCH_COMMANDS_MAX)
    throw new ProofbookError('BATCH_TOO_LARGE', { value: count, max: BATCH_COMMANDS_MAX });
  let index = 0;
  while (index < count) {
    const recordCount = recordCountAt(records, index * COMMAND_BYTES);
    if (index + recordCount > count) {
      const reason = 'the extended command has no second record';
      throw new ProofbookError('INVALID_COMMAND', { index, field: 'flags', value: 'extended', reason });
    }
    index += recordCount;
  }
  return count;
}
