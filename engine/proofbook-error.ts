import { ERROR_TABLE, type ErrorCode } from './error-table.ts';

/** What an error says beside its code: the field, its value, and whatever its template names. */
export type ErrorDetails = Readonly<Record<string, string | number | bigint | boolean>>;

/**
 * The one error type of the project. `code` is stable, `message` names the field and its value,
 * `status` is the HTTP status that the service answers with.
 */
export class ProofbookError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(fillTemplate(ERROR_TABLE[code].message, details), options);
    this.name = 'ProofbookError';
    this.code = code;
    this.status = ERROR_TABLE[code].status;
    this.details = details;
  }
}

/** True for a {@link ProofbookError}, of the given code when one is given. */
export function isProofbookError(error: unknown, code?: ErrorCode): error is ProofbookError {
  return error instanceof ProofbookError && (code === undefined || error.code === code);
}

/** True when `code` is a row of the error table; for codes that arrive from a child process or a file. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_TABLE, code);
}

const VALUE_LENGTH_MAX = 120;

function fillTemplate(template: string, details: ErrorDetails): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const text = String(details[name] ?? `(no ${name})`);
    return text.length > VALUE_LENGTH_MAX ? `${text.slice(0, VALUE_LENGTH_MAX)}…` : text;
  });
}
