/** An application message as it was sent the first time, without its header: its fields are one text, a tenth of what they are one by one. */
export interface SentMessage {
  readonly type: string;
  readonly body: string;
  readonly sendingTime: string;
}

/** The last application messages that a session sent, by their sequence number, to be sent again. */
export class SentMessages {
  readonly #messages = new Map<number, SentMessage>();
  readonly #max: number;
  /** Messages that were thrown away for room: a request for them gets a gap fill. */
  forgotten = 0;

  /** @param max messages that are kept, 1 or more */
  constructor(max: number) {
    this.#max = max;
  }

  keep(sequence: number, message: SentMessage): void {
    this.#messages.set(sequence, message);
    if (this.#messages.size <= this.#max) return;
    const [oldest] = this.#messages.keys();
    if (oldest !== undefined) this.#messages.delete(oldest);
    this.forgotten += 1;
  }

  get(sequence: number): SentMessage | undefined {
    return this.#messages.get(sequence);
  }

  /** The session begins again at 1. */
  clear(): void {
    this.#messages.clear();
  }
}
