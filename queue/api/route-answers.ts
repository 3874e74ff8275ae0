import type { TSchema } from '@sinclair/typebox';
import { PROBLEM_TYPE, ProblemSchema } from './problem.ts';

const PROBLEM_WORDS: Readonly<Record<number, string>> = {
  400: 'Something of the request is malformed.',
  401: 'No valid API key.',
  403: 'The API key lacks the scope.',
  404: 'There is no such thing.',
  409: 'It contradicts what is there.',
  413: 'Too much at once.',
  415: 'A content type that is not taken.',
  429: 'Too much within a time; Retry-After says how long to wait.',
  500: 'A fault of the service.',
  503: 'The service cannot do it now.',
  507: 'The disk takes no more.',
};

/** Problems that every route may answer with. */
const COMMON = [400, 401, 403, 429, 500] as const;

type ProblemAnswer = Readonly<Record<number, unknown>>;

/** The problems of a route, for its `response` schema. */
export function problems(...statuses: readonly number[]): ProblemAnswer {
  const content = { [PROBLEM_TYPE]: { schema: ProblemSchema } };
  return Object.fromEntries(
    [...COMMON, ...statuses].map((status) => [
      status,
      { description: PROBLEM_WORDS[status] ?? 'A problem.', content },
    ]),
  );
}

/** An answer of bytes under one content type. */
export function bytesAnswer(contentType: string, description: string) {
  return { description, content: { [contentType]: { schema: { type: 'string', format: 'binary' } } } };
}

/** An answer of JSON text that no serializer of ours writes. */
export function jsonTextAnswer(description: string) {
  return { description, content: { 'application/json': { schema: { type: 'object' } } } };
}

/** An answer of JSON. */
export function jsonAnswer<T extends TSchema>(schema: T, description: string): T {
  return { ...schema, description };
}
