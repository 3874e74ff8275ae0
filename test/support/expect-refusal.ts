import { expect } from 'vitest';
import type { ErrorCode } from '../../engine/error-table.ts';
import { type ErrorDetails, ProofbookError } from '../../engine/proofbook-error.ts';

/** Runs `action`, expects a ProofbookError of `code` whose details include `details`, and returns the error. */
export function expectRefusal(
  action: () => unknown,
  code: ErrorCode,
  details: ErrorDetails = {},
): ProofbookError {
  let caught: unknown;
  try {
    action();
  } catch (error) {
    caught = error;
  }
  return requireRefusal(caught, code, details);
}

/** The same for a promise that must reject. */
export async function expectRejection(
  promise: Promise<unknown>,
  code: ErrorCode,
  details: ErrorDetails = {},
): Promise<ProofbookError> {
  const caught: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  return requireRefusal(caught, code, details);
}

function requireRefusal(caught: unknown, code: ErrorCode, details: ErrorDetails): ProofbookError {
  if (!(caught instanceof ProofbookError)) {
    throw new Error(`expected a ${code}, got ${caught === undefined ? 'no error' : String(caught)}`, {
      cause: caught,
    });
  }
  expect({ code: caught.code, details: caught.details }).toMatchObject({ code, details });
  expect(caught.message, 'every placeholder of the message is filled').not.toContain('(no ');
  return caught;
}
