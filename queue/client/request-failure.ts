/** An answer that was no success: the service's RFC 9457 problem, or none when it did not answer at all. */
export class RequestFailure extends Error {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** The stable code of the problem, such as `IDEMPOTENCY_CONFLICT`; `UNREACHABLE` without an answer. */
  readonly code: string;
  /** Seconds after which it may be tried again, when the service said so. */
  readonly retryAfterS: number | undefined;

  constructor(status: number, code: string, message: string, retryAfterS?: number, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RequestFailure';
    this.status = status;
    this.code = code;
    this.retryAfterS = retryAfterS;
  }
}

/** What an answer that is no success says. */
export async function failureOf(response: Response): Promise<RequestFailure> {
  const retryAfter = response.headers.get('retry-after');
  const retryAfterS = retryAfter === null ? undefined : Number(retryAfter);
  const text = await response.text();
  try {
    const { code, detail } = JSON.parse(text) as { readonly code: string; readonly detail: string };
    return new RequestFailure(response.status, code, detail, retryAfterS);
  } catch (cause) {
    // A proxy in between answers in its own words.
    return new RequestFailure(response.status, 'NO_PROBLEM', text.slice(0, 200), retryAfterS, { cause });
  }
}
