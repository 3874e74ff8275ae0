import { type Fields, record } from './wire.ts';

const KEY_ITEM = 'proofbook-api-key';

/** An answer that is no success, in the words of the service (RFC 9457), or a service that gave none. */
export class RequestFailure extends Error {
  /** HTTP status; 0 when the service could not be reached. */
  readonly status: number;
  /** Stable code of the problem, or `UNREACHABLE`. */
  readonly code: string;

  constructor(status: number, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RequestFailure';
    this.status = status;
    this.code = code;
  }
}

/** Requests to the service that the page came from, with the API key of this tab if there is one. */
export class ApiClient {
  get key(): string | undefined {
    return sessionStorage.getItem(KEY_ITEM) ?? undefined;
  }

  /** Keeps the key until the tab closes; undefined forgets it. */
  set key(key: string | undefined) {
    if (key === undefined) sessionStorage.removeItem(KEY_ITEM);
    else sessionStorage.setItem(KEY_ITEM, key);
  }

  /** What a request carries to say who asks. */
  headers(): Record<string, string> {
    const { key } = this;
    return key === undefined ? {} : { authorization: `Bearer ${key}` };
  }

  /** The JSON at a path below `/v1`. @throws RequestFailure */
  async json(path: string, signal?: AbortSignal): Promise<unknown> {
    const response = await this.#get(path, signal);
    return response.json();
  }

  /** The bytes there. @throws RequestFailure */
  async bytes(path: string): Promise<Blob> {
    const response = await this.#get(path);
    return response.blob();
  }

  async #get(path: string, signal?: AbortSignal): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`/v1/${path}`, {
        headers: this.headers(),
        cache: 'no-store',
        signal: signal ?? null,
      });
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new RequestFailure(0, 'UNREACHABLE', 'The service does not answer.', { cause });
    }
    if (response.ok) return response;
    throw await failureOf(response);
  }
}

/** The problem that a response states. */
export async function failureOf(response: Response): Promise<RequestFailure> {
  const problem = await response.json().then(
    (body): Fields => record(body, 'problem'),
    (): Fields => ({}),
  );
  const code = typeof problem.code === 'string' ? problem.code : `HTTP_${response.status}`;
  const detail = problem.detail ?? problem.title ?? response.statusText;
  return new RequestFailure(
    response.status,
    code,
    String(detail || `The service answered ${response.status}.`),
  );
}
