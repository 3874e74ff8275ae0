import type { DeskClient } from './desk-client.ts';

const NOBODY: readonly DeskClient[] = [];

/** Who wants to hear of which account's orders. */
export class AccountWatch {
  readonly #clients = new Map<number, readonly DeskClient[]>();

  add(account: number, client: DeskClient): void {
    this.#clients.set(account, [...this.of(account), client]);
  }

  remove(account: number, client: DeskClient): void {
    const left = this.of(account).filter((other) => other !== client);
    if (left.length === 0) this.#clients.delete(account);
    else this.#clients.set(account, left);
  }

  of(account: number): readonly DeskClient[] {
    return this.#clients.get(account) ?? NOBODY;
  }
}
