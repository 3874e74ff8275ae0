import { decodeJournal } from '../../engine/journal.ts';
import { isProofbookError, ProofbookError } from '../../engine/proofbook-error.ts';
import type { Receipt } from '../../prover/receipts/receipt.ts';
import { ExecutorEnv } from '../../prover/sdk/executor-env.ts';
import type { GuestImage } from '../../prover/sdk/image.ts';
import type { Prover } from '../../prover/sdk/prover.ts';
import type { DataDirectory } from '../store/data-directory.ts';
import type { Claim } from '../store/job-claims.ts';
import type { JobRow } from '../store/job-row.ts';
import { type StageNote, traced } from '../traces/batch-tracer.ts';

/** What one attempt at a job works with. */
export interface AttemptContext {
  readonly directory: DataDirectory;
  readonly prover: Prover;
  readonly image: GuestImage;
  /** Aborted when the worker stops or has lost its claim. */
  readonly signal: AbortSignal;
  /** Longest time that executing or proving may take. */
  readonly timeoutMs: number;
  /** Takes the stages of the attempt, for traces. */
  readonly note?: StageNote;
}

// Each note of progress is a durable write; people do not read faster.
const PROGRESS_INTERVAL_MS = 500;

/**
 * Takes a claimed job to the end: loads its bytes by address, executes, proves, **verifies**, writes the receipt by its
 * address, and only then closes the row. Every error leaves the row to the caller, who knows the retry rules.
 */
export async function proveJob(context: AttemptContext, claim: Claim, row: JobRow): Promise<void> {
  const { directory, prover, image, signal, timeoutMs, note = noteNothing } = context;
  if (row.imageId !== image.imageId) {
    throw new ProofbookError('IMAGE_MISMATCH', { value: row.imageId, expected: image.imageId });
  }
  requireBackend(row, prover);
  const witness = directory.content.get(row.witnessDigest);
  const environment = ExecutorEnv.builder().write(witness).journal(row.journal).build();
  // Executing first costs a fraction of a proof and finds every input that the guest refuses.
  const session = await traced(
    note,
    'execute',
    () => prover.execute(environment, image, { signal, timeoutMs }),
    ({ instructionCount }) => ({ 'proofbook.instructions': instructionCount }),
  );
  directory.claims.advance(claim, 'proving', `${session.instructionCount} instructions`, {
    instructionCount: session.instructionCount,
    traceCells: session.traceCells,
    segmentCount: session.segmentCount,
  });
  const proving = () =>
    prover.prove(environment, image, {
      // Whatever it is asked for, the stand-in answers `fake`.
      ...(row.receiptKind === 'fake' ? {} : { kind: row.receiptKind }),
      signal,
      timeoutMs,
      onProgress: progressNote(directory, claim),
    });
  const receipt = await traced(note, 'prove', proving).catch(refusedProof);
  noteVerifying(directory, claim, receipt);
  await traced(note, 'verify', () => requireProofOf(receipt, row, prover, image));
  const receiptDigest = directory.content.put(receipt.encode());
  directory.claims.closeProven(claim, receiptDigest, Math.round(receipt.proveDurationMs));
}

const noteNothing: StageNote = () => undefined;

/** A proof that is there is verified and kept even if the claim was lost meanwhile: a proof does not age. */
function noteVerifying(directory: DataDirectory, claim: Claim, receipt: Receipt): void {
  try {
    directory.claims.advance(claim, 'verifying', `proven in ${receipt.proveDurationMs} ms`);
  } catch (error) {
    if (!isProofbookError(error, 'CLAIM_LOST')) throw error;
  }
}

/** A job of kind `fake` is for the stand-in and every other for a prover. @throws HOST_INCOMPATIBLE */
function requireBackend({ receiptKind }: JobRow, prover: Prover): void {
  const { backend } = prover.hello;
  const expected = receiptKind === 'fake' ? 'fake' : 'openvm';
  if (backend !== expected)
    throw new ProofbookError('HOST_INCOMPATIBLE', { field: 'backend', value: backend, expected });
}

/** The execution gave the right journal before: another one now is the prover's fault and not the input's. */
function refusedProof(error: unknown): never {
  if (!isProofbookError(error, 'JOURNAL_MISMATCH')) throw error;
  throw new ProofbookError(
    'PROOF_REFUSED',
    { reason: 'journal', explanation: error.message },
    { cause: error },
  );
}

/** Nothing says success before this: the proof verifies, and it is about this job and no other. */
async function requireProofOf(
  receipt: Receipt,
  row: JobRow,
  prover: Prover,
  image: GuestImage,
): Promise<void> {
  const isFakeJob = row.receiptKind === 'fake';
  await receipt.verify(image.imageId, { prover, ...(isFakeJob ? { acceptFake: true } : {}) });
  const refuse = (field: string, value: string, expected: string): never => {
    throw new ProofbookError('PROOF_REFUSED', {
      reason: field,
      explanation: `${value}, the job says ${expected}`,
    });
  };
  if (receipt.kind !== row.receiptKind) refuse('kind', receipt.kind, row.receiptKind);
  if (receipt.parametersDigest !== row.parametersDigest) {
    refuse('parametersDigest', receipt.parametersDigest, row.parametersDigest);
  }
  if (!Buffer.from(receipt.journal).equals(row.journal)) {
    const { batchNumber } = decodeJournal(receipt.journal);
    refuse('journal', `batch ${batchNumber}`, `batch ${row.batchNumber} with other bytes`);
  }
}

function progressNote(directory: DataDirectory, claim: Claim) {
  let notedAtMs = 0;
  return (progress: { readonly stage: string; readonly done: number; readonly total: number }): void => {
    const nowMs = Date.now();
    if (nowMs - notedAtMs < PROGRESS_INTERVAL_MS && progress.done < progress.total) return;
    notedAtMs = nowMs;
    try {
      directory.claims.progress(claim, progress.stage, progress.done, progress.total);
    } catch {
      // A note that comes too late harms nobody; the heartbeat finds out that the claim is lost.
    }
  };
}
