import { STATUS_CODES } from 'node:http';
import { type Static, Type } from '@sinclair/typebox';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { messageOf } from '../../engine/message-of.ts';
import { isProofbookError, ProofbookError } from '../../engine/proofbook-error.ts';

/** An error as RFC 9457 says it, with this project's stable code. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'Names the kind of problem; the code again, as a URI.' }),
    title: Type.String({ description: 'The HTTP status in words.' }),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String({ description: 'What is wrong, naming the field and its value.' }),
    code: Type.String({ description: 'Stable; docs/service.md lists every one.' }),
    field: Type.Optional(Type.String()),
    value: Type.Optional(Type.String()),
  },
  { additionalProperties: false, description: 'An RFC 9457 problem.' },
);
export type Problem = Static<typeof ProblemSchema>;

export const PROBLEM_TYPE = 'application/problem+json';
const VALUE_LENGTH_MAX = 200;

/** The problem that an error is. Of a fault of our own only the code is told: its words are for the log. */
export function problemOf(error: ProofbookError): Problem {
  const { code, status, message, details } = error;
  const { field, value } = details;
  return {
    type: `urn:proofbook:error:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    code,
    ...(field === undefined ? {} : { field: String(field) }),
    ...(value === undefined ? {} : { value: String(value).slice(0, VALUE_LENGTH_MAX) }),
  };
}

/** Answers with the problem that was thrown, whatever threw it. */
export function sendProblem(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const known = toProofbookError(error);
  if (known.status >= 500) request.log.error({ code: known.code, err: error }, 'request failed');
  const { retryAfterS, allowed } = known.details;
  if (retryAfterS !== undefined) reply.header('retry-after', String(retryAfterS));
  if (known.status === 405) reply.header('allow', String(allowed));
  if (known.status === 401) reply.header('www-authenticate', 'Bearer realm="proofbook"');
  const problem = problemOf(known);
  // Not through the route's serializer: the schema of a problem is the same for all.
  return reply.code(known.status).type(PROBLEM_TYPE).serializer(JSON.stringify).send(problem);
}

function toProofbookError(error: FastifyError | Error): ProofbookError {
  if (isProofbookError(error)) return error;
  const { validation, code, statusCode } = error as FastifyError;
  if (validation !== undefined) return malformed(error as FastifyError);
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    const reason = 'expected application/json or application/octet-stream';
    return new ProofbookError('MEDIA_TYPE_UNSUPPORTED', { value: 'of another kind', reason });
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new ProofbookError('BODY_TOO_LARGE', { max: 'the limit of' });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new ProofbookError('REQUEST_MALFORMED', {
      field: 'request',
      value: 'malformed',
      reason: error.message,
    });
  }
  return new ProofbookError('UNEXPECTED', { reason: 'see the log' }, { cause: messageOf(error) });
}

function malformed({ validation, validationContext, message }: FastifyError): ProofbookError {
  const [first] = validation ?? [];
  const names = first?.instancePath.split('/').slice(1) ?? [];
  const { missingProperty, additionalProperty } = first?.params ?? {};
  const last = missingProperty ?? additionalProperty;
  if (last !== undefined) names.push(String(last));
  return new ProofbookError('REQUEST_MALFORMED', {
    field: [validationContext ?? 'request', ...names].join('.'),
    value: missingProperty === undefined ? 'malformed' : 'absent',
    reason: first?.message ?? message,
  });
}
