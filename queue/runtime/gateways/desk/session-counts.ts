/** What a gateway counts of its sessions. Numbers only grow, but for `open`. */
export class SessionCounts {
  /** Connections that are there now. */
  open = 0;
  opened = 0;
  /** Clients that went away by themselves, in order or not. */
  left = 0;
  /** Messages that were passed over because their frame was not right. */
  garbled = 0;
  readonly #closed = new Map<string, number>();

  close(reason: string): void {
    this.#closed.set(reason, this.closed(reason) + 1);
  }

  /** How many sessions the gateway ended for a reason. */
  closed(reason: string): number {
    return this.#closed.get(reason) ?? 0;
  }
}
