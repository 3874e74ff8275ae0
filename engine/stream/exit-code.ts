import type { ErrorCode } from '../error-table.ts';
import { isProofbookError } from '../proofbook-error.ts';

/** What `npm run engine:stream` ends with; docs/exit-codes.md says when. */
const EXIT_CODES: Readonly<Partial<Record<ErrorCode, number>>> = {
  USAGE: 2,
  FILE_UNREADABLE: 3,
  STREAM_LENGTH: 3,
  INVALID_MESSAGE: 3,
  ORDER_ID_LIVE: 3,
  FILE_UNWRITABLE: 8,
  BOOK_EXHAUSTED: 9,
};

/** Exit code of a run that ended with this error: 1 for what is not listed, a fault of the program itself. */
export function exitCodeOf(error: unknown): number {
  return isProofbookError(error) ? (EXIT_CODES[error.code] ?? 1) : 1;
}
