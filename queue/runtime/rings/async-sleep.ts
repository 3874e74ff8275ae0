import type { EventCount } from './event-count.ts';
import { ACTIVITY_WORD } from './ring-layout.ts';

/**
 * As `EventCount.sleep`, for a thread that serves sockets meanwhile: resolves when the ring changed since `prepare`, or when the time is over.
 *
 * @param words the ring that `event` is of
 */
export async function sleepAsync(
  event: EventCount,
  words: Int32Array,
  ticket: number,
  timeoutMs: number,
): Promise<void> {
  const wait = Atomics.waitAsync(words, ACTIVITY_WORD, ticket, timeoutMs);
  if (wait.async) await wait.value;
  event.cancel();
}
