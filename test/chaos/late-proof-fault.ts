import { isProofbookError } from '../../engine/proofbook-error.ts';
import type { JobRow } from '../../queue/store/job-row.ts';
import { MARKER_NAME } from './check-round.ts';
import { type ChaosFault, type RoundContext, seek } from './round-context.ts';
import { StalledAttempt } from './stalled-attempt.ts';

/** One way in which a stalled attempt comes back, and what must be true of the job then. */
type Return = (context: RoundContext, attempt: StalledAttempt) => Promise<void>;

const QUEUED_PATIENCE_MS = 5_000;
const TAKEOVER_PATIENCE_MS = 60_000;
const REAL_PATIENCE_MS = 600_000;
// The stalled proof is nearly done when it goes on; that of the worker that took over has most of its time left.
const STALLED_DELAY_MS = '800';
const WORKER_DELAY_MS = '1500';

/** While another worker is at the job its proof comes, and is as good: the job is proven, once. */
async function proofWhileAnotherIsAtIt(context: RoundContext, attempt: StalledAttempt): Promise<void> {
  const { rows } = context.directory;
  await untilTakenOver(context, attempt);
  const { error } = await attempt.goOn();
  if (error !== undefined)
    throw new Error(`the late proof of batch ${attempt.batchNumber} was refused: ${error}`);
  const { state } = rows.get(attempt.claim.jobId);
  if (state !== 'proven') throw new Error(`batch ${attempt.batchNumber} is ${state} after its late proof`);
  context.say(`a late proof of batch ${attempt.batchNumber} was taken while another worker was at it`);
}

/** The other worker's proof was first: the late one changes nothing, not even the receipt. */
async function proofAfterAnother(context: RoundContext, attempt: StalledAttempt): Promise<void> {
  const { rows } = context.directory;
  const { jobId } = attempt.claim;
  const isProven = () => (rows.get(jobId).state === 'proven' ? true : undefined);
  if ((await seek(isProven, patienceOf(context))) === undefined) throw notTakenOver(attempt);
  const look = () => JSON.stringify([rows.get(jobId).receiptDigest, rows.changes(jobId)]);
  const before = look();
  const { error } = await attempt.goOn();
  if (error !== undefined) throw new Error(`a second proof of batch ${attempt.batchNumber} failed: ${error}`);
  if (look() !== before)
    throw new Error(`batch ${attempt.batchNumber} was proven, and then again: ${look()}`);
  context.say(`a second proof of batch ${attempt.batchNumber} came late and changed nothing`);
}

/** What comes is no proof: whoever was stalled may neither close nor hand back nor renew what another worker has. */
async function failureWhileAnotherIsAtIt(context: RoundContext, attempt: StalledAttempt): Promise<void> {
  const { claims } = context.directory;
  const { claim, batchNumber } = attempt;
  await untilTakenOver(context, attempt);
  const { error } = await attempt.goOn();
  if (error === undefined) throw new Error(`a wrong proof of batch ${batchNumber} was taken`);
  const writes = {
    'said that it failed': () => claims.closeFailed(claim, error),
    'gave it back': () => claims.release(claim, 'late'),
    'renewed its claim': () => claims.heartbeat(claim),
  };
  for (const [what, write] of Object.entries(writes)) requireLost(`${what}: batch ${batchNumber}`, write);
  context.say(`a late failure of batch ${batchNumber} was refused`);
}

function requireLost(what: string, write: () => unknown): void {
  try {
    write();
  } catch (error) {
    if (isProofbookError(error, 'CLAIM_LOST')) return;
    throw error;
  }
  throw new Error(`an attempt that another had followed ${what}`);
}

async function untilTakenOver(context: RoundContext, attempt: StalledAttempt): Promise<void> {
  const { rows } = context.directory;
  const { jobId, token } = attempt.claim;
  const isTaken = () => (rows.get(jobId).claimToken > token ? true : undefined);
  if ((await seek(isTaken, patienceOf(context))) === undefined) throw notTakenOver(attempt);
}

function notTakenOver({ batchNumber }: StalledAttempt): Error {
  return new Error(`nobody took over batch ${batchNumber} of an attempt that was silent for an hour`);
}

const isReal = ({ service }: RoundContext): boolean => service.options.kind === 'app';
const patienceOf = (context: RoundContext): number =>
  isReal(context) ? REAL_PATIENCE_MS : TAKEOVER_PATIENCE_MS;

/** The real prover fails at no wish of ours, and has one job to spare. */
function returnsOf(context: RoundContext): readonly Return[] {
  if (isReal(context)) return [context.random.pick([proofWhileAnotherIsAtIt, proofAfterAnother])];
  return [proofWhileAnotherIsAtIt, proofAfterAnother, failureWhileAnotherIsAtIt];
}

/** Claims as many jobs as there are returns, while nobody is handed any, and stalls in their proofs. */
async function stall(context: RoundContext, returns: readonly Return[]): Promise<readonly StalledAttempt[]> {
  const { directory, service, isAlone } = context;
  // One that lost a worker before would be parked with the next: the stalled attempt counts as lost, too.
  const queued = (): readonly JobRow[] =>
    directory.rows
      .listOpen()
      .filter(({ state, jobId }) => state === 'queued' && directory.rows.attempts(jobId).length === 0);
  directory.controls.pause('attempts stall');
  try {
    const enough = () => (queued().length >= returns.length ? true : undefined);
    const isEnough = await seek(enough, isReal(context) ? REAL_PATIENCE_MS : QUEUED_PATIENCE_MS);
    if (isEnough === undefined && isAlone) throw new Error(`${queued().length} jobs are left to stall at`);
    const jobs = queued().slice(0, returns.length);
    return await Promise.all(
      jobs.map(({ jobId }, index) =>
        StalledAttempt.begin(directory, jobId, {
          kind: service.options.kind,
          environment: {
            [MARKER_NAME]: service.options.environment[MARKER_NAME] ?? '',
            PROOFBOOK_FAKE_DELAY_MS: STALLED_DELAY_MS,
            ...(returns[index] === failureWhileAnotherIsAtIt
              ? { PROOFBOOK_FAKE_FAULTS: 'wrong-journal:1' }
              : {}),
          },
        }),
      ),
    );
  } finally {
    directory.controls.resume('attempts have stalled');
  }
}

/** Attempts that stall in their proof, are taken over, and then come back. */
export const LATE_PROOF: ChaosFault = {
  name: 'late-proof',
  environment: () => ({ PROOFBOOK_FAKE_DELAY_MS: WORKER_DELAY_MS }),
  inject: async (context) => {
    const returns = returnsOf(context);
    const attempts = await stall(context, returns);
    const results = await Promise.allSettled(
      attempts.map((attempt, index) => returns[index]?.(context, attempt)),
    );
    await Promise.all(attempts.map((attempt) => attempt.close()));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  },
};
