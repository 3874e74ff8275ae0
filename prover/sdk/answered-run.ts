import { blake3 } from '@noble/hashes/blake3.js';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { fakeSeal } from '../fake-host/fake-identity.ts';
import { Receipt } from '../receipts/receipt.ts';
import type { HostHello, HostResult } from './host-messages.ts';
import type { HostAnswer } from './host-session.ts';
import type { GuestImage } from './image.ts';
import type { SessionInfo } from './session-info.ts';

// What the host answers about a run, held against what was asked for, before anything is made of it.

/** What a proof was asked about. */
export interface AskedRun {
  readonly kind: 'app' | 'stark';
  readonly image: GuestImage;
  readonly journal: Uint8Array;
}

/**
 * The session of an executed run.
 *
 * @throws IMAGE_MISMATCH when the ELF is not the image's; JOURNAL_MISMATCH when a journal is expected and the guest
 * revealed another.
 */
export function sessionOfExecution(
  result: HostResult<'execute'>,
  image: GuestImage,
  journal: Uint8Array | undefined,
): SessionInfo {
  const { imageId, publicValues, instructionCount, traceCells, segments, executeDurationMs } = result;
  requireImageId(imageId, image);
  if (journal !== undefined) requireJournalDigest(publicValues, journal);
  return {
    instructionCount,
    traceCells,
    segmentCount: segments.length,
    publicValues: new Uint8Array(Buffer.from(publicValues, 'hex')),
    executeDurationMs,
  };
}

/**
 * The receipt of a proven run.
 *
 * @throws IMAGE_MISMATCH, JOURNAL_MISMATCH when the host proved another run than was asked; HOST_INCOMPATIBLE when it
 * proved it in another way; FRAME_MALFORMED when the seal is not there.
 */
export function receiptOfProof(answer: HostAnswer<'prove'>, asked: AskedRun, hello: HostHello): Receipt {
  const { result } = answer;
  const seal = requireSeal(answer);
  requireImageId(result.imageId, asked.image);
  requireJournalDigest(result.publicValues, asked.journal);
  requireSame('kind', result.kind, asked.kind);
  requireSame('parametersDigest', result.parametersDigest, hello.parametersDigest);
  const { instructionCount, traceCells, segmentCount, peakMemoryBytes } = result;
  return new Receipt({
    ...commonOf(asked, hello),
    kind: asked.kind,
    backend: 'openvm',
    seal,
    session: {
      instructionCount,
      traceCells,
      segmentCount,
      executeDurationMs: Math.round(result.executeDurationMs),
      proveDurationMs: Math.round(result.proveDurationMs),
      peakMemoryBytes,
    },
  });
}

/**
 * The receipt of a run that the stand-in (prover/fake-host) answered: `fake` in kind and backend, and no seal.
 *
 * @throws as {@link receiptOfProof}; PROOF_REFUSED when the stand-in's checksum was damaged
 */
export function receiptOfStandIn(answer: HostAnswer<'prove'>, asked: AskedRun, hello: HostHello): Receipt {
  const { result } = answer;
  const seal = requireSeal(answer);
  requireImageId(result.imageId, asked.image);
  requireJournalDigest(result.publicValues, asked.journal);
  requireSame('kind', result.kind, 'fake');
  requireSame('parametersDigest', result.parametersDigest, hello.parametersDigest);
  const expected = fakeSeal(asked.image.imageId, blake3(asked.journal));
  if (!Buffer.from(seal).equals(expected)) {
    const explanation = 'the checksum that the stand-in answers is another';
    throw new ProofbookError('PROOF_REFUSED', { reason: 'malformedSeal', explanation });
  }
  const session = { ...result, publicValues: blake3(asked.journal) };
  return fakeReceiptOf(session, asked, hello, Math.round(result.proveDurationMs));
}

/** The receipt of a run that was executed and not proven: it says so in kind and backend, and has no seal. */
export function fakeReceiptOf(
  session: SessionInfo,
  asked: AskedRun,
  hello: HostHello,
  proveDurationMs = 0,
): Receipt {
  const { instructionCount, traceCells, segmentCount } = session;
  return new Receipt({
    ...commonOf(asked, hello),
    kind: 'fake',
    backend: 'fake',
    seal: new Uint8Array(0),
    session: {
      instructionCount,
      traceCells,
      segmentCount,
      executeDurationMs: Math.round(session.executeDurationMs),
      proveDurationMs,
      peakMemoryBytes: null,
    },
  });
}

function commonOf({ image, journal }: AskedRun, { backendVersion, parameters, parametersDigest }: HostHello) {
  return { imageId: image.imageId, journal, backendVersion, parameters, parametersDigest };
}

function requireSeal({ attachments }: HostAnswer<'prove'>): Uint8Array {
  const [seal, ...others] = attachments;
  if (seal !== undefined && others.length === 0) return seal;
  const reason = 'an answer to prove has the seal as its one attachment';
  throw new ProofbookError('FRAME_MALFORMED', { field: 'attachments', value: attachments.length, reason });
}

function requireImageId(value: string, image: GuestImage): void {
  if (value !== image.imageId) throw new ProofbookError('IMAGE_MISMATCH', { value, expected: image.imageId });
}

function requireJournalDigest(value: string, journal: Uint8Array): void {
  const expected = Buffer.from(blake3(journal)).toString('hex');
  if (value !== expected) throw new ProofbookError('JOURNAL_MISMATCH', { value, expected });
}

function requireSame(field: string, value: string, expected: string): void {
  if (value !== expected) throw new ProofbookError('HOST_INCOMPATIBLE', { field, value, expected });
}
