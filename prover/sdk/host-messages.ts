import { type Static, Type } from '@sinclair/typebox';
import type { ErrorCode } from '../../engine/error-table.ts';
import { type ErrorDetails, isErrorCode, ProofbookError } from '../../engine/proofbook-error.ts';
import type { FrameHeader } from './frames.ts';
import { requireShape, type ShapeFault } from './shape.ts';

// What the prover host answers (prover/host/PROTOCOL.md). It is another process and maybe another version, so every
// answer is checked before it is believed.

/** The version of the frame protocol that this SDK speaks. */
export const HOST_PROTOCOL_VERSION = 1;

const Hex32 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Count = Type.Integer({ minimum: 0 });
const DurationMs = Type.Number({ minimum: 0 });

const HelloResult = Type.Object({
  protocolVersion: Type.Integer(),
  hostVersion: Type.String(),
  // `fake` is the stand-in of prover/fake-host: taken only when asked for by name (host-session.ts).
  backend: Type.Union([Type.Literal('openvm'), Type.Literal('fake')]),
  backendVersion: Type.String(),
  parameters: Type.Record(Type.String(), Type.Unknown()),
  parametersDigest: Hex32,
  memoryLimitBytes: Count,
  pid: Count,
});
/** Who the host is, and which verifier parameters it uses. */
export type HostHello = Static<typeof HelloResult>;

const ExecuteResult = Type.Object({
  imageId: Hex32,
  instructionCount: Count,
  segments: Type.Array(Type.Object({ instructionCount: Count })),
  traceCells: Count,
  paddedTraceCells: Count,
  publicValues: Type.String({ pattern: '^([0-9a-f]{2})*$' }),
  executeDurationMs: DurationMs,
});

const ProveResult = Type.Object({
  imageId: Hex32,
  kind: Type.Union([Type.Literal('app'), Type.Literal('stark'), Type.Literal('fake')]),
  publicValues: Type.String({ pattern: '^([0-9a-f]{2})*$' }),
  segmentCount: Count,
  instructionCount: Count,
  traceCells: Count,
  proveDurationMs: DurationMs,
  executeDurationMs: DurationMs,
  // Null where the kernel does not say.
  peakMemoryBytes: Type.Union([Count, Type.Null()]),
  parametersDigest: Hex32,
});

const VerifyResult = Type.Object({ verified: Type.Literal(true), verifyDurationMs: DurationMs });

const Progress = Type.Object({
  id: Count,
  event: Type.Literal('progress'),
  stage: Type.String(),
  done: Count,
  total: Count,
});
const Success = Type.Object({
  id: Count,
  ok: Type.Literal(true),
  result: Type.Record(Type.String(), Type.Unknown()),
});
const Failure = Type.Object({
  id: Type.Union([Count, Type.Null()]),
  ok: Type.Literal(false),
  error: Type.Object({ code: Type.String(), message: Type.String(), details: Type.Optional(Type.Unknown()) }),
});
/** One frame header from the host: progress, an answer, or an error (with id null when it is about the stream). */
export type HostMessage = Static<typeof Progress> | Static<typeof Success> | Static<typeof Failure>;

const RESULTS = {
  hello: HelloResult,
  execute: ExecuteResult,
  prove: ProveResult,
  verify: VerifyResult,
} as const;

/** The methods that a prover calls. */
export type HostMethod = keyof typeof RESULTS;
export type HostResult<M extends HostMethod> = Static<(typeof RESULTS)[M]>;

/** Reads a frame header as a host message. @throws FRAME_MALFORMED naming the first field that is wrong */
export function parseHostMessage(header: FrameHeader): HostMessage {
  if ('event' in header) return requireShape(Progress, header, malformed('progress'));
  if (header.ok === true) return requireShape(Success, header, malformed('answer'));
  return requireShape(Failure, header, malformed('answer'));
}

/** Reads the result of `method`. @throws FRAME_MALFORMED naming the first field that is wrong */
export function parseHostResult<M extends HostMethod>(method: M, result: unknown): HostResult<M> {
  return requireShape(RESULTS[method], result, malformed(`${method} result`));
}

function malformed(name: string): (fault: ShapeFault) => ProofbookError {
  return ({ path, value, reason }) =>
    new ProofbookError('FRAME_MALFORMED', { field: path === '' ? name : `${name} ${path}`, value, reason });
}

/** The host's error as one of ours; a code that the table does not have becomes HOST_INTERNAL. */
export function errorFromHost(method: string, error: Static<typeof Failure>['error']): ProofbookError {
  const { message: explanation } = error;
  const given = primitivesOf(error.details);
  if (!isErrorCode(error.code)) {
    return new ProofbookError('HOST_INTERNAL', { ...given, method, reason: `${error.code}: ${explanation}` });
  }
  const details = { method, reason: given.rule ?? explanation, ...DETAILS_LEFT_OUT[error.code], ...given };
  return new ProofbookError(error.code, details);
}

/** What our templates name and the host may leave out: a guest that broke a rule of the machine has no exit code. */
const DETAILS_LEFT_OUT: Readonly<Partial<Record<ErrorCode, ErrorDetails>>> = {
  GUEST_TRAPPED: { exitCode: 'none' },
  IMAGE_MALFORMED: { field: 'elf', value: 'refused' },
};

function primitivesOf(details: unknown): ErrorDetails {
  if (typeof details !== 'object' || details === null) return {};
  const isPrimitive = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);
  return Object.fromEntries(Object.entries(details).filter(([, value]) => isPrimitive(value)));
}
