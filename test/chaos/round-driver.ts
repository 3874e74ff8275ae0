import type { JobRow } from '../../queue/store/job-row.ts';
import type { LogComparison } from './check-round.ts';
import type { ServiceUnderTest } from './service-under-test.ts';

/** How a round submits to its service, and what it knows of what was accepted. */
export interface RoundDriver {
  readonly service: ServiceUnderTest;
  /** How many submissions there are in all. */
  readonly submissionCount: number;
  /** How many were accepted so far. */
  readonly acceptedCount: number;
  /** Submits everything, again and again until it is taken. */
  submitAll(): Promise<void>;
  /** Whether everything that was accepted is in a batch that has its job. */
  isStored(jobs: readonly JobRow[]): boolean;
  /** The operator's part, while nobody submits: ends a service that says that it takes nothing any more. */
  tend(): Promise<void>;
  /** Once every batch is closed: asks again what a client may ask again. @throws when it is answered otherwise */
  askAgain(): Promise<void>;
  /** Looks for everything that was accepted in the log. */
  readonly compareLog: LogComparison;
}

/** What a driver is made from. */
export interface DriverSettings {
  readonly root: string;
  readonly seed: bigint;
  readonly kind: 'fake' | 'app';
  readonly workerCount: number;
  readonly workerArguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Waits between submissions, seeded. */
  readonly pauseMs: () => number;
  /** How long a submission may take to be taken. */
  readonly patienceMs: number;
}
