import type { ErrorCode } from '../engine/error-table.ts';
import { isProofbookError } from '../engine/proofbook-error.ts';

/** What `node guest/build.ts` ends with, so that a script can tell a wrong guest from a machine that cannot judge it. */
const EXIT_CODES: Readonly<Partial<Record<ErrorCode, number>>> = {
  GUEST_TOOLCHAIN_DIFFERS: 3,
  GUEST_NOT_REPRODUCIBLE: 4,
  GUEST_OUTDATED: 5,
  GUEST_TOOL_MISSING: 6,
};

/** Exit code of a build that ended with this error: 3 to 6 as listed, 1 for every other. */
export function exitCodeOf(error: unknown): number {
  return isProofbookError(error) ? (EXIT_CODES[error.code] ?? 1) : 1;
}
