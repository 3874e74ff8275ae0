import { isStoreBusy } from './row-database.ts';

const PATIENCE_MS = 600_000;
const PAUSE_MS = 1_000;
const PASSING_CODES: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'];
// SQLITE_IOERR and SQLITE_FULL; the upper bytes say where.
const PASSING_RESULTS: readonly number[] = [10, 13];
const RESULT_MASK = 0xff;

/**
 * Does what can be done again, and again where the disk is full or somebody holds the store: for ten minutes, in which this thread
 * does nothing else. For a thread of its own only.
 *
 * @param delayed is told the reason each time
 * @throws every other error at once, and one of these when the ten minutes are over
 */
export function patiently<T>(work: () => T, delayed: (error: unknown) => void): T {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isPassing(error) || performance.now() > deadline) throw error;
      delayed(error);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}

/** Whether the same may well succeed later, when somebody has made room or let go. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (isStoreBusy(error) || ('code' in error && PASSING_CODES.includes(error.code))) return true;
  if ('errcode' in error && PASSING_RESULTS.includes(Number(error.errcode) & RESULT_MASK)) return true;
  return isPassing(error.cause);
}
