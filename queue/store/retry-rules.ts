import { isProofbookError } from '../../engine/proofbook-error.ts';
import type { Attempt, AttemptOutcome } from './job-row.ts';

/** The error classes: a failure that ends an attempt belongs to exactly one. */
export type FailureClass = Exclude<AttemptOutcome, 'proven' | 'released' | 'canceled'>;

/**
 * How often a job is tried again after a failure of each class. What the input does to the guest it will do again, so
 * those never are. A job that killed two workers is parked, not looped: one retry.
 */
export const RETRIES_MAX: Readonly<Record<FailureClass, number>> = {
  InvalidInput: 0,
  GuestTrap: 0,
  OutOfMemory: 3,
  HostLost: 3,
  Timeout: 3,
  WorkerLost: 1,
  ProofRejected: 3,
  Unexpected: 3,
};

// Whatever the mix of classes, a job ends.
const FAILURES_MAX = 8;

/** Codes by class; a code that is not here, and an error that is not ours, is `Unexpected`. */
const CLASS_OF_CODE: Readonly<Record<string, FailureClass>> = {
  INVALID_FIELD: 'InvalidInput',
  INVALID_LENGTH: 'InvalidInput',
  WITNESS_REFUSED: 'InvalidInput',
  JOURNAL_MALFORMED: 'InvalidInput',
  JOURNAL_MISMATCH: 'InvalidInput',
  IMAGE_MALFORMED: 'InvalidInput',
  IMAGE_MISMATCH: 'InvalidInput',
  CONTENT_MISSING: 'InvalidInput',
  CONTENT_CORRUPTED: 'InvalidInput',
  GUEST_TRAPPED: 'GuestTrap',
  OUT_OF_MEMORY: 'OutOfMemory',
  PROVER_HOST_LOST: 'HostLost',
  FRAME_MALFORMED: 'HostLost',
  HOST_START_FAILED: 'HostLost',
  TIMED_OUT: 'Timeout',
  WORKER_LOST: 'WorkerLost',
  PROOF_REFUSED: 'ProofRejected',
};

/** The class of what an attempt threw. */
export function failureClassOf(error: unknown): FailureClass {
  return (isProofbookError(error) ? CLASS_OF_CODE[error.code] : undefined) ?? 'Unexpected';
}

/** What becomes of a job after a failure. */
export type RetryDecision =
  | { readonly retry: true; readonly failuresOfClass: number; readonly retriesMax: number }
  | { readonly retry: false; readonly reason: string };

/**
 * Decides by the job's own attempts, not by the queue's counters: those are forgotten with Redis.
 *
 * @param attempts every attempt so far, the one that just failed included
 * @param failure the class of the one that just failed
 */
export function decideRetry(attempts: readonly Attempt[], failure: FailureClass): RetryDecision {
  const failuresOfClass = countOutcome(attempts, failure);
  const retriesMax = RETRIES_MAX[failure];
  if (failuresOfClass > retriesMax) {
    return {
      retry: false,
      reason: `${failure} ${failuresOfClass} times, retried at most ${retriesMax} times`,
    };
  }
  const failures = attempts.filter((attempt) => isFailure(attempt.outcome)).length;
  if (failures >= FAILURES_MAX) return { retry: false, reason: `${failures} failures of any class` };
  return { retry: true, failuresOfClass, retriesMax };
}

/** By how much the memory limit of the next attempt is divided: each OutOfMemory halves it. */
export function memoryDivisor(attempts: readonly Attempt[]): number {
  return 2 ** countOutcome(attempts, 'OutOfMemory');
}

function countOutcome(attempts: readonly Attempt[], outcome: AttemptOutcome): number {
  return attempts.filter((attempt) => attempt.outcome === outcome).length;
}

function isFailure(outcome: AttemptOutcome | undefined): boolean {
  return outcome !== undefined && !['proven', 'released', 'canceled'].includes(outcome);
}
