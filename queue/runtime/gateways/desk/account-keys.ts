import { createHash, timingSafeEqual } from 'node:crypto';

/** Which key opens which account; keys are kept as SHA-256 digests. */
export class AccountKeys {
  readonly #digests = new Map<number, Buffer>();

  /** A second key for an account takes the place of the first. @param account u32 */
  add(account: number, key: Uint8Array): void {
    this.#digests.set(account, digestOf(key));
  }

  /** Takes as long for a wrong key as for the right one. */
  readonly isKeyOf = (account: number, key: Uint8Array): boolean => {
    const expected = this.#digests.get(account);
    const given = digestOf(key);
    return timingSafeEqual(given, expected ?? given) && expected !== undefined;
  };
}

function digestOf(key: Uint8Array): Buffer {
  return createHash('sha256').update(key).digest();
}
