/**
 * Every error this project can raise: stable code, message template, HTTP status.
 *
 * A `{name}` in a template is filled from the error's details. Codes are part of the public interface:
 * they are never renamed and never reused. The exit code of each is in `queue/cli/exit-codes.ts`.
 */
export const ERROR_TABLE = {
  // engine: values and commands
  INVALID_FIELD: { message: '{field} is {value}: {reason}', status: 400 },
  INVALID_COMMAND: { message: 'command {index}: {field} is {value}: {reason}', status: 400 },
  INVALID_LENGTH: { message: '{field} has {value} bytes, expected {expected}', status: 400 },
  EMPTY_BATCH: { message: 'commandCount is 0: a batch holds at least one command', status: 400 },
  BATCH_TOO_LARGE: { message: 'commandCount is {value}: a batch holds at most {max} command records', status: 413 },
  TIMESTAMP_REGRESSED: { message: 'timestamp is {value}: the last batch was at {previous}', status: 409 },
  ENGINE_TRAPPED: { message: 'the engine trapped: {reason}', status: 500 },
  WITNESS_REFUSED: { message: 'witness refused at {field}: {reason}', status: 400 },
  SNAPSHOT_REFUSED: { message: 'snapshot refused at {field}: {reason}', status: 400 },
  JOURNAL_MALFORMED: { message: 'journal {field} is {value}: {reason}', status: 400 },
} as const satisfies Record<string, { readonly message: string; readonly status: number }>;

export type ErrorCode = keyof typeof ERROR_TABLE;
