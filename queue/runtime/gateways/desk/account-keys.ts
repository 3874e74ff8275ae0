import { createHash, timingSafeEqual } from 'node:crypto';

/** Which keys open which account; they are kept as SHA-256 digests. */
export class AccountKeys {
  readonly #digests = new Map<number, readonly Buffer[]>();

  /** One key more for an account. @param account u32 @param digest 32 bytes */
  addDigest(account: number, digest: Uint8Array): void {
    this.#digests.set(account, [...(this.#digests.get(account) ?? []), Buffer.from(digest)]);
  }

  add(account: number, key: Uint8Array): void {
    this.addDigest(account, digestOf(key));
  }

  /** Looks at every key of the account: how long it takes says nothing of the one that was given. */
  readonly isKeyOf = (account: number, key: Uint8Array): boolean => {
    const given = digestOf(key);
    const equal = (this.#digests.get(account) ?? []).map((digest) => timingSafeEqual(given, digest));
    return equal.includes(true);
  };
}

function digestOf(key: Uint8Array): Buffer {
  return createHash('sha256').update(key).digest();
}
