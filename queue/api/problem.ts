import { type Static, Type } from '@sinclair/typebox';
import { isProofbookError, ProofbookError } from '../../engine/proofbook-error.ts';

/** What every answer that is no success holds (RFC 9457). `code` is the stable one of the error table. */
export const ProblemSchema = Type.Object(
  {
    type: Type.Literal('about:blank'),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'names the field and its value' }),
    code: Type.String({ pattern: '^[A-Z0-9_]+$' }),
    field: Type.Optional(Type.String()),
    value: Type.Optional(Type.String()),
  },
  { $id: 'Problem', additionalProperties: false },
);

export type Problem = Static<typeof ProblemSchema>;

export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

const VALUE_LENGTH_MAX = 120;

/** An error as a problem. What is no error of ours is INTERNAL, and says nothing of what went wrong: that is for the log. */
export function problemOf(error: unknown): Problem {
  const known = isProofbookError(error) ? error : new ProofbookError('INTERNAL');
  const { field, value } = known.details;
  return {
    type: 'about:blank',
    title: known.code.toLowerCase().replaceAll('_', ' '),
    status: known.status,
    detail: known.message,
    code: known.code,
    ...(field === undefined ? {} : { field: String(field) }),
    ...(value === undefined ? {} : { value: String(value).slice(0, VALUE_LENGTH_MAX) }),
  };
}
