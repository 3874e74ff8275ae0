import { ProofbookError } from '../../engine/proofbook-error.ts';

/** What was accepted under a key. */
export interface KeyedRequest {
  /** Hex. */
  readonly contentDigest: string;
  readonly firstCommandNumber: bigint;
  /** Records. */
  readonly commandCount: number;
}

/**
 * The idempotency keys of a market that were used last, from the log. A key that is forgotten because `keysMax` others came
 * after it would be taken for new: clients retry within minutes, not after a hundred thousand requests.
 */
export class IdempotencyKeys {
  readonly #keysMax: number;
  readonly #accepted = new Map<string, KeyedRequest>();
  readonly #pending = new Map<string, { readonly contentDigest: string; readonly done: Promise<unknown> }>();

  constructor(keysMax: number) {
    this.#keysMax = keysMax;
  }

  /**
   * What was accepted under a key before; undefined when it is new.
   *
   * @param shownKey for the error
   * @throws IDEMPOTENCY_CONFLICT when it was other content
   */
  find(keyDigest: string, contentDigest: string, shownKey: string): KeyedRequest | undefined {
    const known = this.#accepted.get(keyDigest);
    if (known !== undefined) requireSame(known.contentDigest, contentDigest, shownKey);
    return known;
  }

  /** Waits for a request under the same key that is on its way. @throws IDEMPOTENCY_CONFLICT */
  async settle(keyDigest: string, contentDigest: string, shownKey: string): Promise<void> {
    for (;;) {
      const pending = this.#pending.get(keyDigest);
      if (pending === undefined) return;
      requireSame(pending.contentDigest, contentDigest, shownKey);
      await pending.done.catch(() => undefined);
    }
  }

  /** Notes that a request is on its way until `done` settles. */
  begin(keyDigest: string, contentDigest: string, done: Promise<unknown>): void {
    this.#pending.set(keyDigest, { contentDigest, done });
    const end = (): void => void this.#pending.delete(keyDigest);
    done.then(end, end);
  }

  add(keyDigest: string, request: KeyedRequest): void {
    if (this.#accepted.size >= this.#keysMax) {
      const [oldest] = this.#accepted.keys();
      if (oldest !== undefined) this.#accepted.delete(oldest);
    }
    this.#accepted.set(keyDigest, request);
  }
}

function requireSame(known: string, contentDigest: string, shownKey: string): void {
  if (known === contentDigest) return;
  throw new ProofbookError('IDEMPOTENCY_CONFLICT', { field: 'commands', value: shownKey });
}
