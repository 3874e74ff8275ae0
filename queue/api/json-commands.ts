import { type Command, encodeCommands } from '../../engine/command.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { JsonCommand } from './command-schemas.ts';
import { u64Of } from './value-schemas.ts';

const U64_FIELDS = [
  'price',
  'quantity',
  'clientOrderId',
  'orderId',
  'displayQuantity',
  'triggerPrice',
  'expiry',
  'replacementClientOrderId',
];

/** Packs commands that came as JSON. @throws INVALID_COMMAND naming the index, the field and its value */
export function packJsonCommands(commands: readonly JsonCommand[]): Uint8Array {
  return encodeCommands(commands.map(toCommand));
}

function toCommand(json: JsonCommand, index: number): Command {
  const command: Record<string, unknown> = { ...json };
  for (const field of U64_FIELDS) {
    const text = command[field];
    if (typeof text !== 'string') continue;
    const value = u64Of(text);
    if (value === undefined) {
      throw new ProofbookError('INVALID_COMMAND', {
        index,
        field,
        value: text,
        reason: 'expected 0 .. 2^64-1',
      });
    }
    command[field] = value;
  }
  // The schema has the fields of every kind; only digits became numbers.
  return command as unknown as Command;
}
