import { setTimeout as delay } from 'node:timers/promises';
import type { DataDirectory } from '../../queue/store/data-directory.ts';
import type { JobRow } from '../../queue/store/job-row.ts';
import type { Random } from '../model/random.ts';
import type { ServiceUnderTest } from './service-under-test.ts';

/** What a fault works with. */
export interface RoundContext {
  readonly service: ServiceUnderTest;
  /** The driver's own view of the data directory. */
  readonly directory: DataDirectory;
  readonly random: Random;
  /** Whether this fault is the only one of its round. */
  readonly isAlone: boolean;
  /** Submissions that were accepted so far. */
  readonly acceptedCount: () => number;
  /** A note for the person who reads the round. */
  readonly say: (line: string) => void;
}

/** One way to hurt the service, and what must be set for it before the start. */
export interface ChaosFault {
  readonly name: string;
  /** Against `proofbook serve` and its HTTP; else against the parts that it is made of. */
  readonly isThroughHttp?: boolean;
  readonly environment?: (random: Random) => NodeJS.ProcessEnv;
  readonly workerCount?: number;
  readonly workerArguments?: readonly string[];
  /** Hurts it. It may leave the broker dead: the client starts it again. */
  readonly inject?: (context: RoundContext) => Promise<void>;
  /** Looks, once every batch is closed, whether what the fault is about happened. @throws when it did not */
  readonly look?: (context: RoundContext) => Promise<void>;
  /** False where a job must not be parked by it, so none is requeued. */
  readonly mayPark?: boolean;
}

const POLL_MS = 20;

/** Polls until `probe` gives something, or the time is over. */
export async function seek<T>(probe: () => T | undefined, patienceMs: number): Promise<T | undefined> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const found = probe();
    if (found !== undefined || Date.now() > deadline) return found;
    await delay(POLL_MS);
  }
}

/** A job that a worker is at. */
export function jobInProof(directory: DataDirectory): JobRow | undefined {
  return directory.rows.listOpen().find(({ state }) => state === 'proving');
}

/** Sends a signal to one of some processes; false when none is there. */
export function hit(
  pids: readonly number[],
  random: Random,
  signal: NodeJS.Signals = 'SIGKILL',
): number | undefined {
  const pid = pids[random.below(Math.max(1, pids.length))];
  if (pid === undefined) return undefined;
  try {
    process.kill(pid, signal);
    return pid;
  } catch {
    // It ended by itself in between.
    return undefined;
  }
}
